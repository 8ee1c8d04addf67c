import type { Template } from "#core/face";
import type { Grant } from "#core/grant";
import type { DoorPolicy } from "#core/policy";
import { NETWORK_SEARCH_BUDGET } from "#core/throttle";
import { createActuator } from "#flow/carry-out";
import { createDoorDesk } from "#flow/door-desk";
import { createDoorStanding } from "#flow/door-standing";
import type { Engines } from "#flow/engines";
import type { LiveQuestions } from "#flow/live-questions";
import type { QuestionDesk } from "#flow/questions";
import type { Clock } from "#ports/clock";
import type { DoorController } from "#ports/door-controller";
import { faceAt, frameAt, standingTrack, templateOf } from "./faces";
import { MemoryAuditLog } from "./memory-audit-log";
import { MemoryGallery } from "./memory-gallery";
import { RecordingAnnouncer, RecordingLogger, RecordingMetrics } from "./quiet";
import { deskRules, doorPolicy, offlineAccess } from "./situations";

/** A door with Ada (axis 0) among its people, in front of whatever engines; only the people offline_allowed are told here. */
export async function openDeskRig(parts: {
  clock: Clock;
  engines: (ada: string) => Engines;
  policy: Partial<DoorPolicy>;
  offlineAllowed?: (ada: string) => readonly string[];
  /** Where the door asks people for a second factor. */
  questions?: QuestionDesk;
  /** Whom the door asks whether a face is a live one. */
  live?: (tools: { clock: Clock; logger: RecordingLogger; metrics: RecordingMetrics }) => LiveQuestions;
}) {
  const { clock } = parts;
  const audit = new MemoryAuditLog();
  const gallery = new MemoryGallery();
  const grants: Grant[] = [];
  const controller: DoorController = {
    async open(grant) {
      grants.push(grant);
      return { commandId: "c", actuation: "acked", why: "ok", sentAtMs: 1, ackedAtMs: 2 };
    },
    async *feedback() {},
    health: () => ({ broker: "online", controller: "online", concerns: [] }),
  };
  const tools = { clock, logger: new RecordingLogger(), metrics: new RecordingMetrics() };
  const { id: ada } = await gallery.addPerson({ name: "Ada", collections: ["staff"], faces: [templateOf(0)] });
  const access = offlineAccess(...(parts.offlineAllowed?.(ada) ?? []));
  const actuator = createActuator({ door: "front", controller, audit, announcer: new RecordingAnnouncer(), ...tools });
  let id = 0;
  const desk = createDoorDesk(deskRules({ budget: NETWORK_SEARCH_BUDGET, shots: 3 }), {
    policy: () => doorPolicy({ access, ...parts.policy }),
    roster: "gallery",
    engines: parts.engines(ada),
    gallery,
    standing: createDoorStanding(clock.monotonicMs()),
    actuator,
    cameraHealthy: () => true,
    cropOf: async () => new Uint8Array([0xff, 0xd8, 0xff, 0xe0]),
    newId: () => `decision-${++id}`,
    live: parts.live?.(tools) ?? null,
    ...(parts.questions && { questions: parts.questions, secondFactor: { channels: ["mqtt"], withinMs: 20_000 } }),
    ...tools,
  });
  const { signal } = new AbortController();
  return {
    ada,
    audit,
    grants,
    desk,
    gallery,
    ...tools,
    /** One look at a face on a track, 40 ms old; true when it was searched. */
    async look(track: number, template: Template, height = 100): Promise<boolean> {
      const frame = frameAt(clock.monotonicMs() - 40);
      const sighting = { frame, track: standingTrack(track), face: faceAt(100, 80, height) };
      if (!desk.wants(sighting)) return false;
      await desk.consider(sighting, { template, liveness: 0.9 }, { wait: 1, find: 2, describe: 3 }, signal);
      return true;
    },
    tick: () => desk.tick(signal),
    leave: (track: number) => desk.left(standingTrack(track), signal),
    settled: () => actuator.settled(),
  };
}
