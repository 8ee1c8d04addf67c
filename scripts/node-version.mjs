// This file and setup.mjs are read by Nodes too old for the rest, so they keep to syntax from 2018: no `?.`, `??`, `await`.

/** Oldest Node that the dependencies and the compiled code run on; the same number as "engines" in package.json. */
export const MINIMUM_NODE = { major: 20, minor: 19 };

/**
 * Says why a Node version cannot run Limen.
 * @param {string} version as in `process.versions.node`, for example "18.19.0"
 * @param {string} execPath where that Node lies, to tell apart several installed ones
 * @returns {string | undefined} text for the person at the terminal; undefined when the version will do
 */
export function nodeProblem(version, execPath) {
  const parts = version.split(".");
  const major = Number(parts[0]);
  const minor = Number(parts[1]);
  if (major > MINIMUM_NODE.major || (major === MINIMUM_NODE.major && minor >= MINIMUM_NODE.minor)) return undefined;
  const wanted = `${MINIMUM_NODE.major}.${MINIMUM_NODE.minor}`;
  return (
    `set-up: SETUP_NODE_TOO_OLD: Limen needs Node ${wanted} or newer, this is ${version} (${execPath}).\n` +
    `  What to do: install Node ${MINIMUM_NODE.major} from https://nodejs.org or with nvm ` +
    `(the nodejs package of Debian 12 is version 18, too old), then run the same command again.\n`
  );
}
