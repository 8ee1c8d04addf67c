/** Who else is in view. */
export interface Company {
  /** Other faces seen in the last second that are large enough to be judged, or nearly as high as this one. */
  readonly others: number;
  /** Of them, those who are not recognised: nobody knows them, they were refused, or it cannot be told yet. */
  readonly unrecognised: number;
}

export const ALONE: Company = { others: 0, unrecognised: 0 };

/** A face in view of a door. */
export interface InView {
  readonly trackId: number;
  /** Monotonic ms of the newest picture that shows it. */
  readonly seenAtMs: number;
  /** Height of the face in that picture, px of the picture that was searched for faces. */
  readonly heightPx: number;
  /** Monotonic ms of the newest picture in which it was large enough to be judged; null = in none yet. */
  readonly largeAtMs: number | null;
}

/** A face in view, and whether its own visit has named it. */
export interface Bystander extends InView {
  readonly isRecognised: boolean;
}

/** Somebody unseen for so long is not beside anybody any more; shorter is a missed detection. */
const BESIDE_MS = 1000;

/**
 * A face this high, as a part of the other's, is beside it whatever its size in px: two people who come together reach the size that is
 * judged one after the other, and the first is decided on in a tenth of a second. Of faces of one size it is at most 1.7 times as far from
 * the lens; a judgement, not a measurement.
 */
const BESIDE_HEIGHT = 0.6;

/** Who is beside a face, in the picture it was seen in. */
export function companyOf(own: Omit<InView, "largeAtMs">, inView: readonly Bystander[]): Company {
  const others = inView.filter(({ trackId, seenAtMs, heightPx, largeAtMs }) => {
    if (trackId === own.trackId) return false;
    if (largeAtMs !== null && own.seenAtMs - largeAtMs <= BESIDE_MS) return true;
    return heightPx >= BESIDE_HEIGHT * own.heightPx && own.seenAtMs - seenAtMs <= BESIDE_MS;
  });
  return { others: others.length, unrecognised: others.filter(({ isRecognised }) => !isRecognised).length };
}
