/** Who else is in view. */
export interface Company {
  /** Other faces that are large enough, seen in the last second. */
  readonly others: number;
  /** Of them, those who are not recognised: nobody knows them, they were refused, or it cannot be told yet. */
  readonly unrecognised: number;
}

export const ALONE: Company = { others: 0, unrecognised: 0 };

/** Another face in view. */
export interface Bystander {
  readonly trackId: number;
  /** Monotonic ms of the newest picture that shows it large enough. */
  readonly seenAtMs: number;
  readonly isRecognised: boolean;
}

/** Somebody unseen for so long is not beside anybody any more; shorter is a missed detection. */
const BESIDE_MS = 1000;

/** Who is beside the face of this track in a picture of `atMs`. */
export function companyOf(trackId: number, atMs: number, inView: readonly Bystander[]): Company {
  const others = inView.filter((other) => other.trackId !== trackId && atMs - other.seenAtMs <= BESIDE_MS);
  return { others: others.length, unrecognised: others.filter(({ isRecognised }) => !isRecognised).length };
}
