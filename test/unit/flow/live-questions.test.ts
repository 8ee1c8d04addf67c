import { describe, expect, it } from "vitest";
import type { Picture } from "#core/face";
import { LimenError } from "#errors";
import { createLiveQuestions } from "#flow/live-questions";
import type { LivenessVerdict } from "#ports/liveness-check";
import { faceAt, frameAt, standingTrack } from "../../fakes/faces";
import { FakeClock, flush } from "../../fakes/fake-clock";
import { RecordingLogger, RecordingMetrics } from "../../fakes/quiet";
import { type Saying, scriptedLiveness } from "../../fakes/scripted-liveness";

const WITHIN_MS = 8000;
const PASSED: LivenessVerdict = { outcome: "passed", score: 0.9 };
const FAILED: LivenessVerdict = { outcome: "failed", score: 0.2 };
const nonsense = new LimenError("LIMEN_ENGINE_PROTOCOL", "not JSON");

describe("questions to a service", () => {
  const open = (script: readonly Saying[]) => {
    const clock = new FakeClock();
    const service = scriptedLiveness(script, clock);
    const tools = { clock, logger: new RecordingLogger(), metrics: new RecordingMetrics() };
    const live = createLiveQuestions({
      ...{ door: "front", collection: "staff", minScore: () => 0.85, check: service },
      rules: { minFacePx: 80, withinMs: WITHIN_MS },
      cropOf: async () => new Uint8Array([0xff, 0xd8, 0xff]),
      ...tools,
    });
    const answers: string[] = [];
    const see = async (track = 1, agoMs = 0, height = 100): Promise<void> => {
      const frame = frameAt(clock.monotonicMs() - agoMs);
      live.seen({ frame, track: standingTrack(track), face: faceAt(100, 80, height) });
      for (let i = 0; i < 4; i++) await flush();
    };
    const stop = new AbortController();
    const ask = (trackId = 1) => live.ask({ trackId, personId: "ada" }, (answer) => answers.push(answer), stop.signal);
    return { ...tools, live, service, answers, see, ask, stop };
  };

  it("send nothing unasked, nothing of another track, and no picture from before the question", async () => {
    const s = open([PASSED]);
    await s.see();
    s.ask();
    await s.see(2);
    await s.see(1, 40);
    expect(s.service.asked).toEqual([]);
    await s.see();
    expect(s.answers).toEqual(["confirmed"]);
    await s.see();
    expect(s.service.asked).toHaveLength(1);
  });

  it("send nothing any more once their time is over", async () => {
    const s = open([PASSED]);
    s.ask();
    await s.clock.advance(WITHIN_MS + 1);
    await s.see();
    expect([s.service.asked, s.answers]).toEqual([[], []]);
  });

  it("ask nobody once they have ended, and nothing is answered", async () => {
    const s = open(["silent", PASSED]);
    s.ask();
    await s.see();
    expect(s.service.asked).toHaveLength(1);
    s.live.end();
    await s.clock.advance(WITHIN_MS);
    s.ask();
    await s.see();
    expect([s.service.asked.length, s.answers]).toEqual([1, []]);
  });

  it("leave 25 px around a face that is small, too", async () => {
    const s = open(["silent"]);
    const seen: Picture[] = [];
    const live = createLiveQuestions({
      ...{ door: "front", collection: "staff", minScore: () => 0.85, check: s.service },
      rules: { minFacePx: 50, withinMs: WITHIN_MS },
      async cropOf(picture) {
        seen.push(picture);
        return new Uint8Array();
      },
      ...{ clock: s.clock, logger: s.logger, metrics: s.metrics },
    });
    live.ask({ trackId: 1, personId: "ada" }, () => {}, s.stop.signal);
    live.seen({ frame: frameAt(s.clock.monotonicMs()), track: standingTrack(1), face: faceAt(100, 80, 50) });
    expect(seen).toMatchObject([{ width: 90, height: 112 }]);
  });

  it("answer nothing once closed, or once Limen stops", async () => {
    const closed = open([{ afterMs: 500, says: PASSED }]);
    const question = closed.ask();
    await closed.see();
    question.close();
    await closed.clock.advance(1000);
    await flush();
    const stopped = open([{ afterMs: 500, says: PASSED }]);
    stopped.ask();
    await stopped.see();
    stopped.stop.abort();
    await stopped.clock.advance(1000);
    await flush();
    expect([...closed.answers, ...stopped.answers]).toEqual([]);
  });

  it("take nothing of a closed question for the next one of the same track", async () => {
    const s = open([{ afterMs: 500, says: PASSED }, "silent"]);
    const first = s.ask();
    await s.see();
    first.close();
    s.ask();
    await s.see();
    await s.clock.advance(1000);
    await flush();
    expect(s.answers).toEqual([]);
    // And the track's calls are used up.
    first.close();
    expect(s.service.asked).toHaveLength(2);
  });

  it("are declined when the picture cannot even be made, like any other error", async () => {
    const s = open([PASSED]);
    const live = createLiveQuestions({
      ...{ door: "front", collection: "staff", minScore: () => 0.85, check: s.service },
      rules: { minFacePx: 80, withinMs: WITHIN_MS },
      cropOf: () => Promise.reject(new Error("out of memory")),
      ...{ clock: s.clock, logger: s.logger, metrics: s.metrics },
    });
    const answers: string[] = [];
    live.ask({ trackId: 1, personId: "ada" }, (answer) => answers.push(answer), s.stop.signal);
    for (let i = 0; i < 2; i++) {
      live.seen({ frame: frameAt(s.clock.monotonicMs()), track: standingTrack(1), face: faceAt(100, 80) });
      for (let j = 0; j < 4; j++) await flush();
      await s.clock.advance(1000);
    }
    expect(answers).toEqual(["declined"]);
    expect(s.service.asked).toEqual([]);
    expect(s.metrics.of("limen_live_checks_total")).toBe(2);
  });

  it("forget a track that has left, whose calls then count no more", async () => {
    const s = open([FAILED]);
    for (let i = 0; i < 3; i++) {
      s.ask();
      await s.see();
      s.live.left(1);
    }
    expect(s.service.asked).toHaveLength(3);
    expect(s.answers).toEqual(["declined", "declined", "declined"]);
  });

  it("name nobody in the log and in the metrics", async () => {
    const s = open([nonsense, PASSED]);
    s.ask();
    await s.see();
    await s.clock.advance(1000);
    await s.see();
    expect(s.answers).toEqual(["confirmed"]);
    expect(JSON.stringify(s.logger.lines)).not.toContain("ada");
    expect(s.logger.lines.map(({ level }) => level)).toEqual(["debug", "info"]);
  });
});
