import { describe, expect, it } from "vitest";
import type { Candidate } from "#core/candidate";
import type { Grant } from "#core/grant";
import { createActuator } from "#flow/carry-out";
import { createDoorDesk } from "#flow/door-desk";
import { createDoorStanding } from "#flow/door-standing";
import { soleEngine } from "#flow/engines";
import { createQuestionDesk } from "#flow/questions";
import { createSearchLane } from "#flow/search-lane";
import { createWhereabouts } from "#flow/whereabouts";
import type { DoorController } from "#ports/door-controller";
import type { AskedQuestion, QuestionEnding, Reply } from "#ports/questions";
import { livingCues } from "../../fakes/cues";
import { faceAt, frameAt, standingTrack, templateOf } from "../../fakes/faces";
import { FakeClock, flush } from "../../fakes/fake-clock";
import { MemoryAuditLog } from "../../fakes/memory-audit-log";
import { MemoryGallery } from "../../fakes/memory-gallery";
import { RecordingAnnouncer, RecordingLogger, RecordingMetrics } from "../../fakes/quiet";
import { deskRules, doorPolicy } from "../../fakes/situations";

const RULES = deskRules({ camera: "porch" });
const TIMES = { wait: 1, find: 2, describe: 3 };
const WITHIN_MS = 20_000;

/** A door that requires liveness, a face that its passive model doubts, and everybody it can ask. */
async function scene(canAsk = true) {
  const clock = new FakeClock();
  const audit = new MemoryAuditLog();
  const gallery = new MemoryGallery();
  const grants: Grant[] = [];
  const door: DoorController = {
    open: async (grant) => {
      grants.push(grant);
      return { commandId: "c", actuation: "acked", why: "ok", sentAtMs: 1, ackedAtMs: 2 };
    },
    async *feedback() {},
    health: () => ({ broker: "online", controller: "online", concerns: [] }),
  };
  const tools = { clock, logger: new RecordingLogger(), metrics: new RecordingMetrics() };
  const ada = await gallery.addPerson({ name: "Ada", collections: ["staff"], faces: [templateOf(0)] });
  const ben = await gallery.addPerson({ name: "Ben", collections: ["staff"], faces: [templateOf(1)] });
  let who = ada.id;
  const search = async (): Promise<Candidate[]> => [{ personId: who, score: 0.9 }];
  const lane = createSearchLane({ engine: { search, size: () => 2 }, clock, concurrency: 1, deadlineMs: 400 });
  let id = 0;
  const questions = createQuestionDesk({ newId: () => `secret-${++id}`, ...tools });
  const told: { question: AskedQuestion; ending: QuestionEnding | null }[] = [];
  questions.watch((question, ending) => void told.push({ question, ending }));
  const desk = createDoorDesk(RULES, {
    policy: () => doorPolicy({ liveness: { mode: "require", askWithinMs: WITHIN_MS } }),
    roster: "gallery",
    engines: soleEngine("local", lane),
    gallery,
    standing: createDoorStanding(clock.monotonicMs()),
    actuator: createActuator({ door: "front", controller: door, audit, announcer: new RecordingAnnouncer(), ...tools }),
    cameraHealthy: () => true,
    cropOf: async () => new Uint8Array([1]),
    newId: () => `decision-${++id}`,
    whereabouts: createWhereabouts(),
    ...(canAsk ? { questions, secondFactor: { channels: ["mqtt"], withinMs: WITHIN_MS } } : {}),
    ...tools,
  });
  const { signal } = new AbortController();
  const track = standingTrack(7);
  let step = 0;
  /** Somebody stands there for so long, looked at ten times a second. */
  const stand = async (ms: number, height = 100): Promise<void> => {
    for (const endMs = clock.monotonicMs() + ms; clock.monotonicMs() < endMs; ) {
      const sighting = { frame: frameAt(clock.monotonicMs() - 40), track, face: faceAt(100, 80, height) };
      if (desk.wants(sighting)) {
        const cues = livingCues(step++);
        await desk.consider(sighting, { template: templateOf(0), liveness: 0, cues }, TIMES, signal);
      }
      await clock.advance(100);
      await flush();
    }
  };
  const reply = (changes: Partial<Reply> = {}): boolean => {
    const question = told.findLast(({ ending }) => ending === null)?.question;
    return questions.answer({
      id: question?.id ?? "",
      door: "front",
      answer: "confirmed",
      channel: "mqtt",
      ...changes,
    });
  };
  const decided = () => audit.records.map(({ result, reason, personId }) => [result, reason, personId]);
  const becomes = (person: { id: string }): void => {
    who = person.id;
  };
  return { ...tools, audit, grants, questions, told, desk, track, stand, reply, decided, becomes, ada, ben, signal };
}

