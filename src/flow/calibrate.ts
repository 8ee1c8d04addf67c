import { type Calibration, calibrate } from "#core/calibration";
import { LOOK_ALIKE_SCORE } from "#core/enrolment";
import { cosineOfScore } from "#core/score";
import type { FaceSearch } from "#ports/face-search";
import type { Gallery, LookAlikePair } from "#ports/gallery";

export interface CalibrateParts {
  readonly gallery: Pick<Gallery, "people" | "searchable">;
  /** Over that same gallery. */
  readonly search: FaceSearch;
  readonly modelId: string;
  /** The model's same-person cosine. */
  readonly samePersonCosine: number;
}

/** More people would make the tail no surer, and each costs a scan. */
const MOST_PEOPLE = 5000;
const BATCH = 250;
/** The person, the best other one, and who else looks like them; more pairs of one person would not be read. */
const MAX_RESULTS = 6;

export interface CalibrationFindings {
  readonly calibration: Calibration;
  /** People of the collection who can be searched for, and so many of them were measured. */
  readonly people: number;
  readonly measured: number;
  /** Of the measured with anybody enrolled, in whatever collection. */
  readonly lookAlikes: readonly LookAlikePair[];
}

/** So many of the ids, evenly spread. */
function spread(ids: readonly string[], most: number): string[] {
  if (ids.length <= most) return [...ids];
  return Array.from({ length: most }, (_, i) => ids[Math.floor((i * ids.length) / most)] ?? "");
}

/**
 * Measures a collection with itself: each enrolled person is searched for among all others, and the best of these is what a stranger may
 * score there. Reads only. Throws LIMEN_STORE_*, LIMEN_SEARCH_*, and the signal's reason.
 */
export async function measureCollection(
  { gallery, search, modelId, samePersonCosine }: CalibrateParts,
  { collection, fpir, onStep }: { collection: string; fpir: number; onStep: (done: number, all: number) => void },
  signal: AbortSignal,
): Promise<CalibrationFindings> {
  const everybody = (await gallery.people(collection)).filter(({ active }) => active).map(({ id }) => id);
  const chosen = spread(everybody, MOST_PEOPLE);
  const bests: number[] = [];
  const pairs = new Map<string, LookAlikePair>();
  const request = { minScore: 0, maxResults: MAX_RESULTS, mode: "ACCURATE", signal } as const;
  for (let first = 0; first < chosen.length; first += BATCH) {
    for (const { personId, faces } of await gallery.searchable(modelId, chosen.slice(first, first + BATCH))) {
      let best: number | null = null;
      for (const face of faces) {
        signal.throwIfAborted();
        const here = await search.search({ ...request, faces: [face], collection });
        const other = here.find((candidate) => candidate.personId !== personId);
        if (other !== undefined) best = Math.max(best ?? 0, other.score);
        const alike = await search.search({ ...request, faces: [face], collection: null, minScore: LOOK_ALIKE_SCORE });
        for (const { personId: id, score } of alike) {
          if (id === personId) continue;
          const personIds: [string, string] = personId < id ? [personId, id] : [id, personId];
          const known = pairs.get(personIds.join())?.score ?? 0;
          pairs.set(personIds.join(), { personIds, score: Math.max(score, known) });
        }
      }
      // Somebody alone in the gallery resembles nobody, which says nothing of strangers.
      if (best !== null) bests.push(cosineOfScore(best, samePersonCosine));
    }
    onStep(Math.min(first + BATCH, chosen.length), chosen.length);
  }
  return {
    calibration: calibrate(bests, { fpir, knee: samePersonCosine }),
    people: everybody.length,
    measured: bests.length,
    lookAlikes: [...pairs.values()].sort((a, b) => b.score - a.score),
  };
}
