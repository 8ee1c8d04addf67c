import { type DecisionRules, decide, leaderOf } from "#core/decision";
import { recordOf } from "#core/decision-record";
import {
  type FaceDescription,
  type FoundFace,
  isLargeEnough,
  outlineFault,
  type Picture,
  type QualityRules,
  templateFault,
} from "#core/face";
import type { Box } from "#core/geometry";
import type { DoorMode } from "#core/policy";
import { type ThresholdRule, thresholdFor } from "#core/threshold";
import { type Bucket, DOOR_OPENINGS, fullBucket, type SearchBudget, takeToken, tokensAt } from "#core/throttle";
import type { Track } from "#core/track";
import { addEvidence, addFault, closeVisit, deservesSecondTry, openVisit, spendSearch, type Visit } from "#core/visit";
import { codeOf, messageOf } from "#errors";
import type { Actuator, Outgoing } from "#flow/carry-out";
import { type Roster, readPersonFacts } from "#flow/person-facts";
import { faultOf, type SearchLane } from "#flow/search-lane";
import type { Clock } from "#ports/clock";
import type { Frame } from "#ports/frame-source";
import type { Gallery } from "#ports/gallery";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

export interface DoorRules {
  readonly door: string;
  readonly camera: string;
  /** Collection code searched and required. */
  readonly collection: string;
  readonly mode: DoorMode;
  readonly quality: QualityRules;
  readonly decision: DecisionRules;
  readonly threshold: ThresholdRule;
  readonly budget: SearchBudget;
  readonly searchMode: "FAST" | "ACCURATE";
  /** API score under which nobody is asked for: 0 locally, so that weak scores are recorded too and the margin is honest. */
  readonly searchFloor: number;
  readonly roster: Roster;
}

/** How long the steps of one look took, ms. */
export interface LookTimes {
  readonly wait: number;
  readonly find: number;
  readonly describe: number;
}

/** The face of one track in one frame. */
export interface Sighting {
  readonly frame: Frame;
  readonly track: Track;
  readonly face: FoundFace;
}

export interface DoorDesk {
  /** Notes the face and says whether this door wants it described and searched now (a search is then already paid for). */
  wants(sighting: Sighting): boolean;
  /** Searches a described face, adds the evidence and decides. Never throws. */
  consider(sighting: Sighting, description: FaceDescription, times: LookTimes, signal: AbortSignal): Promise<void>;
  /** The describing failed: the search that was paid for brought nothing. */
  failed(track: Track, error: unknown): void;
  /** Decides what time alone decides (patience), once a look. */
  tick(signal: AbortSignal): Promise<void>;
  /** The face has left: a last decision, then the visit is forgotten. */
  left(track: Track, signal: AbortSignal): Promise<void>;
}

/** Results asked for beyond the winner, so that the runner-up (and with it the margin) is known. */
const MAX_RESULTS = 5;

const NO_TIMES: LookTimes & { search: number } = { wait: 0, find: 0, describe: 0, search: 0 };