describe("a doubtful face at a door that requires liveness", () => {
  it("opens nothing by itself: one question is asked, without a name, and refused when its time is over", async () => {
    const s = await scene();
    await s.stand(4000);
    expect(s.told).toHaveLength(1);
    expect(s.told[0]).toMatchObject({ ending: null, question: { door: "front", camera: "porch", channels: ["mqtt"] } });
    expect(JSON.stringify(s.told)).not.toContain(s.ada.id);
    expect(s.decided()).toEqual([]);
    await s.stand(WITHIN_MS);
    expect(s.decided()).toEqual([["deny", "liveness", s.ada.id]]);
    expect(s.told.at(-1)?.ending).toBe("closed");
    expect(s.reply()).toBe(false);
    expect(s.grants).toEqual([]);
  });

  it("is let in once, when somebody confirms it in time and it is still there", async () => {
    const s = await scene();
    await s.stand(10_000);
    expect(s.reply()).toBe(true);
    await s.stand(1000);
    expect(s.decided()).toEqual([["grant", "ok", s.ada.id]]);
    expect(s.grants).toHaveLength(1);
    // The grant rests on a picture that was fresh when it was made.
    const [record] = s.audit.records as [(typeof s.audit.records)[number]];
    expect(record.situation.nowMs - (record.situation.visit.evidence.at(-1)?.capturedAtMs ?? 0)).toBeLessThan(1000);
    expect(record.situation.visit.asked).toMatchObject({ personId: s.ada.id, answer: "confirmed" });
  });

  it("is not let in by the same answer again: a second visit asks anew", async () => {
    const s = await scene();
    await s.stand(3000);
    const [first] = s.told;
    expect(s.reply()).toBe(true);
    await s.stand(500);
    await s.desk.left(s.track, s.signal);
    await s.stand(3000);
    expect(s.reply({ id: first?.question.id ?? "" })).toBe(false);
    await s.stand(2000);
    expect(s.grants).toHaveLength(1);
    expect(s.told.filter(({ ending }) => ending === null)).toHaveLength(2);
  });

  it("is not let in by an answer for another door, a made-up id, or one on a channel it was not asked over", async () => {
    const s = await scene();
    await s.stand(3000);
    expect(s.reply({ door: "back" })).toBe(false);
    expect(s.reply({ id: "secret-0" })).toBe(false);
    expect(s.reply({ channel: "http" })).toBe(false);
    await s.stand(2000);
    expect(s.grants).toEqual([]);
    expect(s.questions.open("http")).toEqual([]);
    expect(s.questions.open("mqtt")).toHaveLength(1);
  });

  it("is not let in when another person has taken its place meanwhile", async () => {
    const s = await scene();
    await s.stand(3000);
    s.becomes(s.ben);
    await s.stand(100);
    s.reply();
    await s.stand(3000);
    // Her visit is over; his is another, about which nobody has said anything.
    expect(s.decided()).toEqual([["deny", "liveness", s.ada.id]]);
    expect(s.grants).toEqual([]);
  });

  it("is refused at once on a no, and when it leaves", async () => {
    const s = await scene();
    await s.stand(3000);
    s.reply({ answer: "declined" });
    await flush();
    expect(s.decided()).toEqual([["deny", "liveness", s.ada.id]]);
    const t = await scene();
    await t.stand(3000);
    await t.desk.left(t.track, t.signal);
    expect(t.decided()).toEqual([["deny", "liveness", t.ada.id]]);
    expect(t.reply()).toBe(false);
    expect(t.grants).toEqual([]);
  });

  it("is not let in by an answer to the question of its first try, when the second try is under way", async () => {
    const s = await scene();
    await s.stand(3000);
    s.reply({ answer: "declined" });
    await s.stand(200);
    await s.stand(3000, 140);
    const [first, second] = s.told.filter(({ ending }) => ending === null);
    expect(second).toBeDefined();
    expect(s.reply({ id: first?.question.id ?? "" })).toBe(false);
    await s.stand(500, 140);
    expect(s.grants).toEqual([]);
  });

  it("waits in vain where nobody can be asked", async () => {
    const s = await scene(false);
    await s.stand(WITHIN_MS + 4000);
    expect(s.decided()).toEqual([["deny", "liveness", s.ada.id]]);
    expect(s.told).toEqual([]);
  });

  it("leaves nobody asked when too many questions are open, and is refused", async () => {
    const s = await scene();
    const order = { door: "front", camera: "porch", channels: ["mqtt"] as const, withinMs: 60_000 };
    for (let i = 0; i < 40; i++) s.questions.ask(order, () => {});
    const before = s.told.length;
    await s.stand(WITHIN_MS + 4000);
    expect(s.told).toHaveLength(before);
    expect(s.decided()).toEqual([["deny", "liveness", s.ada.id]]);
    expect(s.questions.open("mqtt")).toHaveLength(32);
  });
});
