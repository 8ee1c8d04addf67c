import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fetchPackage, hashOf } from "./fetch-package.mjs";
import { inStep } from "./progress.mjs";
import { asRecord, readStamp, writeStamp } from "./stamp.mjs";

/**
 * @typedef {import("./asset-manifest.mjs").Asset} Asset
 * @typedef {import("./fetch-package.mjs").FetchPlace & { progress: import("./progress.mjs").Progress }} AssetPlace
 */

const STAMP = ".limen-assets.json";

/**
 * Brings the files of a manifest into `<cache>/<folder>`, each checked twice: the package against its published sha512, the file
 * against its own sha256. Asks no network when every file is there. A file appears under its name only when it is whole and right.
 * @param {readonly Asset[]} assets
 * @param {{ folder: string, name: string, note: string }} what name and note are shown
 * @param {AssetPlace} place
 * @throws {import("./setup-error.mjs").SetupError} SETUP_NETWORK, SETUP_HASH, SETUP_DISK, SETUP_INSTALL
 */
export async function fetchAssets(assets, { folder, name, note }, place) {
  const target = join(place.cache, folder);
  mkdirSync(target, { recursive: true });
  const { missing, unnoted } = await inspectAssets(assets, target);
  for (const id of new Set(missing.map(packageId))) {
    const wanted = missing.filter((asset) => packageId(asset) === id);
    const what = `downloading ${id} (${note})`;
    await inStep(place.progress, name, what, (step) => fetchPackage(wanted, target, { ...place, say: step.say }));
  }
  if (missing.length + unnoted.length > 0) writeStamp(join(target, STAMP), { files: notesOf(assets, target) });
}

/**
 * Trusts a file whose size and time of change are as noted after its last check, and reads every other one again.
 * @param {readonly Asset[]} assets
 * @param {string} target
 * @returns {Promise<{ missing: Asset[], unnoted: Asset[] }>} missing: absent or not what the manifest says; unnoted: right, but
 *   that had to be found out by reading
 */
async function inspectAssets(assets, target) {
  const noted = asRecord(readStamp(join(target, STAMP))?.["files"]) ?? {};
  /** @type {{ missing: Asset[], unnoted: Asset[] }} */
  const found = { missing: [], unnoted: [] };
  for (const asset of assets) {
    const state = stateOf(asset, target);
    if (state === undefined) found.missing.push(asset);
    else if (JSON.stringify(noted[asset.file]) === JSON.stringify(state)) continue;
    else if ((await hashOf(join(target, asset.file), "sha256", "hex")) === asset.sha256) found.unnoted.push(asset);
    else found.missing.push(asset);
  }
  return found;
}

/** @param {readonly Asset[]} assets @param {string} target */
function notesOf(assets, target) {
  return Object.fromEntries(assets.map((asset) => [asset.file, stateOf(asset, target)]));
}

/** @param {Asset} asset @param {string} target */
function stateOf(asset, target) {
  const stat = statSync(join(target, asset.file), { throwIfNoEntry: false });
  return stat?.isFile() ? { size: stat.size, mtimeMs: stat.mtimeMs, sha256: asset.sha256 } : undefined;
}

/** @param {Asset} asset */
function packageId({ source }) {
  return `${source.package}@${source.version}`;
}
