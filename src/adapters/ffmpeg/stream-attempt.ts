import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { openCatchUp } from "#adapters/ffmpeg/catch-up";
import { chunkSink, startFfmpeg } from "#adapters/ffmpeg/child";
import { openChunkRelease } from "#adapters/ffmpeg/chunk-memory";
import type { Decoder } from "#adapters/ffmpeg/decoder";
import { dialectOf } from "#adapters/ffmpeg/dialect";
import type { FrameMemory } from "#adapters/ffmpeg/frame-memory";
import { openFrameSplitter } from "#adapters/ffmpeg/frame-splitter";
import { readClockLine } from "#adapters/ffmpeg/stream-clock";
import { type StreamShape, streamCommand } from "#adapters/ffmpeg/stream-command";
import { streamFailure } from "#adapters/ffmpeg/stream-failure";
import { concatText, type StreamAddress, secretsOf } from "#adapters/ffmpeg/stream-url";
import { CHECK_EVERY_MS, RUNAWAY_WINDOW_MS, type StreamVerdict, watchStream } from "#adapters/ffmpeg/stream-watch";
import type { LimenError } from "#errors";
import type { Clock } from "#ports/clock";

/** How many times the frames it was asked for a source may send before it has lost its senses. */
const RUNAWAY_FACTOR = 5;

export interface AttemptOptions {
  readonly camera: string;
  readonly binary: FfmpegBinary;
  readonly clock: Clock;
  readonly shape: StreamShape;
  /** Where frames of that shape are put together. */
  readonly memory: FrameMemory;
  readonly firstFrameMs: number;
  readonly stallMs: number;
  readonly killAfterMs: number;
}

/** What changes from one attempt to the next. */
export interface AttemptTarget {
  readonly address: StreamAddress;
  /** Path of the socket that takes the MPEG-TS, or null. */
  readonly tapPath: string | null;
  readonly decoder: Decoder;
}

/** What becomes of a frame's pixels, which are the taker's until it gives them back to the memory they come from. */
export interface FrameTaker {
  live(rgb: Uint8Array, atMs: number): void;
  /** One of the old frames at the start of a stream. */
  stale(rgb: Uint8Array): void;
  /** The camera's own clock ran backwards; said about when the picture in question arrives, perhaps a moment later. */
  clockBack(atMs: number): void;
}

export interface AttemptEnd {
  /** Null when it ended because of the signal. */
  readonly failure: LimenError | null;
  /** How long frames flowed, ms; null when none came. */
  readonly steadyMs: number | null;
}

/**
 * One ffmpeg from start to end: hands over frames until the camera fails or the signal aborts, and resolves when the process
 * is gone. From the decision to end it on, nothing it still says counts: a frozen camera's last frame comes seconds late.
 * Throws LIMEN_CONFIG_INVALID for an address it will not hand to ffmpeg.
 */
export async function attemptStream(
  options: AttemptOptions,
  { address, tapPath, decoder }: AttemptTarget,
  take: FrameTaker,
  signal: AbortSignal,
): Promise<AttemptEnd> {
  const { clock, shape } = options;
  const concat = concatText(address, dialectOf(options.binary.major));
  const watch = watchStream(clock.monotonicMs(), {
    firstFrameMs: options.firstFrameMs,
    stallMs: options.stallMs,
    maxFramesPerWindow: Math.ceil((RUNAWAY_FACTOR * RUNAWAY_WINDOW_MS) / shape.lookIntervalMs),
  });
  const catchUp = openCatchUp(shape.lookIntervalMs);
  let listening = true;
  const splitter = openFrameSplitter(options.memory, (rgb) => {
    const nowMs = clock.monotonicMs();
    watch.frame(nowMs);
    if (catchUp.isLive(nowMs)) take.live(rgb, nowMs);
    else take.stale(rgb);
  });
  const release = openChunkRelease();
  const sink = chunkSink((chunk) => {
    if (listening) splitter.push(chunk);
    release(chunk); // the splitter has copied it, and nobody else hears of it
  });
  const child = startFfmpeg(streamCommand(options.binary, { concat, shape, sink, tapPath, decoder }), {
    killAfterMs: options.killAfterMs,
    secrets: secretsOf(address),
    isNews(line) {
      const kind = readClockLine(line);
      if (kind === "back" && listening) take.clockBack(clock.monotonicMs());
      return kind !== "complaint";
    },
  });

  const over = new AbortController();
  const end = () => over.abort();
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  void child.exited.then(end);

  let verdict: StreamVerdict = "fine";
  while (!over.signal.aborted && verdict === "fine") {
    await clock.sleep(CHECK_EVERY_MS, over.signal).catch(() => undefined);
    if (!over.signal.aborted) verdict = watch.verdict(clock.monotonicMs());
  }
  signal.removeEventListener("abort", end);
  const stoppedByUs = signal.aborted;
  listening = false;
  child.stop();
  const exit = await child.exited;
  const steadyMs = watch.steadyMs();
  if (stoppedByUs) return { failure: null, steadyMs };
  return { failure: streamFailure(options.camera, { verdict, hadFrames: watch.hasFrames(), exit }), steadyMs };
}
