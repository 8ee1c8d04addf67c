import type { LiveFace } from "#adapters/verifik/live-answer";
import { LIVE_SCORE_FLOOR } from "#adapters/verifik/query";
import type { SearchClient } from "#adapters/verifik/search-client";
import type { LivenessCheck } from "#ports/liveness-check";

export interface LivenessCheckOptions {
  /** The face must look more live than this, 0.5..1. */
  readonly livenessMinScore: number;
  readonly mode: "FAST" | "ACCURATE";
}

/** True when the best of the answer's people is this one, alone in front and over the score. */
function isFirst({ people: [first, second] }: LiveFace, personId: string, minScore: number): boolean {
  return first?.id === personId && first.score >= minScore && first.score > (second?.score ?? -1);
}

/**
 * A server of the search contract as a LivenessCheck. The contract takes scores from 0.5 on: a `minScore` below it asks for 0.5. What
 * the answer says of itself (`passed`) can only ever keep a face from passing.
 */
export function createLivenessCheck(
  client: Pick<SearchClient, "searchLiveFace">,
  { livenessMinScore, mode }: LivenessCheckOptions,
): LivenessCheck {
  return {
    async check({ image, personId, collection, minScore, signal }) {
      const lowest = Math.max(LIVE_SCORE_FLOOR, minScore);
      const face = await client.searchLiveFace({
        ...{ image, collection, mode, signal },
        minScore: lowest,
        livenessMinScore,
      });
      if (face === null) return { outcome: "failed", score: null };
      const { passed, liveness } = face;
      // The contract's own rule: exactly the limit has not passed.
      const isLive = passed && liveness > livenessMinScore;
      return { outcome: isLive && isFirst(face, personId, lowest) ? "passed" : "failed", score: liveness };
    },
  };
}
