import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readManifest } from "./asset-manifest.mjs";
import { BENCHES, buildIfChanged, PROGRAM } from "./build.mjs";
import { cacheDir } from "./cache-dir.mjs";
import { fetchAssets } from "./fetch-assets.mjs";
import { GSTREAMER, gstreamerWorks } from "./gstreamer.mjs";
import { install, needsInstall } from "./install.mjs";
import { openProgress, secondsText } from "./progress.mjs";
import { describe, explained, SetupError, SetupStopped } from "./setup-error.mjs";
import { takeLock } from "./setup-lock.mjs";
import { ensureTools, missingTools, searchPath } from "./system-tools.mjs";

const HELP = `Makes a fresh clone ready to run; run again, it does only what is left to do.

  node scripts/setup.mjs [--for-tests] [--for-bench]

  --for-tests   also what the tests need: GStreamer's RTSP server, Chromium
  --for-bench   also compile the benches

It installs ffmpeg and mosquitto (Debian packages; asks nobody when root or sudo without a password), the npm packages of the
lockfile, compiles src to dist, and downloads the face models and the demo's pictures into LIMEN_CACHE_DIR (by default
~/.cache/limen), each checked against a hash kept in config/.
`;

/** Exit code by signal: 128 + its number, as shells expect. */
const STOP_SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * @param {string[]} argv without node and script
 * @returns {Promise<number>} the exit code
 */
export async function main(argv) {
  // Standard error, so that the output of the command that follows stays clean.
  const { stderr, env } = process;
  const isLive = stderr.isTTY === true && !env["CI"] && env["TERM"] !== "dumb";
  /** @param {string} text */
  const write = (text) => void stderr.write(text);
  const progress = openProgress({ write, isLive, columns: stderr.columns || 80 });
  const stop = new AbortController();
  for (const [name, exitCode] of Object.entries(STOP_SIGNALS)) {
    process.on(name, () => stop.abort(new SetupStopped(exitCode)));
  }
  try {
    const flags = readFlags(argv);
    if (flags.help) {
      process.stdout.write(HELP);
      return 0;
    }
    await setUp({ ...flags, env, signal: stop.signal, progress });
    progress.line(`ready (${secondsText(performance.now())})`);
    return 0;
  } catch (thrown) {
    const error = explained(thrown);
    if (error instanceof SetupStopped) {
      progress.line("stopped; the same command goes on from here");
      return error.exitCode;
    }
    write(describe(error instanceof SetupError ? error : unexpected(error)));
    return 1;
  }
}

/**
 * The order of things. Each step looks first and works only when there is something to do.
 * @param {{ forTests: boolean, forBench: boolean, env: NodeJS.ProcessEnv, signal: AbortSignal,
 *   progress: import("./progress.mjs").Progress }} options
 */
async function setUp({ forTests, forBench, env, signal, progress }) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const cache = cacheDir(env);
  const place = { root, cache, env, signal, progress };
  const onWait = (/** @type {number} */ pid) => progress.line(`waiting for another set-up (process ${pid}) to end`);
  const release = await takeLock(cache, { signal, onWait });
  try {
    const mustInstall = await needsInstall(place);
    const extra = forTests && !(await gstreamerWorks(place)) ? [GSTREAMER] : [];
    const folders = searchPath(env);
    const missing = missingTools({ compile: mustInstall, tests: forTests, extra, folders });
    const logFile = join(cache, "setup", "apt-get.log");
    await ensureTools({ missing, folders, isRoot: process.getuid?.() === 0, logFile, env, signal, progress });
    if (extra.length > 0 && !(await gstreamerWorks(place))) throw toolStillMissing(GSTREAMER.name, logFile);
    const still = missingTools({ compile: false, tests: forTests, extra: [], folders })[0];
    if (still !== undefined) throw toolStillMissing(still.name, logFile);
    if (mustInstall) await install({ ...place, logFile: join(cache, "setup", "npm-ci.log") });
    await buildIfChanged(PROGRAM, place);
    if (forBench) await buildIfChanged(BENCHES, place);
    const models = readManifest(join(root, "config", "models.json"), "models");
    await fetchAssets(models, { folder: "models", name: "face models", note: "41 MB" }, place);
    const pictures = readManifest(join(root, "config", "demo-assets.json"), "assets");
    await fetchAssets(pictures, { folder: "demo", name: "demo pictures", note: "29 MB in two packages" }, place);
  } finally {
    release();
  }
}

/** @param {string[]} argv */
function readFlags(argv) {
  try {
    const options = /** @type {const} */ ({
      "for-tests": { type: "boolean", default: false },
      "for-bench": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    });
    const { values } = parseArgs({ args: argv, options });
    return { forTests: values["for-tests"], forBench: values["for-bench"], help: values.help };
  } catch (error) {
    const message = error instanceof Error ? error.message.split(". ")[0] : "bad arguments";
    throw new SetupError("SETUP_USAGE", message ?? "bad arguments", '"node scripts/setup.mjs --help" lists the flags');
  }
}

/** @param {string} name @param {string} logFile */
function toolStillMissing(name, logFile) {
  const hint = `look at ${logFile}, or install it by hand, then run the same command again`;
  return new SetupError("SETUP_TOOL_INSTALL", `${name} does not work although its packages were installed`, hint);
}

/** @param {unknown} error */
function unexpected(error) {
  const message = error instanceof Error ? error.message : String(error);
  return new SetupError(
    "SETUP_INTERNAL",
    message,
    "this is a fault of the set-up itself: please report it with the line above",
  );
}
