import ffmpeg, { type FfmpegCommand } from "fluent-ffmpeg";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { type FfmpegExit, startFfmpeg } from "#adapters/ffmpeg/child";
import { redact } from "#adapters/ffmpeg/redact";
import { LimenError } from "#errors";

const KILL_AFTER_MS = 2_000;

/** A command for this binary. Fluent keeps the path once for the whole process: use one binary a process. */
export function newCommand(binary: FfmpegBinary): FfmpegCommand {
  return ffmpeg().setFfmpegPath(binary.path);
}

/**
 * Builds one ffmpeg command, runs it to its end and resolves when it succeeded. `build` adds inputs, options and outputs
 * (`.output(file)`, or `.output(chunkSink(onChunk), { end: true })` for its standard output) and must not run it: no `.run()`,
 * `.save()`, `.pipe()`, no `progress` listener. A generated picture goes in as `.complexFilter("testsrc2=…")`, with no input at
 * all: fluent's list of formats loses `-f lavfi` from ffmpeg 7 on.
 * Rejects with LIMEN_FFMPEG_FAILED (redacted, last words in the message) when it fails or takes longer than `timeoutMs`, and
 * with the signal's reason when aborted; by then the process is gone.
 */
export async function runFfmpeg(
  binary: FfmpegBinary,
  build: (command: FfmpegCommand) => FfmpegCommand,
  options: { timeoutMs: number; signal?: AbortSignal; killAfterMs?: number },
): Promise<void> {
  options.signal?.throwIfAborted();
  const command = build(newCommand(binary)).outputOptions("-hide_banner", "-nostdin", "-nostats", "-v", "error");
  const child = startFfmpeg(command, { killAfterMs: options.killAfterMs ?? KILL_AFTER_MS });
  let late = false;
  const onAbort = () => child.stop();
  options.signal?.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(() => {
    late = true;
    child.stop();
  }, options.timeoutMs);
  try {
    const exit = await child.exited;
    options.signal?.throwIfAborted();
    if (late) throw failed(`was stopped after ${options.timeoutMs} ms`, exit);
    if (exit.notStarted !== null) throw failed(`did not start: ${exit.notStarted}`, exit);
    if (exit.signal !== null) throw failed(`was ended by ${exit.signal}`, exit);
    if (exit.code !== 0) throw failed(`ended with code ${exit.code}`, exit);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", onAbort);
  }
}

function failed(what: string, exit: FfmpegExit): LimenError {
  const words = exit.stderr.slice(-5).join(" | ");
  return new LimenError("LIMEN_FFMPEG_FAILED", redact(`ffmpeg ${what}${words === "" ? "." : `: ${words}`}`), {
    hint: "Read ffmpeg's own words above; a full disk, an unreadable input or a missing codec are the usual causes.",
  });
}
