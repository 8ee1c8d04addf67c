import { type Company, companyOf } from "#core/company";
import { isLargeEnough, type QualityRules } from "#core/face";
import { centreOf, isInsideZone } from "#core/geometry";
import type { DoorPolicy } from "#core/policy";
import { leaderOf, type Thresholds } from "#core/support";
import type { Visit } from "#core/visit";
import type { Sighting } from "#flow/sighting";

/** Who is in view of a door, told or not told apart. */
export interface Onlookers {
  /** All faces of one look, before any of them is judged. */
  saw(sightings: readonly Sighting[]): void;
  /** Who is beside this face, in the picture it was seen in. */
  beside(sighting: Sighting): Company;
  left(trackId: number): void;
}

/**
 * Remembers which faces that count are in view. Recognised is somebody whose own visit names one person, unless that visit was refused:
 * whoever may not pass is as unwelcome beside a resident as a stranger.
 */
export function createOnlookers(parts: {
  policy: () => DoorPolicy;
  quality: QualityRules;
  /** In force now. */
  thresholds: () => Thresholds;
  visitOf: (trackId: number) => Visit | undefined;
}): Onlookers {
  const { policy, quality } = parts;
  const seenAtMs = new Map<number, number>();

  const isRecognised = (visit: Visit | undefined): boolean => {
    if (visit === undefined || visit.decided === "deny") return false;
    if (visit.decided === "grant") return true;
    return leaderOf(visit, parts.thresholds(), () => policy().rules) !== null;
  };

  return {
    saw(sightings) {
      for (const { track, face, frame } of sightings) {
        const counts = isLargeEnough(face, quality) && isInsideZone(centreOf(face.box), frame, quality.zone);
        if (counts) seenAtMs.set(track.id, frame.capturedAtMs);
      }
    },
    beside({ track, frame }) {
      const inView = [...seenAtMs].map(([trackId, atMs]) => {
        return { trackId, seenAtMs: atMs, isRecognised: isRecognised(parts.visitOf(trackId)) };
      });
      return companyOf(track.id, frame.capturedAtMs, inView);
    },
    left: (trackId) => void seenAtMs.delete(trackId),
  };
}
