import { describe, expect, it } from "vitest";
import type { Candidate } from "#core/candidate";
import type { Grant } from "#core/grant";
import { pointOf } from "#core/motion";
import type { DoorPolicy } from "#core/policy";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import type { Track } from "#core/track";
import { LimenError } from "#errors";
import { createActuator } from "#flow/carry-out";
import { createDoorDesk } from "#flow/door-desk";
import { createDoorStanding } from "#flow/door-standing";
import { soleEngine } from "#flow/engines";
import { createSearchLane } from "#flow/search-lane";
import type { DoorAck, DoorController } from "#ports/door-controller";
import { faceAt, frameAt, templateOf } from "../../fakes/faces";
import { FakeClock, flush } from "../../fakes/fake-clock";
import { MemoryAuditLog } from "../../fakes/memory-audit-log";
import { MemoryGallery } from "../../fakes/memory-gallery";
import { RecordingAnnouncer, RecordingLogger, RecordingMetrics } from "../../fakes/quiet";
import { RecordingBoard } from "../../fakes/recording-board";
import { deskRules, doorPolicy } from "../../fakes/situations";

const RULES = deskRules();
const TIMES = { wait: 1, find: 2, describe: 3 };

class RecordingDoor implements DoorController {
  readonly grants: Grant[] = [];
  answer: () => Promise<DoorAck> = async () => ({
    commandId: "c",
    actuation: "acked",
    why: "ok",
    sentAtMs: 1,
    ackedAtMs: 2,
  });
  open(grant: Grant): Promise<DoorAck> {
    this.grants.push(grant);
    return this.answer();
  }
  async *feedback() {}
  health() {
    return { broker: "online", controller: "online", concerns: [] } as const;
  }
}

async function scene(changes: Partial<DoorPolicy> = {}) {
  const clock = new FakeClock();
  const audit = new MemoryAuditLog();
  const gallery = new MemoryGallery();
  const door = new RecordingDoor();
  const announcer = new RecordingAnnouncer();
  const logger = new RecordingLogger();
  const metrics = new RecordingMetrics();
  const ada = await gallery.addPerson({ name: "Ada", collections: ["staff"], faces: [templateOf(0)] });
  let answer: () => Promise<Candidate[]> = async () => [{ personId: ada.id, score: 0.9 }];
  const lane = createSearchLane({
    engine: { search: () => answer(), size: () => 1 },
    clock,
    concurrency: 1,
    deadlineMs: 400,
  });
  const board = new RecordingBoard();
  const tools = { clock, logger, metrics };
  const actuator = createActuator({ door: "front", controller: door, audit, announcer, board, ...tools });
  let id = 0;
  const healthy = { now: true };
  const desk = createDoorDesk(RULES, {
    policy: () => doorPolicy(changes),
    roster: "gallery",
    engines: soleEngine("local", lane),
    gallery,
    standing: createDoorStanding(clock.monotonicMs()),
    actuator,
    cameraHealthy: () => healthy.now,
    cropOf: async () => new Uint8Array([1]),
    newId: () => `decision-${++id}`,
    clock,
    logger,
    metrics,
  });
  const { signal } = new AbortController();
  const { box } = faceAt(100, 80);
  const path = [-600, -300, 0].map((atMs) => pointOf(box, atMs));
  const track: Track = { id: 7, box, firstSeenAtMs: 0, lastSeenAtMs: 0, path };
  /** The face of the track in a frame that is `ageMs` old; true when it was searched. */
  const look = async (ageMs = 40, height = 100): Promise<boolean> => {
    const sighting = { frame: frameAt(clock.monotonicMs() - ageMs), track, face: faceAt(100, 80, height) };
    if (!desk.wants(sighting)) return false;
    await desk.consider(sighting, { template: templateOf(0), liveness: 0.9 }, TIMES, signal);
    return true;
  };
  const says = (next: () => Promise<Candidate[]>): void => {
    answer = next;
  };
  return {
    clock,
    audit,
    gallery,
    door,
    announcer,
    board,
    logger,
    desk,
    track,
    look,
    says,
    signal,
    ada,
    actuator,
    healthy,
  };
}

