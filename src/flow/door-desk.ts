import type { Situation } from "#core/decision";
import { recordOf } from "#core/decision-record";
import { thresholdsOf } from "#core/demands";
import { outlineFault, templateFault } from "#core/face";
import { isSomebodyElse, takeOver } from "#core/handover";
import { intentOf, wantsIn } from "#core/intent";
import { isOutdated } from "#core/question";
import { LOCAL_SEARCH_BUDGET, type SearchBudget } from "#core/throttle";
import type { Track } from "#core/track";
import { addEvidence, addFault, addKnownRefusal, closeVisit, secondLook, spendSearch, type Visit } from "#core/visit";
import { codeOf, messageOf } from "#errors";
import type { Actuator } from "#flow/carry-out";
import { type JudgeParts, judge } from "#flow/judgement";
import type { LiveQuestions } from "#flow/live-questions";
import { createOnlookers } from "#flow/onlookers";
import type { QuestionDesk } from "#flow/questions";
import { faultOf } from "#flow/search-lane";
import { createShotBox } from "#flow/shot-box";
import type { Described, Sighting } from "#flow/sighting";
import { createStepUp, type StepUpRules } from "#flow/step-up";
import { type SearchRules, searchFor } from "#flow/visit-search";
import { triedAgain, visitFor } from "#flow/visit-tries";
import { withWatchList } from "#flow/watched-engines";
import type { Whereabouts } from "#flow/whereabouts";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

/** What a desk knows besides the door's policy: how its camera and its engines are used. */
export interface DoorRules extends Omit<SearchRules, "collection"> {
  readonly camera: string;
  /** Of searches that cost; while they do not, the local engine's. */
  readonly budget: SearchBudget;
}

/** How long the steps of one look took, ms. */
export interface LookTimes {
  readonly wait: number;
  readonly find: number;
  readonly describe: number;
}

export interface DoorDesk {
  /** All faces of one look, before the first of them is judged: who is with whom. */
  saw(sightings: readonly Sighting[]): void;
  /** Notes the face and says whether this door wants it described and searched now (a search is then already paid for). */
  wants(sighting: Sighting): boolean;
  /** Searches a described face, adds the evidence and decides. Never throws. */
  consider(sighting: Sighting, description: Described, times: LookTimes, signal: AbortSignal): Promise<void>;
  /** The describing failed: the search that was paid for brought nothing. */
  failed(track: Track, error: unknown): void;
  /** Decides what time alone decides (patience), once a look. */
  tick(signal: AbortSignal): Promise<void>;
  /** The face has left: a last decision, then the visit is forgotten. */
  left(track: Track, signal: AbortSignal): Promise<void>;
}

const NO_TIMES: LookTimes & { search: number } = { wait: 0, find: 0, describe: 0, search: 0 };

