import { createHash } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { inStep } from "./progress.mjs";
import { runCommand } from "./run-command.mjs";
import { SetupError } from "./setup-error.mjs";
import { readStamp, writeStamp } from "./stamp.mjs";

/**
 * @typedef {{ name: string, project: string, sources: readonly string[], out: string, drop: readonly string[] }} Target
 *   project: a tsconfig; sources: folders whose change asks for a new build; out: folder of the result; drop: what the compiler
 *   writes there and nobody uses.
 */

/** @type {Target} */
export const PROGRAM = { name: "program", project: "tsconfig.json", sources: ["src"], out: "dist", drop: [] };

/** Benches import the program through `#…`, which at run time means dist: the second copy of it is thrown away. @type {Target} */
export const BENCHES = {
  name: "benches",
  project: "tsconfig.bench.json",
  sources: ["src", "bench"],
  out: "dist-bench",
  drop: ["src"],
};

/** Files that change what the compiler writes. */
const SETTINGS = ["tsconfig.json", "tsconfig.bench.json", "package.json", "package-lock.json"];
const SHOWN_ERROR_LINES = 12;

/**
 * Compiles when a source changed since the last build. The result is made beside the old one and takes its place in one piece,
 * stamp included: a build that fails or is interrupted leaves the old one as it was.
 * @param {Target} target
 * @param {{ root: string, env: NodeJS.ProcessEnv, signal: AbortSignal, progress: import("./progress.mjs").Progress }} options
 * @throws {SetupError} SETUP_BUILD
 */
export async function buildIfChanged(target, { root, env, signal, progress }) {
  const key = fingerprint(root, target);
  const out = join(root, target.out);
  if (readStamp(join(out, ".build.json"))?.["key"] === key) return;
  await inStep(progress, target.name, "compiling (a few seconds)", async () => {
    const fresh = `${out}.new`;
    const old = `${out}.old`;
    rmSync(fresh, { recursive: true, force: true });
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const args = [compiler, "-p", target.project, "--outDir", `${target.out}.new`, "--pretty", "false"];
    const tsc = await runCommand(process.execPath, args, { cwd: root, env, signal, timeoutMs: 10 * 60_000 });
    if (tsc.exitCode !== 0) {
      rmSync(fresh, { recursive: true, force: true });
      const errors = tsc.output.split("\n").filter((line) => line.trim() !== "");
      const details = errors.slice(0, SHOWN_ERROR_LINES);
      const hint = `correct the source, then run the same command again ("npx tsc -p ${target.project}" shows all of it)`;
      throw new SetupError("SETUP_BUILD", `the ${target.name} did not compile`, hint, details);
    }
    for (const folder of target.drop) rmSync(join(fresh, folder), { recursive: true, force: true });
    writeStamp(join(fresh, ".build.json"), { key });
    rmSync(old, { recursive: true, force: true });
    if (existsSync(out)) renameSync(out, old);
    renameSync(fresh, out);
    rmSync(old, { recursive: true, force: true });
  });
}

/**
 * Names the state of the sources by path, size and time of change: quick, and wrong only for who sets file times by hand.
 * @param {string} root
 * @param {Target} target
 * @returns {string}
 */
export function fingerprint(root, { sources, project }) {
  const hash = createHash("sha256").update(project);
  const files = sources.flatMap((folder) => filesBelow(join(root, folder)));
  for (const path of [...files.sort(), ...SETTINGS.map((name) => join(root, name))]) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat) hash.update(`\n${relative(root, path)} ${stat.size} ${stat.mtimeMs}`);
  }
  return hash.digest("hex");
}

/** @param {string} folder @returns {string[]} */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
