import { isLargeEnough, type QualityRules } from "#core/face";
import type { SearchBudget } from "#core/throttle";
import { deservesSecondTry, isClearer, openVisit, spendSearch, type Visit } from "#core/visit";
import type { Sighting } from "#flow/sighting";

/** The visit that a face on a track belongs to: the one that is known, a first one, or a second try of one that was refused. */
export function visitFor(
  known: Visit | undefined,
  { track, face, frame }: Sighting,
  { quality, budget, isAlone }: { quality: QualityRules; budget: SearchBudget; isAlone: () => boolean },
): Visit | null {
  if (known === undefined) {
    return isLargeEnough(face, quality) ? openVisit(track.id, frame.capturedAtMs, budget) : null;
  }
  const isAloneNow = known.deniedFor === "accompanied" && isAlone();
  return deservesSecondTry(known, face.box.height, isAloneNow)
    ? openVisit(track.id, frame.capturedAtMs, budget, 2)
    : known;
}

/** A refused visit's second try, paid for, where its face turned out clearly better than any that was judged; else null. */
export function triedAgain(
  refused: Visit,
  { frame, norm }: { frame: Sighting["frame"]; norm: number },
  budget: SearchBudget,
  nowMs: number,
): Visit | null {
  if (!isClearer(refused, norm)) return null;
  return spendSearch(openVisit(refused.trackId, frame.capturedAtMs, budget, 2), budget, nowMs);
}
