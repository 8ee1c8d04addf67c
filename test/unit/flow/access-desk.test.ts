import { describe, expect, it } from "vitest";
import type { AccessPolicy } from "#core/access";
import type { Template } from "#core/face";
import type { DoorMode } from "#core/policy";
import { NEVER } from "#core/schedule";
import { createActuator } from "#flow/carry-out";
import { createDoorDesk } from "#flow/door-desk";
import { createDoorStanding } from "#flow/door-standing";
import { soleEngine } from "#flow/engines";
import { createSearchLane } from "#flow/search-lane";
import { faceAt, frameAt, standingTrack, templateOf } from "../../fakes/faces";
import { FakeClock } from "../../fakes/fake-clock";
import { FakeDoor } from "../../fakes/fake-door";
import { MemoryAuditLog } from "../../fakes/memory-audit-log";
import { MemoryGallery } from "../../fakes/memory-gallery";
import { createPlainSearch } from "../../fakes/plain-search";
import { RecordingAnnouncer, RecordingLogger, RecordingMetrics } from "../../fakes/quiet";
import { accessPolicy, deskRules, doorPolicy } from "../../fakes/situations";

const WITH_LIST: Partial<AccessPolicy> = { watchList: ["banned"] };

/** A door of staff: Ada of staff, Eve on the list, Sam both; each looks like an axis of their own. */
async function scene(access: Partial<AccessPolicy>, mode: DoorMode = "normal") {
  const clock = new FakeClock();
  const gallery = new MemoryGallery();
  const enrol = async (name: string, axis: number, ...collections: string[]) =>
    (await gallery.addPerson({ name, collections, faces: [templateOf(axis)] })).id;
  const ids = {
    ada: await enrol("Ada", 0, "staff"),
    eve: await enrol("Eve", 1, "banned"),
    sam: await enrol("Sam", 2, "staff", "banned"),
  };
  const engine = createPlainSearch(gallery);
  const lane = createSearchLane({ engine, clock, concurrency: 1, deadlineMs: 400 });
  const tools = { clock, logger: new RecordingLogger(), metrics: new RecordingMetrics() };
  const audit = new MemoryAuditLog();
  const announcer = new RecordingAnnouncer();
  const door = new FakeDoor("front", clock);
  const actuator = createActuator({ door: "front", controller: door, audit, announcer, ...tools });
  let id = 0;
  const desk = createDoorDesk(deskRules(), {
    policy: () => doorPolicy({ mode, access: accessPolicy(access) }),
    roster: "gallery",
    engines: soleEngine("local", lane),
    gallery,
    standing: createDoorStanding(clock.monotonicMs()),
    actuator,
    cameraHealthy: () => true,
    cropOf: async () => new Uint8Array([1]),
    newId: () => `decision-${++id}`,
    ...tools,
  });
  const track = standingTrack(7);
  const { signal } = new AbortController();
  /** Stands there for a second, looking like this. */
  const comes = async (template: Template): Promise<void> => {
    for (let i = 0; i < 10; i++) {
      const sighting = { frame: frameAt(clock.monotonicMs() - 20), track, face: faceAt(100, 80) };
      if (desk.wants(sighting)) {
        await desk.consider(sighting, { template, liveness: 0.9 }, { wait: 1, find: 1, describe: 1 }, signal);
      }
      await clock.advance(100);
    }
    await desk.left(track, signal);
    await actuator.settled();
  };
  return { ...ids, comes, audit, announcer, door, engine };
}

describe("a door with a watch list", () => {
  it("never opens for somebody on it, and says so once", async () => {
    for (const mode of ["normal", "free_access"] as const) {
      const s = await scene(WITH_LIST, mode);
      await s.comes(templateOf(2));
      expect(s.audit.records).toMatchObject([
        { result: "deny", reason: "watch_list", personId: s.sam, gallerySize: 0 },
      ]);
      expect(s.announcer.told).toHaveLength(1);
      expect(s.door.opened).toEqual([]);
    }
  });

  it("finds those who are in none of the door's collections", async () => {
    const s = await scene(WITH_LIST);
    await s.comes(templateOf(1));
    expect(s.audit.records).toMatchObject([{ reason: "watch_list", personId: s.eve }]);
    expect(new Set(s.engine.requests.map(({ collection }) => collection))).toEqual(new Set(["staff", "banned"]));
  });

  it("lets in the others; and without a list those who would be on it", async () => {
    const s = await scene(WITH_LIST);
    await s.comes(templateOf(0));
    expect(s.door.opened).toMatchObject([{ personId: s.ada }]);
    const without = await scene({});
    await without.comes(templateOf(2));
    expect(without.door.opened).toMatchObject([{ personId: without.sam }]);
  });
});

describe("a door with hours", () => {
  it("stays shut outside them, and opens in free access for its people alone", async () => {
    const shut = await scene({ siteSchedule: NEVER });
    await shut.comes(templateOf(0));
    expect(shut.audit.records).toMatchObject([{ result: "deny", reason: "outside_schedule", personId: shut.ada }]);
    expect(shut.door.opened).toEqual([]);
    const free = await scene({ siteSchedule: NEVER }, "free_access");
    await free.comes(templateOf(0));
    expect(free.door.opened).toMatchObject([{ personId: free.ada }]);
    const stranger = await scene({ siteSchedule: NEVER }, "free_access");
    await stranger.comes(templateOf(1));
    expect(stranger.audit.records).toMatchObject([{ result: "deny", reason: "unknown_person" }]);
    expect(stranger.door.opened).toEqual([]);
  });
});

it("what a decision rests on survives being written down and read again", async () => {
  const s = await scene(WITH_LIST);
  await s.comes(templateOf(2));
  const [record] = s.audit.records;
  expect(JSON.parse(JSON.stringify(record?.situation))).toEqual(record?.situation);
  expect(record?.situation.people).toEqual([
    { id: s.sam, name: "Sam", active: true, collections: ["staff", "banned"], lookAlike: false },
  ]);
});
