import { ChildProcess } from "node:child_process";
import { Writable } from "node:stream";
import type { FfmpegCommand } from "fluent-ffmpeg";
import { openLineTail, redact } from "#adapters/ffmpeg/redact";

export interface FfmpegExit {
  /** Null when a signal ended it or it never ran. */
  readonly code: number | null;
  readonly signal: string | null;
  /** Its last complaints, redacted. */
  readonly stderr: readonly string[];
  /** Why it never ran; null when it did. */
  readonly notStarted: string | null;
}

export interface FfmpegChild {
  /** Resolves once the process is gone (or could not be started); never rejects. */
  readonly exited: Promise<FfmpegExit>;
  /** SIGTERM now, SIGKILL after the grace; a command still being prepared is killed the moment it appears. Idempotent. */
  stop(): void;
}

/** How long after the exit its last words may still be on the way. */
const LAST_WORDS_MS = 500;

/**
 * Runs a complete fluent-ffmpeg command (binary, inputs and outputs set; not run yet). The exit is taken from the process
 * itself: fluent reports `end` for a camera that froze, may report early when an output closes, and waits for whoever inherited
 * stderr. No `progress` listener, ever: with one, fluent opens the camera a second time with ffprobe.
 */
export function startFfmpeg(
  command: FfmpegCommand,
  options: {
    killAfterMs: number;
    secrets?: readonly string[];
    /** Gets each line of standard error first; true: it was news, not a complaint. */
    isNews?: (line: string) => boolean;
  },
): FfmpegChild {
  const secrets = options.secrets ?? [];
  const tail = openLineTail(secrets);
  let child: ChildProcess | null = null;
  let stopping = false;
  let resolveExit: (exit: FfmpegExit) => void;
  const exited = new Promise<FfmpegExit>((resolve) => {
    resolveExit = resolve;
  });
  const settle = (exit: Omit<FfmpegExit, "stderr">) => resolveExit({ ...exit, stderr: tail.lines() });
  const notStarted = (why: string) => settle({ code: null, signal: null, notStarted: redact(why, secrets) });

  command.on("stderr", (line: string) => {
    if (options.isNews?.(line) !== true) tail.add(line);
  });
  command.on("error", (error: Error) => {
    if (child === null) notStarted(error.message);
  });
  command.on("start", () => {
    child = childOf(command);
    if (child === null) {
      command.kill("SIGKILL");
      return notStarted("fluent-ffmpeg did not show the process it started");
    }
    watch(child, settle, notStarted);
    if (stopping) child.kill("SIGKILL");
  });
  command.run();

  return {
    exited,
    stop() {
      if (stopping) return;
      stopping = true;
      child?.kill("SIGTERM");
      const timer = setTimeout(() => {
        if (child === null) notStarted("stopped before it started");
        else child.kill("SIGKILL");
      }, options.killAfterMs);
      void exited.then(() => clearTimeout(timer));
    },
  };
}

/**
 * A sink for `command.output(...)` that hands every chunk over as it comes. It never closes by itself: fluent takes a closed
 * output for a fault and ends the process 20 ms later, finished or not.
 */
export function chunkSink(onChunk: (chunk: Buffer) => void): Writable {
  return new Writable({
    autoDestroy: false,
    emitClose: false,
    write(chunk: Buffer, _encoding, done) {
      onChunk(chunk);
      done();
    },
  });
}

/** The process behind a command; fluent keeps it on the command, but its types do not say so. */
function childOf(command: FfmpegCommand): ChildProcess | null {
  return "ffmpegProc" in command && command.ffmpegProc instanceof ChildProcess ? command.ffmpegProc : null;
}

function watch(
  child: ChildProcess,
  settle: (exit: Omit<FfmpegExit, "stderr">) => void,
  notStarted: (why: string) => void,
): void {
  // Fluent's own listener throws an uncaught TypeError when the spawn failed (no such file, no more processes): ours replaces it.
  child.removeAllListeners("error");
  child.on("error", (error) => {
    if (child.pid === undefined) notStarted(error.message);
  });
  child.once("exit", (code, signal) => {
    const finish = () => settle({ code, signal, notStarted: null });
    const timer = setTimeout(() => {
      // A grandchild still holds the pipes; the process itself is gone, and so is our interest.
      child.stdout?.destroy();
      child.stderr?.destroy();
      finish();
    }, LAST_WORDS_MS);
    child.once("close", () => {
      clearTimeout(timer);
      finish();
    });
  });
}
