import type { Answer, Engine } from "#core/candidate";
import type { DenyReason } from "#core/reason";
import { type ThresholdRule, thresholdFor } from "#core/threshold";
import { codeOf } from "#errors";
import type { CallLeave, KnownRefusals } from "#flow/known-refusals";
import { faultOf, type LaneRequest, type SearchLane } from "#flow/search-lane";
import type { Clock } from "#ports/clock";
import type { Metrics } from "#ports/metrics";

/** What asking came to: answers; or that nothing was asked, because it is too soon or the face was refused a moment ago. */
export type Asked =
  | { readonly answers: readonly Answer[] }
  | { readonly unasked: "too_soon" }
  | { readonly unasked: "known"; readonly reason: DenyReason };

/** The search engines behind a door: whom to ask, and what counts as an answer. */
export interface Engines {
  /**
   * What every engine that must agree says of the faces. `visit` names the visit, over all doors. Throws what a lane throws: then
   * nobody is recognised.
   */
  ask(request: LaneRequest, signal: AbortSignal, visit: string): Promise<Asked>;
  /** True while the next question costs no call at an engine that is paid by the call, or is counted there by itself. */
  isFree(): boolean;
  /** A visit is over; what it cost is remembered, or forgiven. */
  ended(visit: string, reason: DenyReason | "ok"): void;
  /** Searchable people in the collection, for each engine; 0 for one that is not asked or cannot tell. */
  sizes(collection: string): Readonly<Record<Engine, number>>;
}

/** One engine, alone, that costs nothing. */
export function soleEngine(engine: Engine, lane: SearchLane): Engines {
  return {
    async ask(request, signal) {
      return { answers: [{ engine, candidates: await lane.search(request, signal) }] };
    },
    isFree: () => true,
    ended: () => {},
    sizes: (collection) => ({ local: 0, verifik: 0, [engine]: lane.size(collection) }),
  };
}

/** Who is asked besides this computer, and what it may cost. */
export interface NetworkParts {
  readonly network: SearchLane;
  readonly refusals: KnownRefusals;
}

/** The engine on the network, alone. */
export function networkEngine({ network, refusals }: NetworkParts): Engines {
  return {
    async ask(request, signal, visit) {
      const unasked = unaskedOf(refusals.ask(visit, request.faces, request.collection));
      return unasked ?? { answers: [{ engine: "verifik", candidates: await network.search(request, signal) }] };
    },
    isFree: () => false,
    ended: refusals.ended,
    sizes: (collection) => ({ local: 0, verifik: network.size(collection) }),
  };
}

function unaskedOf(leave: CallLeave): Exclude<Asked, { answers: unknown }> | null {
  if ("spared" in leave) return { unasked: "known", reason: leave.spared };
  return leave.call === "later" ? { unasked: "too_soon" } : null;
}

/** Nobody there to answer, in time or at all; an engine that answers nonsense is not out, and nothing takes its place. */
function isOutage(error: unknown): boolean {
  return faultOf(error) === "engine_offline" || codeOf(error) === "LIMEN_SEARCH_DEADLINE";
}

/**
 * The engine on the network; where that is out, the local one in its place, its answers marked. The local search runs beside the
 * call from the start, and takes over after `fallbackAfterMs`, so that a server which hangs does not use up the time a person
 * waits. While a call is overdue like that, or the engine is left alone, the local one is asked at once and nobody else.
 */
export function networkThenLocal(
  parts: NetworkParts & {
    local: SearchLane;
    /** True while a call would fail at once. */
    isResting: () => boolean;
    fallbackAfterMs: number;
    clock: Clock;
  },
): Engines {
  const { local, network, refusals, clock } = parts;
  let overdue = 0;
  const isOut = (): boolean => overdue > 0 || parts.isResting();
  const inItsPlace = async (request: LaneRequest, signal: AbortSignal): Promise<Asked> => {
    const candidates = await local.search(request, signal);
    return { answers: [{ engine: "local", candidates, fallback: true }] };
  };

  /** What the call came to within the time there is for it; null = it is overdue. Whatever comes later is nobody's answer. */
  const call = async (request: LaneRequest, signal: AbortSignal): Promise<Asked | { failed: unknown } | null> => {
    const timer = new AbortController();
    let isOverdue = false;
    const called = network
      .search(request, signal)
      .then(
        (candidates): Asked => ({ answers: [{ engine: "verifik", candidates }] }),
        (failed: unknown) => ({ failed }),
      )
      .finally(() => {
        timer.abort();
        if (isOverdue) overdue--;
      });
    const late = clock.sleep(parts.fallbackAfterMs, timer.signal).then(
      () => null,
      () => called,
    );
    const first = await Promise.race([called, late]);
    if (first === null) {
      isOverdue = true;
      overdue++;
    }
    return first;
  };

  return {
    async ask(request, signal, visit) {
      if (isOut()) return inItsPlace(request, signal);
      const unasked = unaskedOf(refusals.ask(visit, request.faces, request.collection));
      if (unasked !== null) return unasked;
      const substitute = inItsPlace(request, signal);
      // Not asked for its outcome unless it is needed.
      substitute.catch(() => {});
      const came = await call(request, signal);
      if (came === null) return substitute;
      if (!("failed" in came)) return came;
      if (isOutage(came.failed)) return substitute;
      throw came.failed;
    },
    isFree: isOut,
    ended: refusals.ended,
    sizes: (collection) => ({ local: local.size(collection), verifik: network.size(collection) }),
  };
}

/**
 * Both engines, which must name the same person. The local one is asked first; where nobody is over its threshold, the call is
 * spared, since they could not agree any more.
 */
export function bothEngines(
  parts: NetworkParts & { local: SearchLane; localThreshold: ThresholdRule; metrics: Metrics },
): Engines {
  const { local, network, refusals } = parts;
  return {
    async ask(request, signal, visit) {
      const candidates = await local.search(request, signal);
      const answer: Answer = { engine: "local", candidates };
      const threshold = thresholdFor(local.size(request.collection), parts.localThreshold);
      if (!((candidates[0]?.score ?? 0) >= threshold)) {
        parts.metrics.count("limen_engine_calls_saved_total", { why: "local_knows_nobody" });
        return { answers: [answer] };
      }
      const unasked = unaskedOf(refusals.ask(visit, request.faces, request.collection));
      if (unasked !== null) return unasked;
      return { answers: [answer, { engine: "verifik", candidates: await network.search(request, signal) }] };
    },
    isFree: () => true,
    ended: refusals.ended,
    sizes: (collection) => ({ local: local.size(collection), verifik: network.size(collection) }),
  };
}
