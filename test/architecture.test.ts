import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => /\.(ts|mjs)$/.test(file));

describe("a house with one bad import a room", () => {
  /** Each breaks exactly the rule it is named under. */
  const BAD: Readonly<Record<string, readonly [file: string, text: string]>> = {
    "core-is-pure": [
      "src/core/reads-files.ts",
      'import { readFileSync } from "node:fs";\nexport const bad = readFileSync;\n',
    ],
    "ports-are-types-over-core": ["src/ports/knows-flow.ts", 'export type { Bad } from "#flow/knows-adapter";\n'],
    "flow-imports-only-what-it-may": [
      "src/flow/knows-adapter.ts",
      'import { log } from "#adapters/log/log";\nexport type Bad = typeof log;\n',
    ],
    "flow-has-no-packages": ["src/flow/uses-zod.ts", 'import { z } from "zod";\nexport const bad = z;\n'],
    "engine-imports-only-what-it-may": [
      "src/engine/knows-config.ts",
      'import { config } from "#config/config";\nexport const bad = config;\n',
    ],
    "config-imports-only-what-it-may": [
      "src/config/config.ts",
      'import type { Bad } from "#flow/knows-adapter";\nexport const config: Bad | null = null;\n',
    ],
    "adapters-never-import-each-other": [
      "src/adapters/mqtt/knows-log.ts",
      'import { log } from "#adapters/log/log";\nexport const bad = log;\n',
    ],
    "console-shares-only-the-way-to-listen": [
      "src/adapters/console/knows-log.ts",
      'import { log } from "#adapters/log/log";\nexport const bad = log;\n',
    ],
    "adapters-imports-only-what-it-may": [
      "src/adapters/log/log.ts",
      'import { bad } from "#engine/knows-config";\nexport const log = bad;\n',
    ],
    "demo-imports-only-what-it-may": [
      "src/demo/knows-flow.ts",
      'import type { Bad } from "#flow/knows-adapter";\nexport type Worse = Bad;\n',
    ],
    "commands-join-nothing-themselves": [
      "src/commands/joins.ts",
      'import { bad } from "#engine/knows-config";\nexport const worse = bad;\n',
    ],
    "only-app-and-demo-construct-adapters": [
      "src/reload.ts",
      'import { log } from "#adapters/log/log";\nexport const bad = log;\n',
    ],
    "only-main-imports-commands": [
      "src/lifecycle.ts",
      'import { worse } from "#commands/joins";\nexport const bad = worse;\n',
    ],
    "no-cycles": ["src/core/a.ts", 'import { b } from "#core/b";\nexport const a = (): unknown => b;\n'],
    resolvable: ["src/core/lost.ts", 'import { nothing } from "#core/not-there";\nexport const bad = nothing;\n'],
    "not-to-dev": ["src/main.ts", 'import fc from "fast-check";\nexport const bad = fc;\n'],
  };
  let folder: string;
  let violations: string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "limen-rooms-"));
    for (const file of ["package.json", "tsconfig.json", ".dependency-cruiser.cjs"])
      cpSync(join(ROOT, file), join(folder, file));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const files = [
      ...Object.values(BAD),
      ["src/core/b.ts", 'import { a } from "#core/a";\nexport const b = a;\n'] as const,
    ];
    for (const [file, text] of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const run = spawnSync(join(ROOT, "node_modules", ".bin", "depcruise"), ["--no-progress", "src"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(run.status).toBeGreaterThan(0);
    // Lines like "  error core-is-pure: src/core/x.ts → fs"; colours may stand around the words.
    violations = stripVTControlCharacters(run.stdout)
      .split("\n")
      .flatMap((line) => /^\s*error (\S+): (\S+)/.exec(line)?.slice(1).join(" ") ?? []);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(Object.entries(BAD))("is caught by %s", (rule, [file]) => {
    expect(violations).toContain(`${rule} ${file}`);
  });

  it("and no rule of the house goes untested", () => {
    const rules = [...readFileSync(join(ROOT, ".dependency-cruiser.cjs"), "utf8").matchAll(/name: "([^"]+)"/g)].map(
      ([, name]) => name,
    );
    const rooms = [
      ...readFileSync(join(ROOT, ".dependency-cruiser.cjs"), "utf8").matchAll(/^ {4}room\("([^"]+)"/gm),
    ].map(([, room]) => `${room}-imports-only-what-it-may`);
    expect([...rules, ...rooms].sort()).toEqual(Object.keys(BAD).sort());
  });
});

describe("every source file", () => {
  const sources = tracked.filter((file) => file.startsWith("src/"));

  it("has at most 250 lines", () => {
    const long = sources.filter((file) => readFileSync(join(ROOT, file), "utf8").trimEnd().split("\n").length > 250);
    expect(long).toEqual([]);
  });

  it("is named in kebab-case, for what it is", () => {
    const bad = sources
      .map((file) => basename(file))
      .filter(
        (name) =>
          !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/.test(name) ||
          /util|helper|common|manager|service|^base|^index\.ts$/.test(name),
      );
    expect(bad).toEqual([]);
  });

  it("leaves the process to main, and forces no types", () => {
    const allowed = new Set([
      "src/main.ts",
      "src/demo/door-program.ts",
      "src/demo/camera-program.ts",
      "src/demo/peer-program.ts",
    ]);
    const exits = sources.filter(
      (file) => !allowed.has(file) && /process\.(exit|on|once)\(/.test(readFileSync(join(ROOT, file), "utf8")),
    );
    const forced = sources.filter((file) =>
      /\bas any\b|as unknown as|@ts-(ignore|nocheck|expect-error)/.test(readFileSync(join(ROOT, file), "utf8")),
    );
    expect({ exits, forced }).toEqual({ exits: [], forced: [] });
  });
});

it("no test is skipped or runs alone", () => {
  const tests = tracked.filter((file) => file.endsWith(".test.ts") && file !== "test/architecture.test.ts");
  const bad = tests.filter((file) =>
    /\b(it|test|describe)\.(skip|only|todo|fails)\b|\.skipIf\(/.test(readFileSync(join(ROOT, file), "utf8")),
  );
  expect(bad).toEqual([]);
});
