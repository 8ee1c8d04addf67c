import type { Candidate } from "#core/candidate";
import type { Template } from "#core/face";
import { scoreOfCosine } from "#core/score";
import { cosineOf } from "#core/template";

/** Far more people than can be enrolled in the second a search may be behind; at 10 photos each they take 5 MB. */
const REMEMBERED = 256;

/** The people enrolled last by this process, compared one by one. */
export interface RecentFaces {
  /** These are among the person's faces now. */
  remember(personId: string, templates: readonly Template[]): void;
  /** The person's faces are not what they were. */
  forget(personId: string): void;
  /** Who of them scores at least `minScore`, in any order. */
  candidates(template: Template, minScore: number): Candidate[];
}

/**
 * A search follows the gallery about a second behind, and an import enrols several people a second: without this, one face in two
 * neighbouring folders would pass for two people. `knee`: the model's same-person cosine.
 */
export function createRecentFaces(knee: number, remembered = REMEMBERED): RecentFaces {
  const people = new Map<string, readonly Template[]>();
  return {
    remember(personId, templates) {
      const known = people.get(personId) ?? [];
      people.delete(personId);
      people.set(personId, [...known, ...templates]);
      const [oldest] = people.keys();
      if (people.size > remembered && oldest !== undefined) people.delete(oldest);
    },
    forget: (personId) => void people.delete(personId),
    candidates: (template, minScore) =>
      [...people]
        .map(([personId, known]) => ({
          personId,
          score: Math.max(...known.map((other) => scoreOfCosine(cosineOf(template, other), knee))),
        }))
        .filter(({ score }) => score >= minScore),
  };
}
