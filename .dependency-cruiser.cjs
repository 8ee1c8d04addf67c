/** The house's rule: core decides, ports name what core needs, flow walks a frame, adapters touch the world, app.ts joins them. */
const room = (name, may, extra = {}) => ({
  name: `${name}-imports-only-what-it-may`,
  severity: "error",
  from: { path: `^src/${name}/`, ...extra },
  to: { path: "^src/", pathNot: [`^src/${name}/`, ...may.map((m) => `^src/${m}`)] },
});

module.exports = {
  forbidden: [
    { name: "core-is-pure", severity: "error", from: { path: "^src/core/" }, to: { pathNot: ["^src/core/"] } },
    {
      name: "ports-are-types-over-core",
      severity: "error",
      from: { path: "^src/ports/" },
      to: { pathNot: ["^src/core/", "^src/ports/"] },
    },
    room("flow", ["ports/", "core/", "errors.ts"]),
    {
      name: "flow-has-no-packages",
      severity: "error",
      from: { path: "^src/flow/" },
      to: { dependencyTypes: ["npm", "core"] },
    },
    room("engine", ["ports/", "core/", "errors.ts"]),
    room("config", ["core/", "errors.ts"]),
    room("adapters", ["ports/", "core/", "errors.ts"]),
    {
      name: "adapters-never-import-each-other",
      severity: "error",
      from: { path: "^src/adapters/([^/]+)/", pathNot: "^src/adapters/console/" },
      to: { path: "^src/adapters/", pathNot: "^src/adapters/$1/" },
    },
    {
      name: "console-shares-only-the-way-to-listen",
      severity: "error",
      from: { path: "^src/adapters/console/" },
      to: { path: "^src/adapters/", pathNot: ["^src/adapters/console/", "^src/adapters/http/listen\\.ts$"] },
    },
    room("demo", ["adapters/", "ports/", "core/", "errors.ts", "lifecycle.ts"]),
    {
      name: "commands-join-nothing-themselves",
      severity: "error",
      from: { path: "^src/commands/" },
      to: { path: "^src/(adapters|flow|engine)/" },
    },
    {
      name: "only-app-and-demo-construct-adapters",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/app[a-z-]*\\.ts$", "^src/adapters/", "^src/demo/"] },
      to: { path: "^src/adapters/" },
    },
    {
      name: "only-main-imports-commands",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(main\\.ts|commands/)" },
      to: { path: "^src/commands/" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "not-to-dev",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "require", "node", "default"],
      extensions: [".ts", ".d.ts", ".js", ".json"],
    },
  },
};
