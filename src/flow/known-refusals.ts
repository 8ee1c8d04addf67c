import type { Template } from "#core/face";
import type { DenyReason } from "#core/reason";
import { cosineOf } from "#core/template";
import { CALLS_A_FACE } from "#core/throttle";
import type { Clock } from "#ports/clock";
import type { Metrics } from "#ports/metrics";

/** What becomes of a call that somebody's face would cost: made (and counted), not yet, or spared, because the face was refused. */
export type CallLeave = { readonly call: "now" } | { readonly call: "later" } | { readonly spared: DenyReason };

/**
 * The faces for which an engine paid by the call was asked of late, and how often. A face that matches one whose calls are used up
 * is not searched again until that one is forgotten. Their templates are in this memory alone, a few each, and nowhere else.
 */
export interface KnownRefusals {
  /** `visit` names the visit, over all doors; `faces` are of one person. */
  ask(visit: string, faces: readonly Template[], collection: string | null): CallLeave;
  /** How the visit ended. Only who was recognised by nobody is remembered. */
  ended(visit: string, reason: DenyReason | "ok"): void;
}

interface Known {
  readonly collection: string | null;
  readonly visits: Set<string>;
  readonly faces: Template[];
  calls: number;
  lastCallAtMs: number;
  reason: DenyReason;
}

/** Beyond it the one whose last call is the longest ago is forgotten. */
const MOST_KNOWN = 200;
const MOST_VISITS_EACH = 32;

/** The engine was asked, and knew nobody. Who was recognised and may not pass is no stranger, and an outage says nothing of a face. */
const NOBODY: ReadonlySet<string> = new Set<DenyReason>([
  "unknown_person",
  "below_threshold",
  "ambiguous",
  "not_enough_evidence",
]);

export function createKnownRefusals(parts: {
  /** Local templates at least this close (cosine) are taken for one face: the model's own knee. */
  samePersonCosine: number;
  /** From a face's last call until it is forgotten, ms. */
  memoryMs: number;
  clock: Clock;
  metrics: Metrics;
}): KnownRefusals {
  const { clock, metrics } = parts;
  /** In the order of their last calls. */
  let known: Known[] = [];

  const nearness = (entry: Known, faces: readonly Template[]): number => {
    const pairs = faces.flatMap((face) => entry.faces.map((other) => [face, other] as const));
    return Math.max(-1, ...pairs.map(([a, b]) => (a.modelId === b.modelId ? cosineOf(a, b) : -1)));
  };

  const find = (visit: string, faces: readonly Template[], collection: string | null): Known | null => {
    const here = known.filter((entry) => entry.collection === collection);
    const own = here.find((entry) => entry.visits.has(visit));
    if (own !== undefined) return own;
    const [nearest] = here
      .map((entry) => ({ entry, cosine: nearness(entry, faces) }))
      .filter(({ cosine }) => cosine >= parts.samePersonCosine)
      .sort((a, b) => b.cosine - a.cosine);
    return nearest?.entry ?? null;
  };

  const spare = (why: string): void => metrics.count("limen_engine_calls_saved_total", { why });

  const count = (entry: Known, faces: readonly Template[], nowMs: number): CallLeave => {
    entry.calls++;
    entry.lastCallAtMs = nowMs;
    entry.faces.push(...faces.slice(0, 1));
    known = [...known.filter((other) => other !== entry), entry].slice(-MOST_KNOWN);
    return { call: "now" };
  };

  return {
    ask(visit, faces, collection) {
      const nowMs = clock.monotonicMs();
      known = known.filter(({ lastCallAtMs }) => nowMs - lastCallAtMs < parts.memoryMs);
      let entry = find(visit, faces, collection);
      if (entry === null) {
        const reason = "not_enough_evidence";
        entry = { collection, visits: new Set(), faces: [], calls: 0, lastCallAtMs: Number.NEGATIVE_INFINITY, reason };
      }
      if (entry.visits.size < MOST_VISITS_EACH) entry.visits.add(visit);
      if (entry.calls >= CALLS_A_FACE.most) {
        spare("refused_lately");
        return { spared: entry.reason };
      }
      if (nowMs - entry.lastCallAtMs < CALLS_A_FACE.everyMs) {
        spare("too_soon");
        return { call: "later" };
      }
      return count(entry, faces, nowMs);
    },

    ended(visit, reason) {
      const own = known.filter(({ visits }) => visits.has(visit));
      if (!NOBODY.has(reason)) known = known.filter((entry) => !own.includes(entry));
      else for (const entry of own) if (reason !== "ok") entry.reason = reason;
    },
  };
}
