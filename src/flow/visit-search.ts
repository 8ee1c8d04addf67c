import type { Shot } from "#core/best-shots";
import { isBorderline, type Picture, type QualityRules } from "#core/face";
import type { Box } from "#core/geometry";
import { SAME_PERSON_SCORE } from "#core/score";
import { firstOf } from "#core/support";
import type { Circumstances, Evidence } from "#core/visit";
import type { Asked, Engines } from "#flow/engines";
import type { Described, Sighting } from "#flow/sighting";
import type { Whereabouts } from "#flow/whereabouts";

import type { Clock } from "#ports/clock";

/** How a door asks who a face is. */
export interface SearchRules {
  /** Code of the collection searched. */
  readonly collection: string;
  readonly searchMode: "FAST" | "ACCURATE";
  /** API score under which nobody is asked for: 0 locally, so that weak scores are recorded too and the margin is honest. */
  readonly searchFloor: number;
  /** Pictures of the face that one search is sent, 1 to 3: more than the newest only where pictures are sent at all. */
  readonly shots: number;
  readonly quality: QualityRules;
}

/** Results asked for beyond the winner, so that the runner-up (and with it the margin) is known. */
const MAX_RESULTS = 5;

/**
 * Asks who a described face is; `shots` is what an engine on the network is shown of it. Without an answer, why nothing was asked. Throws
 * what the engines throw: then there is no evidence.
 */
export async function searchFor(
  visit: string,
  { frame, face }: Sighting,
  { template, liveness, cues = null }: Described,
  circumstances: Circumstances,
  shots: readonly Shot[],
  rules: SearchRules,
  parts: {
    engines: Engines;
    /** JPEG of one face of a picture. */
    cropOf: (picture: Picture, box: Box) => Promise<Uint8Array>;
    /** Of this site's other cameras. */
    whereabouts?: Whereabouts;
    clock: Clock;
  },
  signal: AbortSignal,
): Promise<Evidence | Exclude<Asked, { answers: unknown }>> {
  const asked = await parts.engines.ask(
    {
      faces: [template],
      collection: rules.collection,
      crops: () => Promise.all(shots.map(({ cutOut }) => parts.cropOf(cutOut.picture, cutOut.box))),
      minScore: rules.searchFloor,
      maxResults: MAX_RESULTS,
      mode: rules.searchMode,
    },
    signal,
    visit,
  );
  if ("unasked" in asked) return asked;
  const evidence: Evidence = {
    // An answer is as old as the oldest picture it may rest on.
    capturedAtMs: Math.min(frame.capturedAtMs, ...shots.map(({ capturedAtMs }) => capturedAtMs)),
    faceHeightPx: Math.round(face.box.height),
    norm: template.norm,
    yaw: face.yaw,
    sharpness: face.sharpness,
    ...(isBorderline(face, template, rules.quality) && { isBorderline: true }),
    liveness,
    cues,
    answers: asked.answers,
    answeredAtMs: parts.clock.monotonicMs(),
    ...circumstances,
  };
  const personId = firstOf(evidence);
  // Only who is recognised as clearly as that is noted to be at this camera.
  const isSure = asked.answers.every(({ candidates }) => (candidates[0]?.score ?? 0) >= SAME_PERSON_SCORE);
  if (cues === null || personId === null || !isSure) return evidence;
  return {
    ...evidence,
    cues: { ...cues, alsoAt: parts.whereabouts?.seen(personId, frame.camera, frame.capturedAtMs) ?? null },
  };
}
