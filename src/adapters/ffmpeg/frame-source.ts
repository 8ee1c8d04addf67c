import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { tryDecoder } from "#adapters/ffmpeg/decoder";
import { openDecoderChoice, type WantedDecoder } from "#adapters/ffmpeg/decoder-choice";
import { findAddress } from "#adapters/ffmpeg/find-address";
import { openFrameMemory } from "#adapters/ffmpeg/frame-memory";
import { knock } from "#adapters/ffmpeg/knock";
import { type CountedVideo, openLiveVideo } from "#adapters/ffmpeg/live-video";
import { openNewestFrame } from "#adapters/ffmpeg/newest-frame";
import { openOutageLog } from "#adapters/ffmpeg/outage-log";
import { DEFAULT_RETRY, openRetryPlan, type RetryLimits } from "#adapters/ffmpeg/retry-plan";
import { type AttemptEnd, attemptStream } from "#adapters/ffmpeg/stream-attempt";
import { unreachable } from "#adapters/ffmpeg/stream-failure";
import type { AddressFinder } from "#adapters/ffmpeg/stream-url";
import { openVideoTap } from "#adapters/ffmpeg/video-tap";
import { type ErrorCode, LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { CameraHealth, FrameSource } from "#ports/frame-source";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

export interface FfmpegFrameSourceOptions {
  /** Name in frames, logs and metrics. */
  readonly camera: string;
  /** Asked before each attempt. */
  readonly address: AddressFinder;
  /** Size every frame is scaled to, px; a camera that changes its resolution changes nothing here. */
  readonly width: number;
  readonly height: number;
  /** Least time between two frames, ms (90 gives up to about ten a second). */
  readonly lookIntervalMs: number;
  /** Patience before the first frame of an attempt; slow cameras need more than ten seconds. */
  readonly firstFrameMs?: number;
  /** Longest gap between frames before the stream counts as stalled. */
  readonly stallMs?: number;
  /** Grace between SIGTERM and SIGKILL. */
  readonly killAfterMs?: number;
  readonly retry?: RetryLimits;
  readonly decoder: WantedDecoder;
  /** True: the camera's own stream can be watched too, at the price of a copy of it through a socket. */
  readonly tap: boolean;
  readonly binary: FfmpegBinary;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface FfmpegFrameSource extends FrameSource, AsyncDisposable {
  /** The camera's stream for people to watch, from the same connection; null without `tap`. Flows while `frames` is read. */
  readonly live: CountedVideo | null;
}

/**
 * One RTSP camera as a FrameSource. Nothing runs until somebody reads `frames`; one reader at a time. Whatever the camera does,
 * or whoever knows its address, is survived and shown in `health()`.
 */
export function openFfmpegFrameSource(options: FfmpegFrameSourceOptions): FfmpegFrameSource {
  const { camera, clock, metrics } = options;
  const memory = openFrameMemory(options.width * options.height * 3);
  const attempt = {
    camera,
    binary: options.binary,
    clock,
    shape: { width: options.width, height: options.height, lookIntervalMs: options.lookIntervalMs },
    memory,
    firstFrameMs: options.firstFrameMs ?? 15_000,
    stallMs: options.stallMs ?? 3_000,
    killAfterMs: options.killAfterMs ?? 1_500,
  };
  const outages = openOutageLog(options.logger.child({ camera }), clock);
  const live = options.tap
    ? openLiveVideo({ clock, onDrop: () => metrics.count("limen_live_chunks_dropped_total", { camera }) })
    : null;
  const tap = live === null ? null : openVideoTap(live, options.logger.child({ camera }));
  const decoders = openDecoderChoice(
    options.decoder,
    (decoder, signal) => tryDecoder(options.binary, decoder, signal),
    options.logger.child({ camera }),
  );
  const newest = openNewestFrame();
  const disposed = new AbortController();
  let health: CameraHealth = { state: "starting", code: null, restarts: 0, lastFrameAtMs: null };
  let sequence = 0;
  let clockBackAtMs: number | null = null;
  let running: Promise<void> | null = null;

  function stale(rgb: Uint8Array): void {
    metrics.count("limen_frames_total", { camera });
    metrics.count("limen_frames_stale_total", { camera });
    memory.giveBack(rgb);
  }

  function fresh(rgb: Uint8Array, atMs: number): void {
    metrics.count("limen_frames_total", { camera });
    if (health.state !== "streaming") {
      outages.up();
      decoders.works();
    }
    health = { ...health, state: "streaming", code: null, lastFrameAtMs: atMs };
    const { width, height } = attempt.shape;
    const replaced = newest.put({
      camera,
      sequence: sequence++,
      capturedAtMs: atMs,
      clockBackAtMs,
      width,
      height,
      rgb,
    });
    if (replaced === null) return;
    metrics.count("limen_frames_skipped_total", { camera });
    memory.giveBack(replaced.rgb);
  }

  function clockBack(atMs: number): void {
    clockBackAtMs = atMs;
  }

  async function attemptOnce(previous: ErrorCode | null, signal: AbortSignal): Promise<AttemptEnd> {
    try {
      const address = await findAddress(options, previous, signal);
      if (previous === "LIMEN_CAMERA_UNREACHABLE") {
        const fault = await knock(address.url, signal);
        if (fault !== null) return { failure: unreachable(camera, fault), steadyMs: null };
      }
      const tapPath = (await tap?.listen()) ?? null;
      const decoder = await decoders.next(signal);
      const end = await attemptStream(
        attempt,
        { address, tapPath, decoder },
        { live: fresh, stale, clockBack },
        signal,
      );
      if (end.failure !== null && end.steadyMs === null) decoders.failed(end.failure.code);
      return end;
    } catch (error) {
      if (signal.aborted) return { failure: null, steadyMs: null };
      if (error instanceof LimenError) return { failure: error, steadyMs: null };
      throw error;
    }
  }

  async function keepStreaming(signal: AbortSignal): Promise<void> {
    const plan = openRetryPlan(options.retry ?? DEFAULT_RETRY, options.random);
    let previous: ErrorCode | null = null;
    while (!signal.aborted) {
      const { failure, steadyMs } = await attemptOnce(previous, signal);
      if (failure === null) return;
      previous = failure.code;
      const delayMs = plan.wait({ code: failure.code, steadyMs }, clock.monotonicMs());
      health = { ...health, state: "down", code: failure.code };
      outages.down(failure, delayMs);
      await clock.sleep(delayMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      health = { ...health, restarts: health.restarts + 1 };
      metrics.count("limen_camera_restarts_total", { camera, code: failure.code });
    }
  }

  return {
    async *frames(signal) {
      if (running !== null) {
        throw new LimenError("LIMEN_INTERNAL", `Camera ${camera} is being read already.`);
      }
      const stop = new AbortController();
      const onAbort = () => stop.abort();
      const causes = [signal, disposed.signal];
      for (const cause of causes) cause.addEventListener("abort", onAbort);
      if (causes.some((cause) => cause.aborted)) onAbort();
      // Should it ever throw, the reader must not wait for ever: the loop below ends and the error comes out of it.
      const streaming = keepStreaming(stop.signal).finally(onAbort);
      streaming.catch(() => undefined);
      running = streaming;
      try {
        for (;;) {
          const frame = await newest.take(stop.signal);
          if (frame === null) return;
          yield frame;
        }
      } finally {
        onAbort();
        for (const cause of causes) cause.removeEventListener("abort", onAbort);
        try {
          await streaming;
        } finally {
          await tap?.close();
          running = null;
          health = { ...health, state: "down" };
        }
      }
    },
    giveBack: ({ rgb }) => memory.giveBack(rgb),
    health: () => health,
    live,
    async [Symbol.asyncDispose]() {
      disposed.abort();
      live?.close();
      await running;
      await tap?.close(); // whoever reads `frames` may not come back to do it
    },
  };
}
