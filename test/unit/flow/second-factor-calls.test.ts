import { expect, it } from "vitest";
import type { Candidate } from "#core/candidate";
import type { EngineChoice } from "#core/engine-choice";
import { DEFAULT_THRESHOLD } from "#core/threshold";
import { bothEngines, networkEngine } from "#flow/engines";
import { createKnownRefusals } from "#flow/known-refusals";
import { createQuestionDesk } from "#flow/questions";
import { createSearchLane } from "#flow/search-lane";
import { openDeskRig } from "../../fakes/desk-rig";
import { templateOf } from "../../fakes/faces";
import { FakeClock, flush } from "../../fakes/fake-clock";
import { RecordingMetrics } from "../../fakes/quiet";

/** A door that requires liveness and asks a paid engine; nothing is measured of the faces, so that everybody is doubted. */
async function scene(engine: EngineChoice) {
  const clock = new FakeClock();
  const metrics = new RecordingMetrics();
  const questions = createQuestionDesk({ newId: () => "question", clock, metrics });
  const calls = { made: 0 };
  const rig = await openDeskRig({
    ...{ clock, questions },
    engines(ada) {
      const lane = (counts: boolean) => {
        const search = async (): Promise<Candidate[]> => {
          if (counts) calls.made++;
          return [{ personId: ada, score: 0.95 }];
        };
        return createSearchLane({ engine: { search, size: () => 2 }, clock, concurrency: 4, deadlineMs: 400 });
      };
      const refusals = createKnownRefusals({ samePersonCosine: 0.5, memoryMs: 600_000, clock, metrics });
      const parts = { network: lane(true), local: lane(false), refusals };
      return engine === "verifik"
        ? networkEngine(parts)
        : bothEngines({ ...parts, localThreshold: DEFAULT_THRESHOLD, metrics });
    },
    policy: { engine, liveness: { mode: "require", askWithinMs: 20_000 } },
  });
  const stand = async (ms: number): Promise<void> => {
    for (const endMs = clock.monotonicMs() + ms; clock.monotonicMs() < endMs; ) {
      await rig.look(1, templateOf(0));
      await rig.tick();
      await clock.advance(100);
      await flush();
    }
  };
  return { ...rig, questions, calls, stand };
}

it.each<[EngineChoice]>([["verifik"], ["both_agree"]])(
  "with engine %s somebody confirmed after a while is let in; nobody is searched at the server until then, and at most three times after it",
  async (engine) => {
    const s = await scene(engine);
    await s.stand(4000);
    const [question] = s.questions.open("mqtt");
    const before = s.calls.made;
    expect(before).toBeLessThanOrEqual(3);
    await s.stand(8000);
    expect(s.calls.made).toBe(before);
    const confirmed = { id: question?.id ?? "", door: "front", answer: "confirmed", channel: "mqtt" } as const;
    expect(s.questions.answer(confirmed)).toBe(true);
    await s.stand(3000);
    expect(s.audit.records.map(({ result }) => result)).toEqual(["grant"]);
    expect(s.calls.made - before).toBeLessThanOrEqual(3);
  },
);
