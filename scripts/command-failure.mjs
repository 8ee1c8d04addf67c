import { DISK_HINT, PERMISSION_HINT, SetupError } from "./setup-error.mjs";

/**
 * @typedef {{ pattern: RegExp, code: import("./setup-error.mjs").SetupCode, message: string, hint: string }} Rule
 */

const AGAIN = "then run the same command again";
const NETWORK =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENETDOWN|ENOTCACHED|ERR_SOCKET_TIMEOUT|EIDLETIMEOUT|FETCH_ERROR)\b|socket hang up|network (request|timeout)/;
const CERTIFICATE =
  /SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE)|CERT_HAS_EXPIRED|self.signed certificate/;
const COMPILER_MISSING =
  /not found: make|Could not find any Python|(make|g\+\+|c\+\+|cc|gcc): ((command )?not found|No such file)/;
const COMPILER_RAN = /gyp ERR! (build error|stack Error: `make` failed)/;
const DISK_FULL = /\b(ENOSPC|EDQUOT)\b|[Nn]o space left on device/;
const NODE_GYP = /gyp ERR!/;

/** First match wins. @type {readonly Rule[]} */
const NPM_RULES = [
  {
    pattern: /^spawn (npm|tar) ENOENT$/m,
    code: "SETUP_TOOL_MISSING",
    message: "npm and tar have to be on PATH",
    hint: `install them (npm comes with Node), ${AGAIN}`,
  },
  {
    pattern: DISK_FULL,
    code: "SETUP_DISK",
    message: "the disk is full",
    hint: DISK_HINT,
  },
  {
    pattern: /\bEINTEGRITY\b/,
    code: "SETUP_HASH",
    message: "a downloaded package is not the one the lockfile names",
    hint: `run "npm cache clean --force", make sure no proxy alters downloads, ${AGAIN}`,
  },
  {
    pattern: /\b(E401|E403)\b/,
    code: "SETUP_NETWORK",
    message: "the npm registry refused access",
    hint: `look at "npm config get registry" and its credentials, ${AGAIN}`,
  },
  {
    pattern: /\b(E404|ETARGET)\b/,
    code: "SETUP_NETWORK",
    message: "the npm registry does not have a package that is needed",
    hint: `look at "npm config get registry" (a mirror may be incomplete), ${AGAIN}`,
  },
  {
    pattern: CERTIFICATE,
    code: "SETUP_NETWORK",
    message: "the npm registry's certificate is not trusted",
    hint: `behind a proxy that inspects TLS, name its certificate: npm config set cafile /path/to/ca.pem, ${AGAIN}`,
  },
  {
    pattern: NETWORK,
    code: "SETUP_NETWORK",
    message: "the npm registry could not be reached",
    hint: `check the connection ("npm ping" tells; behind a proxy set HTTPS_PROXY), ${AGAIN}`,
  },
  {
    pattern: /\b(EACCES|EPERM|EROFS)\b/,
    code: "SETUP_PERMISSION",
    message: "npm may not write a file",
    hint: PERMISSION_HINT,
  },
];

/**
 * Finds the cause in npm's output. The compiler is looked at before the network: a failed download of a ready-made binary is in
 * the output of every compilation, also when what failed in the end is the compiler.
 * @param {string} output of npm
 * @param {{ task: string, compilerCommand: string, details: readonly string[] }} context task: what npm was to do;
 *   compilerCommand: how to install one
 * @returns {SetupError}
 */
export function classifyNpmFailure(output, { task, compilerCommand, details }) {
  if (NODE_GYP.test(output) && !DISK_FULL.test(output)) {
    if (COMPILER_MISSING.test(output)) {
      const message = "better-sqlite3 has to be compiled here and the compiler (python3, make, g++) is not installed";
      return new SetupError("SETUP_COMPILER_MISSING", message, `run this, ${AGAIN}:\n    ${compilerCommand}`, details);
    }
    if (COMPILER_RAN.test(output)) {
      const hint = `look at the lines below; a "Killed" compiler ran out of memory (1 GB is enough); ${AGAIN}`;
      return new SetupError("SETUP_INSTALL", "better-sqlite3 could not be compiled", hint, details);
    }
    if (NETWORK.test(output)) {
      const message = "better-sqlite3 has to be compiled here and Node's header files could not be downloaded";
      const hint = `check the connection to nodejs.org, or install a Node that brings its headers (the archives of nodejs.org do), ${AGAIN}`;
      return new SetupError("SETUP_NETWORK", message, hint, details);
    }
  }
  const rule = NPM_RULES.find(({ pattern }) => pattern.test(output));
  if (rule) return new SetupError(rule.code, `${task} failed: ${rule.message}`, rule.hint, details);
  return new SetupError("SETUP_INSTALL", `${task} failed`, `look at the lines below, ${AGAIN}`, details);
}

/**
 * @param {string} output of apt-get
 * @param {string} command what a person can type to see it fail by hand
 * @param {readonly string[]} details
 * @returns {SetupError}
 */
export function classifyAptFailure(output, command, details) {
  if (/No space left on device|not have enough free space/.test(output)) {
    return new SetupError("SETUP_DISK", "apt-get ran out of disk space", DISK_HINT, details);
  }
  if (/dpkg --configure -a/.test(output)) {
    const hint = `run "sudo dpkg --configure -a", ${AGAIN}`;
    return new SetupError(
      "SETUP_TOOL_INSTALL",
      "an earlier installation of system packages was interrupted",
      hint,
      details,
    );
  }
  if (/Could not get lock|Unable to acquire the dpkg/.test(output)) {
    const hint = `wait until the other apt has finished, ${AGAIN}`;
    return new SetupError("SETUP_TOOL_INSTALL", "another package installation is running", hint, details);
  }
  if (
    /Temporary failure resolving|Could not (resolve|connect)|Failed to fetch|Unable to (fetch|connect)|timed out/.test(
      output,
    )
  ) {
    const hint = `check the connection and the proxy settings of apt, ${AGAIN}`;
    return new SetupError("SETUP_NETWORK", "the Debian package server could not be reached", hint, details);
  }
  const hint = `see what it says when run by hand, ${AGAIN}:\n    ${command}`;
  return new SetupError("SETUP_TOOL_INSTALL", "apt-get could not install the system packages", hint, details);
}
