const REDRAW = "\r\u001b[K";
const LINE_EACH_MS = 5_000;
const LINE_EACH_COUNT = 25;
/** Faster than this nobody reads. */
const REDRAW_EACH_MS = 100;

export interface ProgressOptions {
  readonly all: number;
  /** Draws one line over and over; without it a line now and then goes to `note`. */
  readonly draw: ((text: string) => void) | null;
  readonly note: (line: string) => void;
  /** A clock that never jumps, ms. */
  readonly nowMs: () => number;
}

export interface Progress {
  step(): void;
  /** Says something between two steps, on a line of its own. */
  say(line: string): void;
  /** Takes the drawn line away. */
  end(): void;
  elapsedMs(): number;
}

/** "4 min 7 s" */
export function durationOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** How far a long command has come: n of m and the time it took. */
export function createProgress({ all, draw, note, nowMs }: ProgressOptions): Progress {
  const began = nowMs();
  let done = 0;
  let saidAtMs = began;
  let saidAtCount = 0;
  const elapsedMs = (): number => nowMs() - began;
  const isDue = (): boolean => {
    const age = nowMs() - saidAtMs;
    if (done === all) return true;
    return draw === null ? age >= LINE_EACH_MS || done - saidAtCount >= LINE_EACH_COUNT : age >= REDRAW_EACH_MS;
  };
  return {
    elapsedMs,
    step() {
      done++;
      if (!isDue()) return;
      saidAtMs = nowMs();
      saidAtCount = done;
      const line = `${done} of ${all} people, ${durationOf(elapsedMs())}`;
      if (draw === null) note(line);
      else draw(`${REDRAW}${line}`);
    },
    say(line) {
      draw?.(REDRAW);
      note(line);
    },
    end: () => draw?.(REDRAW),
  };
}
