import type { Candidate } from "#core/candidate";
import { DEFAULT_LEAF_RULE } from "#core/door-state";
import { NO_LOCK_OUT, restoredFrom } from "#core/lock-out";
import type { DoorPolicy } from "#core/policy";
import type { Track } from "#core/track";
import { createActuator } from "#flow/carry-out";
import { createDoorDesk } from "#flow/door-desk";
import { createDoorLeaf } from "#flow/door-leaf";
import { createDoorReporter } from "#flow/door-reports";
import { createDoorStanding } from "#flow/door-standing";
import { watchDoor } from "#flow/door-watch";
import { soleEngine } from "#flow/engines";
import { createSearchLane } from "#flow/search-lane";
import { createSiteMemory } from "#flow/site-memory";
import { createStandingKeeper } from "#flow/standing-keeper";
import { hearFor, watchedDoor } from "#flow/watched-door";
import { faceAt, frameAt, standingTrack, templateOf } from "./faces";
import { FakeClock, flush } from "./fake-clock";
import { FakeDoor } from "./fake-door";
import { MemoryAuditLog } from "./memory-audit-log";
import { MemoryGallery } from "./memory-gallery";
import { MemoryStandingStore } from "./memory-standing-store";
import { RecordingAnnouncer, RecordingLogger, RecordingMetrics } from "./quiet";
import { deskRules, doorPolicy } from "./situations";

/** What outlives a restart of everything else. */
export interface Outliving {
  readonly clock: FakeClock;
  readonly store: MemoryStandingStore;
  readonly audit: MemoryAuditLog;
  readonly gallery: MemoryGallery;
}

export const outliving = (): Outliving => ({
  clock: new FakeClock(),
  store: new MemoryStandingStore(),
  audit: new MemoryAuditLog(),
  gallery: new MemoryGallery(),
});

export const PULSE_MS = 3000;

/** Two doors, inner and outer, of one site: every part of flow real, the world in memory. */
export async function twoDoors(
  policies: { readonly inner?: Partial<DoorPolicy>; readonly outer?: Partial<DoorPolicy> } = {},
  { clock, store, audit, gallery } = outliving(),
) {
  const announcer = new RecordingAnnouncer();
  const logger = new RecordingLogger();
  const metrics = new RecordingMetrics();
  const tools = { clock, logger, metrics };
  const stop = new AbortController();
  const enrol = async (name: string, index: number) =>
    (await gallery.addPerson({ name, collections: ["staff"], faces: [templateOf(index)] })).id;
  let answer: readonly Candidate[] = [];
  const lane = createSearchLane({
    engine: { search: async () => [...answer], size: () => 1 },
    clock,
    concurrency: 2,
    deadlineMs: 400,
  });
  const controllers = {
    inner: new FakeDoor("inner", clock, PULSE_MS),
    outer: new FakeDoor("outer", clock, PULSE_MS),
  };
  const names = ["inner", "outer"] as const;
  const now = { nowMs: clock.monotonicMs(), now: clock.now() };
  const keeper = createStandingKeeper({ store, ...tools });
  const siteDoors = names.map((id) => ({
    id,
    pulseMs: PULSE_MS,
    isReachable: () => controllers[id].controller === "online",
  }));
  const site = createSiteMemory({ stays: await store.stays(), keeper });
  for (const door of siteDoors) site.joined(door, now.nowMs);
  let ids = audit.records.length;
  const newId = (): string => `id-${++ids}`;

  const open = async (door: "inner" | "outer") => {
    const leaf = createDoorLeaf(
      { rule: DEFAULT_LEAF_RULE, pulseMs: PULSE_MS, expectsContact: false, clock },
      stop.signal,
    );
    const controller = controllers[door];
    void hearFor(leaf, [controller.feedback(stop.signal)], logger);
    const opener = watchedDoor(controller, leaf);
    const report = createDoorReporter({ door, audit, announcer, newId, ...tools });
    const kept = await store.lockOut(door);
    const lockOut = kept === null ? NO_LOCK_OUT : restoredFrom(kept, now, true);
    const actuator = createActuator({ door, controller: opener, leaf, audit, announcer, ...tools });
    const parts = { door, mode: () => "normal" as const, controller, leaf, announcer, site, report, ...tools };
    void watchDoor(parts, stop.signal);
    const desk = createDoorDesk(deskRules({ camera: door }), {
      policy: () => doorPolicy({ door, ...policies[door] }),
      roster: "gallery",
      engines: soleEngine("local", lane),
      gallery,
      standing: createDoorStanding(now.nowMs, { lockOut, site, keeper, report, isClockTrusted: () => true }),
      actuator,
      cameraHealthy: () => true,
      cropOf: async () => new Uint8Array([1]),
      newId,
      ...tools,
    });
    const look = async (track: Track): Promise<void> => {
      const sighting = { frame: frameAt(clock.monotonicMs() - 40), track, face: faceAt(100, 80) };
      if (!desk.wants(sighting)) return;
      await desk.consider(
        sighting,
        { template: templateOf(0), liveness: 0.9 },
        { wait: 0, find: 0, describe: 0 },
        stop.signal,
      );
    };
    return { desk, look, actuator, controller, leaf };
  };
  const doors = { inner: await open("inner"), outer: await open("outer") };
  let tracks = 0;

  /** A face that the search answers so, seen twice; then it goes away. The new records say what came of it. */
  const visit = async (door: "inner" | "outer", candidates: readonly Candidate[]) => {
    const before = audit.records.length;
    const track = standingTrack(++tracks);
    answer = candidates;
    const { desk, look, controller } = doors[door];
    await look(track);
    await clock.advance(100);
    await look(track);
    await clock.advance(controller.ackAfterMs);
    await desk.left(track, stop.signal);
    await flush();
    return audit.records.slice(before).map(({ reason }) => reason);
  };

  return {
    ...{ clock, store, audit, gallery, announcer, logger, metrics, controllers, doors, site, visit, enrol },
    says: (candidates: readonly Candidate[]): void => {
      answer = candidates;
    },
    opened: () => ({ inner: controllers.inner.opened.length, outer: controllers.outer.opened.length }),
    stop: () => stop.abort(),
  };
}
