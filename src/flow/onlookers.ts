import { type Company, companyOf, type InView } from "#core/company";
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
 * Remembers which faces are in view. Recognised is somebody whose own visit names one person, unless that visit was refused:
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
  const seen = new Map<number, InView>();

  const isRecognised = (visit: Visit | undefined): boolean => {
    if (visit === undefined || visit.decided === "deny") return false;
    if (visit.decided === "grant") return true;
    return leaderOf(visit, parts.thresholds(), () => policy().rules) !== null;
  };

  return {
    saw(sightings) {
      for (const { track, face, frame } of sightings) {
        if (!isInsideZone(centreOf(face.box), frame, quality.zone)) continue;
        const atMs = frame.capturedAtMs;
        const largeAtMs = isLargeEnough(face, quality) ? atMs : (seen.get(track.id)?.largeAtMs ?? null);
        seen.set(track.id, { trackId: track.id, seenAtMs: atMs, heightPx: face.box.height, largeAtMs });
      }
    },
    beside({ track, face, frame }) {
      const inView = [...seen.values()].map((one) => {
        return { ...one, isRecognised: isRecognised(parts.visitOf(one.trackId)) };
      });
      return companyOf({ trackId: track.id, seenAtMs: frame.capturedAtMs, heightPx: face.box.height }, inView);
    },
    left: (trackId) => void seen.delete(trackId),
  };
}
