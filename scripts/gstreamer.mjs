import { statSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./run-command.mjs";
import { readStamp, writeStamp } from "./stamp.mjs";

/** The tests play real RTSP cameras with GStreamer's server; Debian ships its Python binding for the system's Python only. */
const PYTHON = "/usr/bin/python3";

/** @type {import("./system-tools.mjs").Tool} */
export const GSTREAMER = {
  name: "GStreamer's RTSP server for Python",
  packages: [
    "python3-gi",
    "gir1.2-gst-rtsp-server-1.0",
    "gir1.2-gstreamer-1.0",
    "gir1.2-gst-plugins-base-1.0",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
    "gstreamer1.0-plugins-bad",
    "gstreamer1.0-plugins-ugly",
    "gstreamer1.0-rtsp",
  ],
  compilerOnly: false,
};

/** One element of each plugin package, so that a half-installed set does not pass. */
const PROBE = `
import sys
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
elements = ["videotestsrc", "rtph264pay", "h264parse", "x264enc", "rtspclientsink"]
sys.exit(0 if all(Gst.ElementFactory.find(name) for name in elements) else 3)
`;

/**
 * Whether the RTSP server can be used. The answer "yes" (about 0.3 s to find out) is remembered until a system package changes.
 * @param {{ cache: string, env: NodeJS.ProcessEnv, signal: AbortSignal, packageDatabase?: string, python?: string }} options
 * @returns {Promise<boolean>}
 */
export async function gstreamerWorks({
  cache,
  env,
  signal,
  packageDatabase = "/var/lib/dpkg/status",
  python = PYTHON,
}) {
  const stampPath = join(cache, "setup", "gstreamer.json");
  const packages = versionOf(packageDatabase);
  const stamp = readStamp(stampPath);
  if (stamp?.["works"] === true && stamp["packages"] === packages) return true;
  const probe = await runCommand(python, ["-c", PROBE], { env, signal, timeoutMs: 60_000 });
  if (probe.exitCode !== 0) return false;
  writeStamp(stampPath, { works: true, packages });
  return true;
}

/** @param {string} path @returns {string} changes whenever the file does; "none" where it does not exist */
function versionOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.size} bytes, ${stat.mtimeMs}`;
}
