/** The search in this process, and a server of the search contract. Scores of the two are never compared with each other. */
export const ENGINES = ["local", "verifik"] as const;
export type Engine = (typeof ENGINES)[number];

/** What one engine said of one face. */
export interface Answer {
  readonly engine: Engine;
  /** Believable candidates, score descending. */
  readonly candidates: readonly Candidate[];
  /** Asked only because the engine on the network was out. */
  readonly fallback?: true;
}

/** One person a search came back with, in the search contract's terms. */
export interface Candidate {
  readonly personId: string;
  /** API score 0..1; 0.81 = same person. */
  readonly score: number;
}

/** Deterministic order of results: score descending, then person id ascending. */
export function byScore(a: Candidate, b: Candidate): number {
  return b.score - a.score || (a.personId < b.personId ? -1 : a.personId > b.personId ? 1 : 0);
}

/**
 * True only for an answer the decision may believe: finite scores within 0..1, descending, no person twice, no empty id.
 * Anything else must become `engine_error`.
 */
export function isBelievable(candidates: readonly Candidate[]): boolean {
  const seen = new Set<string>();
  let previous = 1;
  for (const { personId, score } of candidates) {
    if (!(score >= 0 && score <= previous) || personId === "" || seen.has(personId)) return false;
    seen.add(personId);
    previous = score;
  }
  return true;
}