export interface DeskParts extends JudgeParts {
  readonly actuator: Actuator;
  readonly cropOf: Parameters<typeof searchFor>[6]["cropOf"];
  readonly whereabouts?: Whereabouts;
  /** How, and where, the door asks for a second factor, or a service in place of people (`live`); absent = nobody is asked. */
  readonly secondFactor?: StepUpRules | null;
  readonly questions?: QuestionDesk;
  readonly live?: LiveQuestions | null;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Everything one door knows of the people in front of it: visits in memory, judged by the pure core, carried out by the actuator. */
export function createDoorDesk(rules: DoorRules, given: DeskParts): DoorDesk {
  const { policy, standing, clock, metrics } = given;
  const { door, collection, access } = policy();
  const parts: DeskParts = { ...given, engines: withWatchList(given.engines, access.watchList) };
  const searchRules: SearchRules = { ...rules, collection };
  const visits = new Map<number, Visit>();
  const shots = createShotBox(rules.shots);
  /** As the newest decision found it. */
  let calibrated: Situation["calibrated"] = null;
  const thresholds = () => thresholdsOf(policy(), parts.engines.sizes(collection), calibrated);
  const onlookers = createOnlookers({ policy, quality: rules.quality, thresholds, visitOf: (id) => visits.get(id) });
  /**
   * Looks, ticks and departures interleave at every await. Whoever waited may only go on with the visit it started from:
   * that is what makes one decision a visit, whatever the order.
   */
  const isCurrent = (visit: Visit): boolean => visits.get(visit.trackId) === visit;
  /** What the engines, which serve several doors, know a visit by; its second try is the same face. */
  const nameOf = ({ trackId }: Visit): string => `${door}/${trackId}`;
  const budgetNow = (): SearchBudget => (parts.engines.isFree() ? LOCAL_SEARCH_BUDGET : rules.budget);
  /** From a question on the budget of the dearest engine holds, since any search may then cost a call. */
  const budgetOf = ({ asked }: Visit): SearchBudget => (asked === null ? budgetNow() : rules.budget);
  const lastTimes = new Map<number, LookTimes & { search: number }>();

  const visitOf = (sighting: Sighting): Visit | null =>
    visitFor(visits.get(sighting.track.id), sighting, {
      quality: rules.quality,
      budget: budgetNow(),
      isAlone: () => onlookers.beside(sighting).unrecognised === 0,
    });

  /** A search that is paid by the call is made for somebody who comes or stands, not for everybody who walks past. */
  const isWorthPaying = ({ track, frame }: Sighting): boolean =>
    parts.engines.isFree() || policy().rules.intent === "off" || wantsIn(intentOf(track.path, frame.width));

  /** The visit a described face is evidence for: a refused one only when it has become clearer, and then a new try. */
  const judgedVisit = ({ track, frame }: Sighting, { norm }: Described["template"]): Visit | null => {
    const visit = visits.get(track.id) ?? null;
    if (visit === null || visit.decided === null) return visit;
    const again = triedAgain(visit, { frame, norm }, budgetNow(), clock.monotonicMs());
    if (again !== null) visits.set(track.id, again);
    return again;
  };

  const settle = async (visit: Visit, ended: boolean, signal: AbortSignal): Promise<void> => {
    const startedMs = clock.monotonicMs();
    const judged = await judge(parts, visit, ended);
    const { verdict, situation } = judged;
    calibrated = situation.calibrated;
    if (!isCurrent(visit)) return;
    if (verdict.result === "wait") {
      if (verdict.ask === undefined) return;
      // Recognised, so that the calls it took are forgotten: it must be possible to make some after the answer.
      parts.engines.ended(nameOf(visit), "ok");
      return stepUp.ask(visit, verdict.ask, situation.nowMs, signal);
    }
    // Somebody else may have taken the last opening while this visit's facts were read: then the next tick refuses.
    const taken = standing.take(judged.policy, verdict, situation);
    if (taken === null) return;
    visits.set(visit.trackId, closeVisit(visit, verdict.result, verdict.reason));
    parts.engines.ended(nameOf(visit), verdict.reason);
    stepUp.over(visit.trackId);
    await taken.kept;
    const recordedAtMs = clock.monotonicMs();
    const times = { ...(lastTimes.get(visit.trackId) ?? NO_TIMES), decide: recordedAtMs - startedMs };
    const record = recordOf({ ...judged, verdict, times, recordedAtMs, id: parts.newId(), camera: rules.camera });
    const evidenceAtMs = verdict.numbers.evidenceAtMs ?? Number.NEGATIVE_INFINITY;
    const { ended: done, concluded } = taken;
    await parts.actuator.carryOut({ record, evidenceAtMs, visit, ended: done, concluded }, signal);
  };

  /** A failed look-up of the person (disk, lock) is a visit without a decision yet: shut, and tried again with the next look. */
  const settleSafely = async (visit: Visit, ended: boolean, signal: AbortSignal): Promise<void> => {
    try {
      await settle(visit, ended, signal);
    } catch (error) {
      parts.logger.error({ door, code: codeOf(error) }, `no decision could be made: ${messageOf(error)}`);
    }
  };

  const stepUp = createStepUp({
    ...{ door, camera: rules.camera, rules: parts.secondFactor ?? null, questions: parts.questions, visits },
    ...{ live: given.live ?? null, budget: rules.budget, clock, logger: parts.logger },
    async settle(visit, signal) {
      shots.left(visit.trackId);
      await settleSafely(visit, false, signal);
    },
  });

  return {
    saw: (sightings) => onlookers.saw(sightings),

    wants(sighting) {
      const visit = visitOf(sighting);
      if (visit === null) return false;
      visits.set(visit.trackId, visit);
      if (visit.decided === "grant") return false;
      const again = secondLook(visit, sighting.face.sharpness);
      if (visit.decided !== null && again === null) return false;
      const fault = outlineFault(sighting.face, sighting.frame, rules.quality);
      if (fault !== null) {
        metrics.count("limen_faces_rejected_total", { camera: rules.camera, fault });
        return false;
      }
      if (again !== null) {
        visits.set(visit.trackId, again);
        return true;
      }
      given.live?.seen(sighting);
      const isNew = !isOutdated(visit.asked, sighting.frame.capturedAtMs);
      if (isNew) shots.offer(sighting);
      const paid = isNew && isWorthPaying(sighting) ? spendSearch(visit, budgetOf(visit), clock.monotonicMs()) : null;
      if (paid === null) {
        metrics.count("limen_searches_saved_total", { door });
        return false;
      }
      visits.set(paid.trackId, paid);
      return true;
    },

    async consider(sighting, description, times, signal) {
      const { track } = sighting;
      const fault = templateFault(description.template, rules.quality);
      if (fault !== null) {
        metrics.count("limen_faces_rejected_total", { camera: rules.camera, fault });
        return;
      }
      const startedMs = clock.monotonicMs();
      let visit = judgedVisit(sighting, description.template);
      if (visit === null) return;
      const circumstances = { intent: intentOf(track.path, sighting.frame.width), company: onlookers.beside(sighting) };
      let next: Visit;
      try {
        const sent = shots.take(sighting);
        const name = nameOf(visit);
        const found = await searchFor(name, sighting, description, circumstances, sent, searchRules, parts, signal);
        if ("unasked" in found) {
          next = found.unasked === "too_soon" ? visit : addKnownRefusal(visit, found.reason, sighting.face.box.height);
        } else if (isCurrent(visit) && isSomebodyElse(visit, found, thresholds(), () => policy().rules)) {
          await settleSafely(visit, true, signal);
          visit = visits.get(track.id) ?? visit;
          next = takeOver(visit, found, budgetNow());
        } else next = addEvidence(visit, found);
        metrics.count("limen_searches_total", { door, outcome: "unasked" in found ? found.unasked : "answered" });
      } catch (error) {
        metrics.count("limen_searches_total", { door, outcome: codeOf(error) });
        next = addFault(visit, faultOf(error));
      }
      if (!isCurrent(visit)) return;
      visits.set(track.id, next);
      lastTimes.set(track.id, { ...times, search: clock.monotonicMs() - startedMs });
      await settleSafely(next, false, signal);
    },

    failed(track, error) {
      metrics.count("limen_searches_total", { door, outcome: codeOf(error) });
      const visit = visits.get(track.id);
      if (visit !== undefined) visits.set(track.id, addFault(visit, "engine_error"));
    },

    async tick(signal) {
      for (const visit of [...visits.values()]) if (visit.decided === null) await settleSafely(visit, false, signal);
    },

    async left(track, signal) {
      // At once: the refusal may take long to be written, and who comes meanwhile stays in view.
      onlookers.left(track.id);
      const visit = visits.get(track.id);
      if (visit !== undefined && visit.decided === null) await settleSafely(visit, true, signal);
      visits.delete(track.id);
      shots.left(track.id);
      stepUp.over(track.id);
      given.live?.left(track.id);
      lastTimes.delete(track.id);
    },
  };
}