describe("a person who may pass", () => {
  it("is let in after two agreeing frames, recorded before anything is announced or opened", async () => {
    const s = await scene();
    s.audit.beforeAppend = async () => {
      expect(s.announcer.told).toEqual([]);
      expect(s.door.grants).toEqual([]);
    };
    await s.look();
    expect(s.audit.records).toEqual([]);
    await s.clock.advance(100);
    await s.look();
    await s.actuator.settled();
    expect(s.audit.records).toMatchObject([
      { result: "grant", reason: "ok", personId: s.ada.id, score: 0.9, searches: 2 },
    ]);
    expect(s.door.grants).toMatchObject([{ door: "front", decisionId: "decision-1", personId: s.ada.id }]);
    expect(s.audit.amendments).toMatchObject([{ decisionId: "decision-1", actuation: "acked" }]);
    expect(s.announcer.told.map(({ outcome }) => outcome.actuation)).toEqual(["none", "acked"]);
  });

  it("is shown to whoever watches the camera live, once it is on disk", async () => {
    const s = await scene();
    s.audit.beforeAppend = async () => expect(s.board.decisions).toEqual([]);
    await s.look();
    await s.look();
    const decision = { door: "front", track: 7, result: "grant", reason: "ok", personId: s.ada.id, score: 0.9 };
    expect(s.board.decisions).toEqual([{ camera: "front", decision }]);
  });

  it("gets one grant a visit, however long they stay", async () => {
    const s = await scene();
    for (let i = 0; i < 60; i++) {
      await s.look();
      await s.desk.tick(s.signal);
      await s.clock.advance(100);
    }
    await s.desk.left(s.track, s.signal);
    expect(s.audit.records).toHaveLength(1);
    expect(s.door.grants).toHaveLength(1);
  });

  it("gets one grant even when looks, ticks and the departure interleave", async () => {
    const s = await scene();
    await s.look();
    await s.clock.advance(100);
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const person = s.gallery.person.bind(s.gallery);
    s.gallery.person = async (id) => {
      await held;
      return person(id);
    };
    const racing = [
      s.look(),
      flush().then(() => s.desk.tick(s.signal)),
      flush().then(() => s.desk.left(s.track, s.signal)),
    ];
    await flush();
    letGo();
    await Promise.all(racing);
    await s.actuator.settled();
    expect(s.audit.records).toHaveLength(1);
    expect(s.door.grants.length).toBeLessThanOrEqual(1);
  });
});

