import type { DoorFeedback } from "#ports/door-controller";

export interface FeedbackFeed {
  push(item: DoorFeedback): void;
  /** Everything pushed from now on, until the signal aborts. */
  read(signal: AbortSignal): AsyncIterable<DoorFeedback>;
}

/** Reports a reader may fall behind; then the oldest are lost, because only what the door does now matters. */
const MAX_UNREAD = 64;

/** Hands each report to every reader, without ever making the door wait for one. */
export function createFeedbackFeed(): FeedbackFeed {
  const readers = new Set<(item: DoorFeedback) => void>();
  return {
    push(item) {
      for (const reader of readers) reader(item);
    },
    async *read(signal) {
      const unread: DoorFeedback[] = [];
      let wake = (): void => {};
      const take = (item: DoorFeedback): void => {
        unread.push(item);
        if (unread.length > MAX_UNREAD) unread.shift();
        wake();
      };
      const stopped = (): void => wake();
      readers.add(take);
      signal.addEventListener("abort", stopped);
      try {
        while (!signal.aborted) {
          const next = unread.shift();
          if (next !== undefined) yield next;
          else
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
        }
      } finally {
        readers.delete(take);
        signal.removeEventListener("abort", stopped);
      }
    },
  };
}

/** Reports a controller made, so that each counts once; more than one controller makes in a busy minute. */
const REMEMBERED_REPORTS = 64;

export function rememberReports(): { isNew(report: string): boolean } {
  const known = new Set<string>();
  return {
    isNew(report) {
      if (known.has(report)) return false;
      known.add(report);
      for (const oldest of known) {
        if (known.size <= REMEMBERED_REPORTS) break;
        known.delete(oldest);
      }
      return true;
    },
  };
}
