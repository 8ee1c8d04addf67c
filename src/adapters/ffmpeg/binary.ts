import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { refusalOf } from "#adapters/ffmpeg/dialect";
import { LimenError } from "#errors";

export interface FfmpegBinary {
  /** Absolute path of an executable file. */
  readonly path: string;
  /** Release series; 5 for 5.1.9. */
  readonly major: number;
  /** As ffmpeg prints it. */
  readonly version: string;
}

const INSTALL_HINT =
  "Install ffmpeg 5.1 or newer (Debian, Ubuntu: apt-get install ffmpeg; macOS: brew install ffmpeg) and make sure it is on PATH.";
/** A cold disk on a busy box was seen to take more than ten seconds to load ffmpeg with all its libraries. */
const VERSION_TIMEOUT_MS = 60_000;

/**
 * Finds ffmpeg on a PATH-like list of directories (default: the process's PATH), runs it once and checks its age. Everything
 * that runs ffmpeg starts here: fluent-ffmpeg ends the whole process with an uncaught TypeError when the binary is missing.
 * Throws LIMEN_FFMPEG_MISSING (not found, not executable, does not run) and LIMEN_FFMPEG_VERSION (older than 5.1: dialect.ts).
 */
export async function locateFfmpeg(searchPath: string = process.env["PATH"] ?? ""): Promise<FfmpegBinary> {
  const path = await findExecutable(searchPath);
  if (path === null) {
    throw new LimenError("LIMEN_FFMPEG_MISSING", "ffmpeg was not found on PATH.", { hint: INSTALL_HINT });
  }
  const version = parseVersion(await versionText(path));
  if (version === null) {
    throw new LimenError("LIMEN_FFMPEG_VERSION", `${path} does not say which version of ffmpeg it is.`, {
      hint: INSTALL_HINT,
    });
  }
  const refusal = refusalOf(version);
  if (refusal !== null) {
    throw new LimenError("LIMEN_FFMPEG_VERSION", `${path} is ffmpeg ${version.text}, which ${refusal}.`, {
      hint: INSTALL_HINT,
    });
  }
  return { path, major: version.major, version: version.text };
}

/** Reads `ffmpeg -version`. Builds from git carry no release number; their libavformat major is four or more ahead of it. */
export function parseVersion(output: string): { major: number; minor: number; text: string } | null {
  const text = /^ffmpeg version (\S+)/m.exec(output)?.[1];
  if (text === undefined) return null;
  const release = /^n?(\d+)\.(\d+)/.exec(text);
  if (release !== null) return { major: Number(release[1]), minor: Number(release[2]), text };
  const library = /^libavformat\s+(\d+)\.\s*(\d+)/m.exec(output);
  if (library === null) return null;
  const major = Number(library[1]) - 54;
  // libavformat 59.27 is the one of ffmpeg 5.1; before it comes 5.0 or its development.
  return { major, minor: major === 5 && Number(library[2]) < 27 ? 0 : 1, text };
}

async function findExecutable(searchPath: string): Promise<string | null> {
  for (const directory of searchPath.split(delimiter)) {
    if (!isAbsolute(directory)) continue; // "" and "." would mean "whatever lies in the working directory"
    const path = join(directory, "ffmpeg");
    if (await isExecutable(path)) return path;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function versionText(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: VERSION_TIMEOUT_MS, maxBuffer: 256 * 1024, killSignal: "SIGKILL" } as const;
    execFile(path, ["-version"], options, (error, stdout) => {
      if (error === null) return resolve(stdout);
      reject(
        new LimenError("LIMEN_FFMPEG_MISSING", `${path} is there but does not run.`, {
          hint: INSTALL_HINT,
          cause: error,
        }),
      );
    });
  });
}
