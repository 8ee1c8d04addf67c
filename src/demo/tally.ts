import type { TimelineVisit } from "#demo/clip/timeline";

/** What the demo heard of one decision: from MQTT, the way a home automation hears it. */
export interface HeardDecision {
  readonly id: string;
  readonly result: "grant" | "deny";
  readonly reason: string;
  readonly personId: string | null;
  readonly score: number | null;
  readonly margin: number | null;
  readonly actuated: string;
  readonly latencyMs: number | null;
}

/** What a controller says when the lock has moved: that it did, and where there is a sensor, that it was seen. */
const OPENED: ReadonlySet<string> = new Set(["acked", "confirmed"]);

export interface VisitResult {
  readonly visit: TimelineVisit;
  /** Newest word on each decision made while this visitor was there, oldest decision first. */
  readonly decisions: readonly HeardDecision[];
  readonly isRight: boolean;
}

/**
 * A visit ended as it should: who may pass was granted once, as themselves, and the door acknowledged; who may not was refused
 * and never granted.
 */
export function isRight(visit: TimelineVisit, decisions: readonly HeardDecision[], personId: string | null): boolean {
  const grants = decisions.filter(({ result }) => result === "grant");
  if (visit.expected === "denied") return grants.length === 0 && decisions.length > 0;
  const [grant] = grants;
  return grants.length === 1 && grant?.personId === personId && OPENED.has(grant?.actuated ?? "");
}

/** The visit whose visitor is, or was last, in front of the camera at this frame of the clip. */
export function visitAt(visits: readonly TimelineVisit[], frame: number): TimelineVisit | null {
  return visits.findLast(({ startFrame }) => startFrame <= frame) ?? null;
}

export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  const lower = sorted[middle - 1];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 || lower === undefined ? upper : (upper + lower) / 2;
}

/** Collects decisions by visit; the same id heard again replaces what was known of it. */
export class Tally {
  readonly #visits: readonly TimelineVisit[];
  readonly #personIds: ReadonlyMap<string, string>;
  readonly #heard = new Map<string, Map<string, HeardDecision>>();

  /** `personIds`: the gallery's id of each cast member. */
  constructor(visits: readonly TimelineVisit[], personIds: ReadonlyMap<string, string>) {
    this.#visits = visits;
    this.#personIds = personIds;
  }

  hear(decision: HeardDecision, frame: number): TimelineVisit | null {
    const known = this.#visits.find(({ id }) => this.#heard.get(id)?.has(decision.id));
    const visit = known ?? visitAt(this.#visits, frame);
    if (visit === null) return null;
    const decisions = this.#heard.get(visit.id) ?? new Map<string, HeardDecision>();
    this.#heard.set(visit.id, decisions.set(decision.id, decision));
    return visit;
  }

  /** Forgets everything, for the next time round. */
  clear(): void {
    this.#heard.clear();
  }

  results(): VisitResult[] {
    return this.#visits.map((visit) => {
      const decisions = [...(this.#heard.get(visit.id)?.values() ?? [])];
      const personId = visit.person === null ? null : (this.#personIds.get(visit.person) ?? null);
      return { visit, decisions, isRight: isRight(visit, decisions, personId) };
    });
  }
}
