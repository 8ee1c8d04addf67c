export interface FrameSplitter {
  /** Takes the next bytes of the pipe; calls `onFrame` once for each frame they complete. */
  push(chunk: Uint8Array): void;
  /** Gives back the pixels of a frame nobody will look at, to be written over by a later one. */
  recycle(rgb: Uint8Array): void;
}

/**
 * Cuts a stream of raw rgb24 into frames of `frameBytes`. Each byte is copied once, into memory of the frame's own, because
 * whoever takes a frame may hold it as long as they like. Holds at most one unfinished frame and one spare.
 */
export function openFrameSplitter(frameBytes: number, onFrame: (rgb: Uint8Array) => void): FrameSplitter {
  let current: Uint8Array | null = null;
  let spare: Uint8Array | null = null;
  let filled = 0;

  return {
    push(chunk) {
      let offset = 0;
      while (offset < chunk.length) {
        if (current === null) {
          // Not zeroed: it is handed on only when every byte has been written.
          current = spare ?? Buffer.allocUnsafeSlow(frameBytes);
          spare = null;
        }
        const take = Math.min(frameBytes - filled, chunk.length - offset);
        current.set(chunk.subarray(offset, offset + take), filled);
        filled += take;
        offset += take;
        if (filled === frameBytes) {
          const done = current;
          current = null;
          filled = 0;
          onFrame(done);
        }
      }
    },
    recycle(rgb) {
      if (rgb.length === frameBytes) spare = rgb;
    },
  };
}
