import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { formatSize } from "#config/units";
import { LimenError } from "#errors";

/** A configuration is a few kilobytes; a megabyte is somebody's mistake. */
const MAX_FILE_BYTES = 1_000_000;

export interface TextFile {
  readonly text: string;
  /** Permission bits, e.g. 0o600. */
  readonly mode: number;
}

/**
 * Reads a small UTF-8 text file. Throws LIMEN_CONFIG_MISSING when there is no such file and LIMEN_CONFIG_UNREADABLE for
 * everything else: a directory, a pipe, no permission, more than 1 MB, bytes that are not UTF-8 text.
 */
export async function readText(file: string): Promise<TextFile> {
  const handle = await openPlain(file);
  try {
    const stat = await handle.stat();
    if (stat.isDirectory())
      throw unreadable(file, "it is a directory", `Name the file inside it, e.g. ${file}/limen.yaml`);
    if (!stat.isFile()) throw unreadable(file, "it is not an ordinary file");
    return { text: textOf(file, await bytesOf(handle, file)), mode: stat.mode & 0o777 };
  } catch (error) {
    throw error instanceof LimenError ? error : unreadable(file, `the system said ${systemCode(error)}`);
  } finally {
    await handle.close();
  }
}

async function openPlain(file: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would hang for ever.
    return await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new LimenError("LIMEN_CONFIG_MISSING", `There is no file ${file}`);
    if (code === "EACCES" || code === "EPERM") {
      throw unreadable(file, "this account may not read it", "Give the account that runs Limen read permission");
    }
    throw unreadable(file, `the system said ${code}`);
  }
}

async function bytesOf(handle: FileHandle, file: string): Promise<Uint8Array> {
  const buffer = new Uint8Array(MAX_FILE_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
  throw unreadable(file, `it is larger than ${formatSize(MAX_FILE_BYTES)}`, "Is this really the configuration file?");
}

function textOf(file: string, bytes: Uint8Array): string {
  const text = decoded(bytes);
  if (text === null) throw unreadable(file, `line ${firstBadLine(bytes)} is not UTF-8 text`, "Save the file as UTF-8");
  if (text.includes("\0"))
    throw unreadable(file, "it holds NUL bytes, so it is not UTF-8 text", "Save the file as UTF-8");
  return text;
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** A line feed is never part of a longer UTF-8 sequence, so lines can be judged one by one. */
function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    if (decoded(bytes.subarray(start, end)) === null) return line;
    line += 1;
    start = end + 1;
  }
  return line;
}

function unreadable(file: string, why: string, hint?: string): LimenError {
  return new LimenError("LIMEN_CONFIG_UNREADABLE", `Cannot read ${file}: ${why}`, hint === undefined ? {} : { hint });
}

function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "an unknown error";
}
