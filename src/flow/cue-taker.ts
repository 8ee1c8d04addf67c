import type { Template } from "#core/face";
import { type FrameCues, fingerprintOf, frameCues } from "#core/frame-cues";
import type { Sighting } from "#flow/sighting";
import type { Frame } from "#ports/frame-source";

/** Pictures remembered of one camera: half an hour in which somebody is there, ten a second; 1 MB. */
const REMEMBERED_PICTURES = 20_000;
/** A picture that comes again sooner stands still, which the camera's eye sees; later, it is a recording that goes round. */
const REPEAT_AFTER_MS = 2000;
/** Faces whose last template is remembered; more than one camera ever sees at once. */
const REMEMBERED_FACES = 64;

/** Reads from one camera's pictures whether people or pictures of people stand there. Not for two cameras at once. */
export interface CueTaker {
  /** Every picture that is searched for faces, before `read`. */
  looked(frame: Frame): void;
  /** Cues of one described face of the picture that was looked at last. */
  read(sighting: Sighting, template: Template): FrameCues;
}

export function createCueTaker(): CueTaker {
  const seenAtMs = new Map<number, number>();
  const templates = new Map<number, Template>();
  let repeatOfMs: number | null = null;

  return {
    looked(frame) {
      const fingerprint = fingerprintOf(frame);
      const before = seenAtMs.get(fingerprint);
      const ageMs = before === undefined ? 0 : frame.capturedAtMs - before;
      repeatOfMs = ageMs >= REPEAT_AFTER_MS ? ageMs : null;
      if (before === undefined) remember(seenAtMs, fingerprint, frame.capturedAtMs, REMEMBERED_PICTURES);
    },
    read({ frame, track, face }, now) {
      const before = templates.get(track.id) ?? null;
      templates.delete(track.id);
      remember(templates, track.id, now, REMEMBERED_FACES);
      return frameCues(frame, face, { now, before }, repeatOfMs);
    },
  };
}

/** Puts an entry in, and the oldest out when there are too many. */
function remember<T>(memory: Map<number, T>, key: number, value: T, most: number): void {
  memory.set(key, value);
  const [oldest] = memory.keys();
  if (memory.size > most && oldest !== undefined) memory.delete(oldest);
}
