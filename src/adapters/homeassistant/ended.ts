import type { Clock } from "#ports/clock";

/** Longest wait at the end for a broker that does not answer any more, ms. */
const LONGEST_MS = 1000;

/** Resolves when the work has ended, or is not waited for any longer: the connection ends what hangs on it. */
export async function ended(work: Promise<unknown>, clock: Clock): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work, clock.sleep(LONGEST_MS, enough.signal).catch(() => {})]);
  enough.abort();
}
