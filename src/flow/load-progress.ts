/** Shorter loads are nobody's news. */
const FIRST_AFTER_MS = 2000;
const THEN_EACH_MS = 5000;

export interface LoadStep {
  readonly done: number;
  readonly all: number;
  readonly elapsedMs: number;
}

/**
 * For the `onProgress` of a search engine that reads a large gallery: says now and then how far it has come, and when it is done;
 * nothing of one that is read within two seconds.
 */
export function createLoadProgress(
  nowMs: () => number,
  say: (step: LoadStep) => void,
): (done: number, all: number) => void {
  const beganMs = nowMs();
  let dueMs = beganMs + FIRST_AFTER_MS;
  let hasSpoken = false;
  return (done, all) => {
    const now = nowMs();
    if (now < dueMs && !(done === all && hasSpoken)) return;
    hasSpoken = true;
    dueMs = now + THEN_EACH_MS;
    say({ done, all, elapsedMs: Math.round(now - beganMs) });
  };
}
