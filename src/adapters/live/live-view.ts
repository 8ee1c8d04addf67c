import { createBurstGate } from "#adapters/live/burst-gate";
import { startConverter } from "#adapters/live/converter";
import { messageOf } from "#errors";
import type { Clock } from "#ports/clock";
import type { LiveVideo } from "#ports/live-video";
import type { LiveTrouble, LiveView, LiveViewer } from "#ports/live-view";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

export interface LiveViewOptions {
  /** Name in logs and metrics. */
  readonly camera: string;
  readonly video: LiveVideo;
  /** Absolute path of ffmpeg. */
  readonly ffmpeg: string;
  /** How long the converter goes on without viewers: somebody who reloads the page is back at once. */
  readonly lingerMs?: number;
  /** Silence after which viewers are told. */
  readonly silenceMs?: number;
  /** The same at the start: without the last seconds of the stream the converter needs about six to find out what it is given. */
  readonly firstVideoMs?: number;
  /** First pause before a converter that ended is started again; doubles up to 30 s. */
  readonly restartMs?: number;
  readonly killAfterMs?: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const LONGEST_RESTART_MS = 30_000;
const WATCH_MS = 500;

/** Converts one camera's stream for browsers while somebody looks: started with the first viewer, stopped some seconds after the last. */
export function openLiveView(options: LiveViewOptions): LiveView & AsyncDisposable {
  const { camera, video, ffmpeg, clock, logger, metrics } = options;
  const { lingerMs = 8000, silenceMs = 4000, firstVideoMs = 12_000, restartMs = 1000, killAfterMs = 1500 } = options;
  const viewers = new Set<LiveViewer>();
  let trouble: LiveTrouble | null = null;
  let lastVideoAtMs = 0;
  let hasSeenVideo = false;
  let running: { readonly stop: AbortController; readonly done: Promise<void> } | null = null;
  let previous: Promise<void> = Promise.resolve();
  let linger: AbortController | null = null;
  let disposed = false;

  const say = (next: LiveTrouble | null): void => {
    if (next === trouble) return;
    trouble = next;
    for (const viewer of viewers) viewer.trouble(next);
  };

  /** One converter's life; what ended it, or null when nobody looks any more. */
  const convert = async (signal: AbortSignal): Promise<string | null> => {
    const isLive = createBurstGate();
    const converter = startConverter({
      ffmpeg,
      killAfterMs,
      onVideo(chunk) {
        lastVideoAtMs = clock.monotonicMs();
        hasSeenVideo = true;
        if (!isLive(lastVideoAtMs)) return;
        say(null);
        for (const viewer of viewers) viewer.video(chunk);
      },
    });
    const over = new AbortController();
    const both = AbortSignal.any([signal, over.signal]);
    void converter.ended.then(() => over.abort());
    try {
      for await (const chunk of video.watch(both)) {
        if (!converter.write(chunk)) metrics.count("limen_live_dropped_total", { camera, where: "converter" });
      }
    } finally {
      converter.stop();
    }
    const words = await converter.ended;
    return signal.aborted ? null : words;
  };

  const watchSilence = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(WATCH_MS, signal).catch(() => {});
      const silentMs = clock.monotonicMs() - lastVideoAtMs;
      const isSilent = silentMs > (hasSeenVideo ? silenceMs : firstVideoMs);
      if (isSilent && trouble === null && !signal.aborted) say("no_video");
    }
  };

  const keepConverting = async (signal: AbortSignal): Promise<void> => {
    let failures = 0;
    while (!signal.aborted) {
      const startedAtMs = clock.monotonicMs();
      const words = await convert(signal).catch(messageOf);
      if (words === null) return;
      failures = clock.monotonicMs() - startedAtMs > LONGEST_RESTART_MS ? 1 : failures + 1;
      if (failures === 1) logger.warn({ camera, why: words }, "the live view's converter ended and is started again");
      metrics.count("limen_live_restarts_total", { camera });
      say("converter_failed");
      hasSeenVideo = false;
      await clock.sleep(Math.min(LONGEST_RESTART_MS, restartMs * 2 ** (failures - 1)), signal).catch(() => {});
    }
  };

  const start = (): void => {
    const stop = new AbortController();
    trouble = null;
    hasSeenVideo = false;
    lastVideoAtMs = clock.monotonicMs();
    // The one before may still be ending: two converters of one camera would be one too many.
    const done = previous.then(async () => {
      await Promise.all([keepConverting(stop.signal), watchSilence(stop.signal)]);
    });
    previous = done.catch((error: unknown) => logger.error({ camera }, `the live view failed: ${messageOf(error)}`));
    running = { stop, done: previous };
  };

  const stop = (): Promise<void> => {
    const stopping = running;
    running = null;
    stopping?.stop.abort();
    return stopping?.done ?? previous;
  };

  const leave = (viewer: LiveViewer): void => {
    if (!viewers.delete(viewer) || viewers.size > 0) return;
    const waiting = new AbortController();
    linger = waiting;
    clock.sleep(lingerMs, waiting.signal).then(stop, () => {});
  };

  return {
    join(viewer) {
      viewers.add(viewer);
      linger?.abort();
      linger = null;
      if (running === null && !disposed) start();
      else if (trouble !== null) viewer.trouble(trouble);
      return { [Symbol.dispose]: () => leave(viewer) };
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      linger?.abort();
      await stop();
    },
  };
}
