import { expect, it } from "vitest";
import type { Template } from "#core/face";
import { createKnownRefusals } from "#flow/known-refusals";
import { templateOf } from "../../fakes/faces";
import { FakeClock } from "../../fakes/fake-clock";
import { RecordingMetrics } from "../../fakes/quiet";

const MINUTE = 60_000;

function opened() {
  const clock = new FakeClock();
  const metrics = new RecordingMetrics();
  const refusals = createKnownRefusals({ samePersonCosine: 0.5, memoryMs: 10 * MINUTE, clock, metrics });
  const ask = (visit: string, face: Template, collection: string | null = "staff") =>
    refusals.ask(visit, [face], collection);
  /** Three calls, a second apart, and the refusal. */
  const refused = async (visit: string, face: Template): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      expect(ask(visit, face)).toEqual({ call: "now" });
      await clock.advance(1000);
    }
    refusals.ended(visit, "unknown_person");
  };
  return { clock, metrics, refusals, ask, refused };
}

/** A face at this cosine to the first axis. */
function faceAtCosine(cosine: number): Template {
  const values = new Float32Array(8);
  values[0] = cosine;
  values[7] = Math.sqrt(1 - cosine ** 2);
  return { modelId: "model-a", values, norm: 3.6 };
}

it("allows a face one call a second, three in all, whatever track it is on", async () => {
  const s = opened();
  expect(s.ask("front/1", templateOf(0))).toEqual({ call: "now" });
  expect(s.ask("front/2", templateOf(0))).toEqual({ call: "later" });
  await s.clock.advance(1000);
  expect(s.ask("front/2", templateOf(0))).toEqual({ call: "now" });
  await s.clock.advance(1000);
  expect(s.ask("front/3", templateOf(0))).toEqual({ call: "now" });
  await s.clock.advance(1000);
  s.refusals.ended("front/3", "below_threshold");
  expect(s.ask("front/4", templateOf(0))).toEqual({ spared: "below_threshold" });
  expect(s.metrics.of("limen_engine_calls_saved_total")).toBe(2);
});

it("takes faces at least as near as the model's knee for one, of the same model only", async () => {
  const s = opened();
  await s.refused("front/1", templateOf(0));
  expect(s.ask("front/2", faceAtCosine(0.51))).toEqual({ spared: "unknown_person" });
  expect(s.ask("front/3", faceAtCosine(0.49))).toEqual({ call: "now" });
  expect(s.ask("front/4", templateOf(0, "model-b"))).toEqual({ call: "now" });
});

it("counts a visit's calls together even when its pictures hardly look alike", async () => {
  const s = opened();
  for (let axis = 0; axis < 3; axis++) {
    expect(s.ask("front/1", templateOf(axis))).toEqual({ call: "now" });
    await s.clock.advance(1000);
  }
  expect(s.ask("front/1", templateOf(5))).toMatchObject({ spared: "not_enough_evidence" });
});

it("refused at one door is not refused where other people may pass", async () => {
  const s = opened();
  await s.refused("front/1", templateOf(0));
  expect(s.ask("back/1", templateOf(0), "guests")).toEqual({ call: "now" });
});

it("forgets a face ten minutes after its last call, however often it was seen meanwhile", async () => {
  const s = opened();
  await s.refused("front/1", templateOf(0));
  for (let minute = 1; minute < 10; minute++) {
    await s.clock.advance(MINUTE);
    expect(s.ask(`front/${minute}`, templateOf(0))).toHaveProperty("spared");
  }
  await s.clock.advance(MINUTE);
  expect(s.ask("front/11", templateOf(0))).toEqual({ call: "now" });
});

it.each(["ok", "outside_schedule", "person_inactive", "engine_offline", "engine_error", "spend_cap"] as const)(
  "holds nothing against a face whose visit ended with %s",
  async (reason) => {
    const s = opened();
    for (let visit = 0; visit < 5; visit++) {
      expect(s.ask(`front/${visit}`, templateOf(0))).toEqual({ call: "now" });
      await s.clock.advance(1000);
      s.refusals.ended(`front/${visit}`, reason);
    }
  },
);

it("is bounded: the face whose last call is the longest ago is forgotten first", async () => {
  const s = opened();
  const faceOf = (n: number): Template => templateOf(n, "model-a", 512);
  for (let n = 0; n < 201; n++) expect(s.ask(`front/${n}`, faceOf(n))).toEqual({ call: "now" });
  expect(s.ask("front/a", faceOf(200))).toEqual({ call: "later" });
  expect(s.ask("front/b", faceOf(0))).toEqual({ call: "now" });
});
