/** Memory for the frames of one camera, used again and again. */
export interface FrameMemory {
  /** Room for one frame, never zeroed: the caller writes every byte before anybody sees it. */
  lend(): Uint8Array;
  /**
   * Takes back what `lend` gave. Whoever still holds it finds it empty (length 0) from here on, and never another picture's pixels.
   * Anything else, and what was given back before, is left alone.
   */
  giveBack(rgb: Uint8Array): void;
}

/** An idle camera has two frames in use, the newest and the one that is arriving; a third absorbs a hiccup. */
const MOST_SPARE = 2;

/**
 * Two frames a second of 640×360 are 1.4 MB that nobody keeps. Left to the garbage collector they made it walk the whole heap
 * every five seconds: with the pipe's chunks (chunk-memory) about a third of an idle daemon's own CPU.
 */
export function openFrameMemory(frameBytes: number): FrameMemory {
  const lent = new WeakSet<Uint8Array>();
  const spare: Uint8Array[] = [];

  return {
    lend() {
      // A buffer of its own, not a part of Node's pool: only such a one can be moved away from under its holders.
      const rgb = spare.pop() ?? Buffer.allocUnsafeSlow(frameBytes);
      lent.add(rgb);
      return rgb;
    },
    giveBack(rgb) {
      if (!lent.delete(rgb) || !(rgb.buffer instanceof ArrayBuffer)) return;
      // Moved, not copied (1 µs): what views there are of the old buffer lose their bytes.
      const moved = structuredClone(rgb.buffer, { transfer: [rgb.buffer] });
      if (spare.length < MOST_SPARE) spare.push(new Uint8Array(moved));
    },
  };
}