/** Everything one door knows of the people in front of it: visits in memory, judged by the pure core, carried out by the actuator. */
export function createDoorDesk(
  rules: DoorRules,
  parts: {
    lane: SearchLane;
    gallery: Gallery;
    actuator: Actuator;
    cameraHealthy: () => boolean;
    /** JPEG of one face of a picture. */
    cropOf: (picture: Picture, box: Box) => Promise<Uint8Array>;
    newId: () => string;
    clock: Clock;
    logger: Logger;
    metrics: Metrics;
  },
): DoorDesk {
  const { lane, gallery, clock, metrics } = parts;
  const visits = new Map<number, Visit>();
  /**
   * Looks, ticks and departures interleave at every await. Whoever waited may only go on with the visit it started from:
   * that is what makes one decision a visit, whatever the order.
   */
  const isCurrent = (visit: Visit): boolean => visits.get(visit.trackId) === visit;
  const lastTimes = new Map<number, LookTimes & { search: number }>();
  let openings: Bucket = fullBucket(DOOR_OPENINGS, clock.monotonicMs());

  const visitOf = ({ track, face, frame }: Sighting): Visit | null => {
    const known = visits.get(track.id);
    if (known === undefined) {
      return isLargeEnough(face, rules.quality) ? openVisit(track.id, frame.capturedAtMs, rules.budget) : null;
    }
    return deservesSecondTry(known, face.box.height) ? openVisit(track.id, frame.capturedAtMs, rules.budget, 2) : known;
  };

  const settle = async (visit: Visit, ended: boolean, signal: AbortSignal): Promise<void> => {
    const startedMs = clock.monotonicMs();
    const gallerySize = lane.size(rules.collection);
    const threshold = thresholdFor(gallerySize, rules.threshold);
    const verdict = decide({
      visit,
      ended,
      nowMs: startedMs,
      rules: rules.decision,
      threshold,
      leader: await readPersonFacts(
        gallery,
        rules.roster,
        rules.collection,
        leaderOf(visit, threshold, rules.decision),
      ),
      door: {
        mode: rules.mode,
        cameraHealthy: parts.cameraHealthy(),
        mayOpenNow: tokensAt(openings, DOOR_OPENINGS, startedMs) >= 1,
      },
    });
    if (verdict.result === "wait" || !isCurrent(visit)) return;
    if (verdict.result === "grant") {
      // Somebody else may have taken the last opening while this visit's facts were read: then the next tick refuses.
      const left = takeToken(openings, DOOR_OPENINGS, startedMs);
      if (left === null) return;
      openings = left;
    }
    visits.set(visit.trackId, closeVisit(visit, verdict.result));
    const nowMs = clock.monotonicMs();
    const outgoing: Outgoing = {
      record: recordOf({
        verdict,
        visit,
        times: { ...(lastTimes.get(visit.trackId) ?? NO_TIMES), decide: nowMs - startedMs },
        nowMs,
        id: parts.newId(),
        at: clock.now(),
        door: rules.door,
        camera: rules.camera,
        mode: rules.mode,
        threshold,
        gallerySize,
      }),
      evidenceAtMs: verdict.numbers.evidenceAtMs ?? Number.NEGATIVE_INFINITY,
      visit,
    };
    await parts.actuator.carryOut(outgoing, signal);
  };

  /** A failed look-up of the person (disk, lock) is a visit without a decision yet: shut, and tried again with the next look. */
  const settleSafely = async (visit: Visit, ended: boolean, signal: AbortSignal): Promise<void> => {
    try {
      await settle(visit, ended, signal);
    } catch (error) {
      const line = { door: rules.door, code: codeOf(error) };
      parts.logger.error(line, `no decision could be made: ${messageOf(error)}`);
    }
  };

  return {
    wants(sighting) {
      const visit = visitOf(sighting);
      if (visit === null) return false;
      visits.set(visit.trackId, visit);
      if (visit.decided !== null) return false;
      const fault = outlineFault(sighting.face, sighting.frame, rules.quality);
      if (fault !== null) {
        metrics.count("limen_faces_rejected_total", { camera: rules.camera, fault });
        return false;
      }
      const paid = spendSearch(visit, rules.budget, clock.monotonicMs());
      if (paid === null) {
        metrics.count("limen_searches_saved_total", { door: rules.door });
        return false;
      }
      visits.set(paid.trackId, paid);
      return true;
    },

    async consider({ frame, track, face }, description, times, signal) {
      const visit = visits.get(track.id);
      if (visit === undefined) return;
      const fault = templateFault(description.template, rules.quality);
      if (fault !== null) {
        metrics.count("limen_faces_rejected_total", { camera: rules.camera, fault });
        return;
      }
      const startedMs = clock.monotonicMs();
      let next: Visit;
      try {
        const candidates = await lane.search(
          {
            faces: [description.template],
            collection: rules.collection,
            crops: async () => [await parts.cropOf(frame, face.box)],
            minScore: rules.searchFloor,
            maxResults: MAX_RESULTS,
            mode: rules.searchMode,
          },
          signal,
        );
        metrics.count("limen_searches_total", { door: rules.door, outcome: "answered" });
        next = addEvidence(visit, {
          capturedAtMs: frame.capturedAtMs,
          faceHeightPx: Math.round(face.box.height),
          norm: description.template.norm,
          yaw: face.yaw,
          sharpness: face.sharpness,
          liveness: description.liveness,
          candidates,
        });
      } catch (error) {
        metrics.count("limen_searches_total", { door: rules.door, outcome: codeOf(error) });
        next = addFault(visit, faultOf(error));
      }
      if (!isCurrent(visit)) return;
      visits.set(track.id, next);
      lastTimes.set(track.id, { ...times, search: clock.monotonicMs() - startedMs });
      await settleSafely(next, false, signal);
    },

    failed(track, error) {
      metrics.count("limen_searches_total", { door: rules.door, outcome: codeOf(error) });
      const visit = visits.get(track.id);
      if (visit !== undefined) visits.set(track.id, addFault(visit, "engine_error"));
    },

    async tick(signal) {
      for (const visit of [...visits.values()]) if (visit.decided === null) await settleSafely(visit, false, signal);
    },

    async left(track, signal) {
      const visit = visits.get(track.id);
      if (visit !== undefined && visit.decided === null) await settleSafely(visit, true, signal);
      visits.delete(track.id);
      lastTimes.delete(track.id);
    },
  };
}