describe("the door stays shut", () => {
  const twice = async (s: Awaited<ReturnType<typeof scene>>): Promise<void> => {
    await s.look();
    await s.clock.advance(100);
    await s.look();
    await s.actuator.settled();
  };

  it("in shadow mode, though the grant is recorded", async () => {
    const s = await scene({ mode: "shadow" });
    await twice(s);
    expect(s.audit.records).toMatchObject([{ result: "grant", mode: "shadow" }]);
    expect(s.door.grants).toEqual([]);
  });

  it("when the decision cannot be recorded (disk full)", async () => {
    const s = await scene();
    s.audit.full = true;
    await twice(s);
    expect(s.door.grants).toEqual([]);
    expect(s.announcer.told).toEqual([]);
    expect(s.logger.lines).toContainEqual(
      expect.objectContaining({ level: "error", fields: expect.objectContaining({ reason: "audit_unavailable" }) }),
    );
  });

  it("when recording took longer than the grant lives", async () => {
    const s = await scene();
    s.audit.beforeAppend = () => s.clock.advance(3500);
    await twice(s);
    expect(s.door.grants).toEqual([]);
    expect(s.audit.amendments).toMatchObject([{ actuation: "expired" }]);
  });

  it("when the search throws", async () => {
    const s = await scene();
    s.says(async () => {
      throw new LimenError("LIMEN_SEARCH_INVALID", "broken");
    });
    await twice(s);
    await s.desk.left(s.track, s.signal);
    expect(s.audit.records).toMatchObject([{ result: "deny", reason: "engine_error" }]);
    expect(s.door.grants).toEqual([]);
  });

  it("when the answer comes after its deadline, even if it names somebody", async () => {
    const s = await scene();
    s.says(async () => {
      await s.clock.sleep(500);
      return [{ personId: s.ada.id, score: 0.99 }];
    });
    for (let i = 0; i < 3; i++) {
      const looking = s.look();
      await s.clock.advance(401);
      await s.clock.advance(200);
      await looking;
    }
    await s.desk.left(s.track, s.signal);
    expect(s.audit.records).toMatchObject([{ result: "deny", reason: "engine_error" }]);
  });

  it.each([
    ["a score that is no number", [{ personId: "person-1", score: Number.NaN }]],
    ["a score above one", [{ personId: "person-1", score: 1.5 }]],
    [
      "the same person twice",
      [
        { personId: "person-1", score: 0.9 },
        { personId: "person-1", score: 0.9 },
      ],
    ],
  ])("when the answer holds %s", async (_, candidates) => {
    const s = await scene();
    s.says(async () => candidates);
    await twice(s);
    await s.desk.left(s.track, s.signal);
    expect(s.audit.records).toMatchObject([{ result: "deny", reason: "engine_error" }]);
  });

  it("when the person was removed while their match was in flight", async () => {
    const s = await scene();
    await s.look();
    await s.gallery.removePerson(s.ada.id);
    await s.clock.advance(100);
    await s.look();
    expect(s.audit.records).toMatchObject([{ result: "deny", reason: "person_inactive" }]);
    expect(s.door.grants).toEqual([]);
  });

  it("when the gallery cannot be read at the moment of the decision", async () => {
    const s = await scene();
    s.gallery.person = async () => {
      throw new LimenError("LIMEN_STORE_LOCKED", "locked");
    };
    await twice(s);
    expect(s.door.grants).toEqual([]);
    expect(s.audit.records).toEqual([]);
  });

  it("when the camera is not healthy", async () => {
    const s = await scene();
    s.healthy.now = false;
    await twice(s);
    expect(s.audit.records).toMatchObject([{ result: "deny", reason: "camera_unhealthy" }]);
  });

  it("when frames are old by the time they were searched", async () => {
    const s = await scene();
    await s.look(2500);
    await s.clock.advance(100);
    await s.look(2500);
    await s.desk.left(s.track, s.signal);
    expect(s.audit.records).toMatchObject([{ result: "deny", reason: "stale" }]);
  });

  it("when the door controller throws", async () => {
    const s = await scene();
    s.door.answer = async () => {
      throw new Error("boom");
    };
    await twice(s);
    expect(s.audit.amendments).toMatchObject([{ actuation: "failed", why: "LIMEN_INTERNAL" }]);
  });
});

describe("a stranger", () => {
  it("is refused once, when patience is over, and searched no more than the budget allows", async () => {
    const s = await scene();
    let searches = 0;
    s.says(async () => {
      searches++;
      return [{ personId: s.ada.id, score: 0.2 }];
    });
    for (let i = 0; i < 300; i++) {
      await s.look();
      await s.desk.tick(s.signal);
      await s.clock.advance(100);
    }
    expect(s.audit.records).toMatchObject([{ result: "deny", reason: "unknown_person", personId: null }]);
    expect(searches).toBeLessThanOrEqual(LOCAL_SEARCH_BUDGET.maxSearches);
  });

  it("who comes clearly nearer after the refusal is looked at once more", async () => {
    const s = await scene();
    s.says(async () => [{ personId: s.ada.id, score: 0.7 }]);
    await s.look(40, 60);
    await s.clock.advance(3100);
    await s.desk.tick(s.signal);
    expect(s.audit.records).toMatchObject([{ result: "deny", reason: "below_threshold" }]);
    s.says(async () => [{ personId: s.ada.id, score: 0.9 }]);
    expect(await s.look(40, 65)).toBe(false);
    expect(await s.look(40, 90)).toBe(true);
    await s.clock.advance(100);
    await s.look(40, 90);
    expect(s.audit.records).toMatchObject([{ result: "deny" }, { result: "grant" }]);
  });

  it("too far away leaves no record at all", async () => {
    const s = await scene();
    expect(await s.look(40, 30)).toBe(false);
    await s.desk.left(s.track, s.signal);
    expect(s.audit.records).toEqual([]);
  });
});
