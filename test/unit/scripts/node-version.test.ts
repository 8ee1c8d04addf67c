import { readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { MINIMUM_NODE, nodeProblem } from "../../../scripts/node-version.mjs";

const OLDEST = `${MINIMUM_NODE.major}.${MINIMUM_NODE.minor}`;

describe("the Node version check", () => {
  it.each(["20.19.0", "20.20.2", "22.0.0", "24.21.0", "100.0.0"])("accepts %s", (version) => {
    expect(nodeProblem(version, "/usr/bin/node")).toBeUndefined();
  });

  it.each(["12.22.12", "14.21.3", "18.20.8", "20.0.0", "20.18.9", "nonsense"])("refuses %s", (version) => {
    expect(nodeProblem(version, "/usr/bin/node")).toMatch(/SETUP_NODE_TOO_OLD.*\n {2}What to do: install Node 20/);
  });

  it("names the version, and which of several installed Nodes it is", () => {
    expect(nodeProblem("18.20.8", "/opt/node18/bin/node")).toContain(
      `${OLDEST} or newer, this is 18.20.8 (/opt/node18/bin/node)`,
    );
  });

  it("asks for what package.json asks for", () => {
    expect(JSON.parse(readFileSync("package.json", "utf8")).engines.node).toBe(`>=${OLDEST}`);
  });

  it.each(["scripts/setup.mjs", "scripts/node-version.mjs"])("%s has no syntax that Node 12 cannot read", (path) => {
    const source = readFileSync(path, "utf8");
    // Lowering to 2018 changes nothing exactly when nothing newer is in it; import() is what Node 12 added early.
    const lowered = (target: ts.ScriptTarget) =>
      ts.transpileModule(source, { compilerOptions: { target, module: ts.ModuleKind.ES2022 }, fileName: path })
        .outputText;
    expect(lowered(ts.ScriptTarget.ES2018)).toBe(lowered(ts.ScriptTarget.ESNext));
    expect(source).not.toMatch(/^\s*await\b|= await\b/m);
  });
});
