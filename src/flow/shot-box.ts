import { bestShots, qualityOf, type Shot } from "#core/best-shots";
import { cutOut } from "#core/cut-out";
import type { Sighting } from "#flow/sighting";

/** A cut-out is a little wider than the crop that will be made of it (1.6 times the face). */
const AROUND = 2;

/** The best looks at each face since its last search, in memory only. */
export interface ShotBox {
  /** Keeps this look if it is one of the best. */
  offer(sighting: Sighting): void;
  /** What a search made now is sent: this look, and the best ones before it. They are not sent again. */
  take(sighting: Sighting): readonly Shot[];
  left(trackId: number): void;
}

/** `most`: pictures one search is sent, 1 to 3. */
export function createShotBox(most: number): ShotBox {
  const kept = new Map<number, readonly Shot[]>();

  const shotOf = ({ frame, face }: Sighting): Shot[] => {
    const cut = cutOut(frame, face.box, AROUND);
    return cut === null ? [] : [{ cutOut: cut, capturedAtMs: frame.capturedAtMs, quality: qualityOf(face) }];
  };

  return {
    offer(sighting) {
      // The look that is searched is always sent; only more than that needs to be remembered.
      if (most < 2) return;
      const { track, frame } = sighting;
      kept.set(track.id, bestShots([...(kept.get(track.id) ?? []), ...shotOf(sighting)], most, frame.capturedAtMs));
    },
    take(sighting) {
      const { track, frame } = sighting;
      const before = (kept.get(track.id) ?? []).filter(({ capturedAtMs }) => capturedAtMs < frame.capturedAtMs);
      kept.delete(track.id);
      return [...shotOf(sighting), ...bestShots(before, most - 1, frame.capturedAtMs)];
    },
    left: (trackId) => void kept.delete(trackId),
  };
}
