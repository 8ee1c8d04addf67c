import type { FrameMemory } from "#adapters/ffmpeg/frame-memory";

export interface FrameSplitter {
  /** Takes the next bytes of the pipe; calls `onFrame` once for each frame they complete. */
  push(chunk: Uint8Array): void;
}

/**
 * Cuts a stream of raw rgb24 into frames of the size that `memory` lends. Each byte is copied once, into memory that is the frame's
 * own until somebody gives it back, because whoever takes a frame may hold it as long as they like. Holds at most one unfinished frame.
 */
export function openFrameSplitter(memory: FrameMemory, onFrame: (rgb: Uint8Array) => void): FrameSplitter {
  let current: Uint8Array | null = null;
  let filled = 0;

  return {
    push(chunk) {
      let offset = 0;
      while (offset < chunk.length) {
        // Not zeroed: it is handed on only when every byte has been written.
        current ??= memory.lend();
        const take = Math.min(current.length - filled, chunk.length - offset);
        current.set(chunk.subarray(offset, offset + take), filled);
        filled += take;
        offset += take;
        if (filled === current.length) {
          const done = current;
          current = null;
          filled = 0;
          onFrame(done);
        }
      }
    },
  };
}
