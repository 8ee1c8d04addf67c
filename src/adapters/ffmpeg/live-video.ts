import { openVideoQueue, type VideoQueue } from "#adapters/ffmpeg/video-queue";
import type { Clock } from "#ports/clock";
import type { LiveVideo } from "#ports/live-video";

/** With this much of the past in hand a viewer's decoder shows its first picture in 0.2 s; with none it takes over 5 s. */
const HISTORY_MS = 8_000;
/** 8 s of 4 Mbit/s, what a camera's large stream sends. */
const HISTORY_BYTES = 4 * 2 ** 20;
/** What a viewer may lag behind on top of the history it began with. */
const LAG_BYTES = 2 ** 20;

export interface LiveVideoFeed extends LiveVideo {
  /** The next whole packets of the stream. */
  push(chunk: Uint8Array): void;
  /** Ends all watching, for good. */
  close(): void;
}

/** One camera's video for any number of viewers. Memory: the history once, and per viewer at most a list into it plus the lag. */
export function openLiveVideo({ clock, onDrop }: { clock: Clock; onDrop: () => void }): LiveVideoFeed {
  const history: { readonly chunk: Uint8Array; readonly atMs: number }[] = [];
  const viewers = new Set<VideoQueue>();
  const closed = new AbortController();
  let historyBytes = 0;
  let bytes = 0;

  function forgetOld(): void {
    const oldestMs = clock.monotonicMs() - HISTORY_MS;
    let gone = 0;
    for (const { chunk, atMs } of history) {
      if (atMs >= oldestMs && historyBytes <= HISTORY_BYTES) break;
      historyBytes -= chunk.length;
      gone++;
    }
    history.splice(0, gone);
  }

  return {
    push(chunk) {
      bytes += chunk.length;
      historyBytes += chunk.length;
      history.push({ chunk, atMs: clock.monotonicMs() });
      forgetOld();
      for (const viewer of viewers) viewer.put(chunk);
    },
    async *watch(signal) {
      forgetOld();
      const past = history.map(({ chunk }) => chunk);
      const viewer = openVideoQueue(past, HISTORY_BYTES + LAG_BYTES, onDrop);
      const over = new AbortController();
      const end = () => over.abort();
      const causes = [signal, closed.signal];
      for (const cause of causes) cause.addEventListener("abort", end);
      if (causes.some((cause) => cause.aborted)) end();
      viewers.add(viewer);
      try {
        for (;;) {
          const chunk = await viewer.take(over.signal);
          if (chunk === null) return;
          yield chunk;
        }
      } finally {
        viewers.delete(viewer);
        for (const cause of causes) cause.removeEventListener("abort", end);
      }
    },
    get bytes() {
      return bytes;
    },
    close: () => closed.abort(),
  };
}
