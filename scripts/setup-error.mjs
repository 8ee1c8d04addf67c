/**
 * @typedef {"SETUP_USAGE" | "SETUP_TOOL_MISSING" | "SETUP_TOOL_INSTALL" | "SETUP_COMPILER_MISSING" | "SETUP_NETWORK"
 *   | "SETUP_HASH" | "SETUP_INSTALL" | "SETUP_BUILD" | "SETUP_DISK" | "SETUP_PERMISSION" | "SETUP_MANIFEST"
 *   | "SETUP_BUSY" | "SETUP_TIMEOUT" | "SETUP_INTERNAL"} SetupCode
 */

/** A failure with its answer: `message` says what happened, `hint` what to do, `details` shows the lines that prove it. */
export class SetupError extends Error {
  /**
   * @param {SetupCode} code
   * @param {string} message
   * @param {string} hint
   * @param {readonly string[]} [details]
   */
  constructor(code, message, hint, details = []) {
    super(message);
    this.name = "SetupError";
    this.code = code;
    this.hint = hint;
    this.details = details;
  }
}

/** Raised when the person (or the system) asked the set-up to stop; not a failure, so it has no code. */
export class SetupStopped extends Error {
  /** @param {number} exitCode what the process is to end with */
  constructor(exitCode) {
    super("stopped");
    this.name = "SetupStopped";
    this.exitCode = exitCode;
  }
}

/**
 * Turns what the file system threw into a SetupError where the cause is one a person can remove.
 * @param {unknown} error
 * @returns {unknown} a SetupError, or the same error
 */
export function explained(error) {
  if (error instanceof SetupError || !(error instanceof Error) || !("code" in error)) return error;
  switch (error.code) {
    case "ENOSPC":
    case "EDQUOT":
      return new SetupError("SETUP_DISK", `the disk is full (${error.message})`, DISK_HINT);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new SetupError("SETUP_PERMISSION", `a file may not be written (${error.message})`, PERMISSION_HINT);
    default:
      return error;
  }
}

export const DISK_HINT =
  "free some space (set-up needs about 1.2 GB in all), then run the same command again; LIMEN_CACHE_DIR moves the downloaded files to another disk";
export const PERMISSION_HINT =
  "make the clone and the cache folder (LIMEN_CACHE_DIR, by default ~/.cache/limen) writable for this user, then run the same command again";

/**
 * @param {SetupError} error
 * @returns {string} the whole block shown to a person, ending in a newline
 */
export function describe(error) {
  // A hint that ends in a command on a line of its own gets no full stop: people copy that line.
  const stop = error.hint.includes("\n") ? "" : ".";
  const lines = [`set-up: ${error.code}: ${error.message}.`, `  What to do: ${error.hint}${stop}`];
  if (error.details.length > 0) lines.push("  From its output:", ...error.details.map((line) => `    ${line}`));
  return `${lines.join("\n")}\n`;
}
