import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Reads a JSON object; a missing, torn or foreign file reads as undefined, because a stamp one cannot read proves nothing.
 * @param {string} path
 * @returns {Record<string, unknown> | undefined}
 */
export function readStamp(path) {
  try {
    return asRecord(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

/**
 * Writes a JSON object under a temporary name and renames it, so that a reader never sees half of it.
 * @param {string} path
 * @param {Record<string, unknown>} content
 */
export function writeStamp(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(temporary, path);
}

/**
 * @param {unknown} value
 * @returns {Record<string, unknown> | undefined} the value when it is a plain object
 */
export function asRecord(value) {
  return isRecord(value) ? value : undefined;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
