import { type AccessPolicy, isWatched } from "#core/access";
import type { PersonFacts } from "#core/policy";
import type { Thresholds } from "#core/support";
import type { Evidence } from "#core/visit";

/** Somebody on the watch list, and the frame that says so. */
export interface Suspect {
  readonly personId: string;
  readonly frame: Evidence;
}

/**
 * The newest frame in which somebody on the watch list is first, at most `slack` (API score) under the threshold. One frame is enough,
 * and a score that is no number counts: a wrong refusal costs a second try, a missed one costs what the list is for.
 */
export function suspectIn(
  frames: readonly Evidence[],
  { access, people, thresholds }: { access: AccessPolicy; people: readonly PersonFacts[]; thresholds: Thresholds },
  slack: number,
): Suspect | null {
  const watched = new Set(people.filter((person) => isWatched(access, person)).map(({ id }) => id));
  for (const frame of frames.toReversed()) {
    for (const { engine, candidates } of frame.answers) {
      const [first] = candidates;
      if (first === undefined || !watched.has(first.personId)) continue;
      if (!(first.score < thresholds[engine] - slack)) return { personId: first.personId, frame };
    }
  }
  return null;
}
