import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { classifyNpmFailure } from "./command-failure.mjs";
import { lastLines, runCommand, telling } from "./run-command.mjs";
import { SetupError } from "./setup-error.mjs";
import { COMPILER_COMMAND } from "./system-tools.mjs";

/**
 * @typedef {import("./asset-manifest.mjs").Asset} Asset
 * @typedef {{ root: string, cache: string, env: NodeJS.ProcessEnv, signal: AbortSignal }} FetchPlace
 *   npm runs in root, so that the registry and proxy chosen for the project hold here too
 * @typedef {{ say: (what: string) => void }} Told
 */

const MISMATCH_HINT =
  'do not use the file; run "npm cache clean --force" and the same command again, and if it comes back the same, tell the maintainers';

/**
 * Downloads one npm package, never running any of it, and moves the wanted files out of it into `target`.
 * @param {readonly Asset[]} wanted all of one package; at least one
 * @param {string} target a folder on the same disk as the cache
 * @param {FetchPlace & Told} place say: is told when the download is over
 */
export async function fetchPackage(wanted, target, place) {
  const workshop = join(place.cache, "tmp");
  // Whatever an interrupted run left: set-ups take turns on a cache, so nobody is using it.
  rmSync(workshop, { recursive: true, force: true });
  mkdirSync(workshop, { recursive: true });
  const folder = mkdtempSync(join(workshop, "fetch-"));
  try {
    const archive = await download(wanted, folder, place);
    place.say("unpacking and checking");
    await unpack(archive, wanted, folder, place);
    for (const asset of wanted) await checkFile(asset, folder);
    for (const asset of wanted) renameSync(join(folder, asset.source.path), join(target, asset.file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {readonly Asset[]} wanted
 * @param {string} folder
 * @param {FetchPlace} place
 * @returns {Promise<string>} path of the checked archive
 */
async function download([first], folder, { root, env, signal }) {
  if (first === undefined) throw new RangeError("no file of the package is wanted");
  const { package: name, version, integrity } = first.source;
  const spec = `${name}@${version}`;
  const args = ["pack", spec, "--loglevel=error", "--prefer-offline", "--ignore-scripts", "--pack-destination", folder];
  const pack = await runCommand("npm", args, { cwd: root, env, signal, timeoutMs: 30 * 60_000 });
  const details = telling(pack.output);
  const context = { task: `downloading ${spec}`, compilerCommand: COMPILER_COMMAND, details };
  if (pack.exitCode !== 0) throw classifyNpmFailure(pack.output, context);
  const archive = readdirSync(folder).find((file) => file.endsWith(".tgz"));
  if (archive === undefined) throw classifyNpmFailure(pack.output, context);
  const path = join(folder, archive);
  if (`sha512-${await hashOf(path, "sha512", "base64")}` !== integrity) {
    throw new SetupError("SETUP_HASH", `${spec} as downloaded is not the package that was reviewed`, MISMATCH_HINT);
  }
  return path;
}

/**
 * @param {string} archive
 * @param {readonly Asset[]} wanted
 * @param {string} folder
 * @param {FetchPlace} place
 */
async function unpack(archive, wanted, folder, { env, signal }) {
  const paths = wanted.map((asset) => asset.source.path);
  // m: the time of unpacking, not the archive's constant 1985, so that a later change of the file shows in its time.
  const args = ["-xmzf", archive, "-C", folder, "--no-same-owner", ...paths];
  const tar = await runCommand("tar", args, { env, signal, timeoutMs: 5 * 60_000 });
  if (tar.exitCode === 0) return;
  const context = { task: "unpacking", compilerCommand: COMPILER_COMMAND, details: lastLines(tar.output, 5) };
  throw classifyNpmFailure(tar.output, context);
}

/** @param {Asset} asset @param {string} folder */
async function checkFile(asset, folder) {
  const path = join(folder, asset.source.path);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() && (await hashOf(path, "sha256", "hex")) === asset.sha256) return;
  const from = `${asset.source.package}@${asset.source.version}`;
  throw new SetupError("SETUP_HASH", `${asset.file} from ${from} is not the file that was reviewed`, MISMATCH_HINT);
}

/**
 * @param {string} path
 * @param {"sha256" | "sha512"} algorithm
 * @param {"hex" | "base64"} encoding
 * @returns {Promise<string>}
 */
export async function hashOf(path, algorithm, encoding) {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest(encoding);
}
