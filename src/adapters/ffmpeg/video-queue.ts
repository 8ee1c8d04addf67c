export interface VideoQueue {
  put(chunk: Uint8Array): void;
  /** The oldest chunk, waiting for one if need be; null once the signal has aborted. One taker at a time. */
  take(signal: AbortSignal): Promise<Uint8Array | null>;
}

/** What one viewer has still to take: at most `maxBytes`, the oldest chunks go first and are told to `onDrop`. */
export function openVideoQueue(first: readonly Uint8Array[], maxBytes: number, onDrop: () => void): VideoQueue {
  const waiting = [...first];
  let bytes = waiting.reduce((sum, chunk) => sum + chunk.length, 0);
  let wake: (() => void) | null = null;

  function shift(): Uint8Array | null {
    const chunk = waiting.shift() ?? null;
    bytes -= chunk?.length ?? 0;
    return chunk;
  }

  return {
    put(chunk) {
      waiting.push(chunk);
      bytes += chunk.length;
      while (bytes > maxBytes && shift() !== null) onDrop();
      wake?.();
    },
    async take(signal) {
      while (!signal.aborted) {
        const chunk = shift();
        if (chunk !== null) return chunk;
        await new Promise<void>((resolve) => {
          const done = () => {
            signal.removeEventListener("abort", done);
            wake = null;
            resolve();
          };
          wake = done;
          signal.addEventListener("abort", done);
        });
      }
      return null;
    },
  };
}
