import { createLivenessCheck } from "#adapters/verifik/liveness-check";
import { LimenError } from "#errors";
import { createLiveQuestions, type LiveQuestions } from "#flow/live-questions";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";
import type { DoorEvent } from "./door-events";
import type { DoorTrace } from "./door-trace";
import { asName } from "./door-world";

type Look = Extract<DoorEvent, { kind: "look" }>;

/** The picture that is before the desk at this moment: what the desk cuts out now is of it. */
export interface Showing {
  now: { readonly look: Look; readonly capturedAtMs: number } | null;
}

/**
 * Real questions and the real judging of answers, before a service that says to each picture what the script says. A picture is known
 * again by a number in place of its pixels.
 */
export function scriptedService(
  parts: { trace: DoorTrace; showing: Showing; clock: Clock; logger: Logger; metrics: Metrics },
  withinMs: number,
): LiveQuestions {
  const { trace, showing, clock, logger, metrics } = parts;
  const sent: NonNullable<Showing["now"]>[] = [];
  const client: Parameters<typeof createLivenessCheck>[0] = {
    async searchLiveFace({ image }) {
      const word = sent[image[3] ?? -1]?.look.service;
      if (word === undefined) throw new Error("nobody showed this picture");
      if (word.kind === "fails") throw new LimenError("LIMEN_ENGINE_UNREACHABLE", "scripted");
      if (word.kind === "refuses") return null;
      await clock.sleep(word.afterMs);
      const people = word.scores.map(([id, score]) => ({ id, score, name: null }));
      return { people, liveness: word.liveness, passed: word.passed };
    },
  };
  const real = createLivenessCheck(client, { livenessMinScore: 0.6, mode: "FAST" });
  return createLiveQuestions({
    ...{ door: "front", collection: "staff", minScore: () => 0.85, rules: { minFacePx: 90, withinMs } },
    check: {
      async check(request) {
        const shown = sent[request.image[3] ?? -1];
        if (shown === undefined) throw new Error("nobody showed this picture");
        const noted: DoorTrace["checked"][number] = {
          ...{ ...shown, name: asName(request.personId), atMs: clock.monotonicMs(), answeredAtMs: null },
        };
        trace.checked.push(noted);
        const verdict = await real.check(request);
        noted.answeredAtMs = clock.monotonicMs();
        return verdict;
      },
    },
    async cropOf() {
      if (showing.now === null) throw new Error("nothing is before the desk");
      return new Uint8Array([0xff, 0xd8, 0xff, sent.push(showing.now) - 1]);
    },
    ...{ clock, logger, metrics },
  });
}
