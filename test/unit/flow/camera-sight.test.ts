import { describe, expect, it } from "vitest";
import type { Picture } from "#core/face";
import { createCameraEye } from "#flow/camera-eye";
import { runCameraLoop } from "#flow/camera-loop";
import { createActuator } from "#flow/carry-out";
import { createDoorDesk } from "#flow/door-desk";
import { createDoorStanding } from "#flow/door-standing";
import { soleEngine } from "#flow/engines";
import { createSearchLane } from "#flow/search-lane";
import type { Frame } from "#ports/frame-source";
import { faceAt, templateOf } from "../../fakes/faces";
import { FakeClock, flush } from "../../fakes/fake-clock";
import { FakeDoor } from "../../fakes/fake-door";
import { MemoryAuditLog } from "../../fakes/memory-audit-log";
import { MemoryGallery } from "../../fakes/memory-gallery";
import { RecordingAnnouncer, RecordingLogger, RecordingMetrics } from "../../fakes/quiet";
import { deskRules, doorPolicy } from "../../fakes/situations";
import { coveredView, type ViewChanges, viewAt } from "../../fakes/views";

/** Views, drawn once: a camera's second of them is shown over and over, noise and all. */
const drawn = new Map<string, Picture[]>();
function views(changes: ViewChanges): Picture[] {
  const key = JSON.stringify(changes);
  const known = drawn.get(key) ?? [1, 2, 3].map((seed) => viewAt(seed, changes));
  drawn.set(key, known);
  return known;
}
const COVERED = [1, 2, 3].map((seed) => coveredView(seed, 60));
const DARK = [1, 2, 3].map((seed) => coveredView(seed, 3));

/** A camera, its loop and a door in mode normal; Ada's face scores 0.95 in every picture in which `face` is set. */
async function openHouse() {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const tools = { clock, logger, metrics: new RecordingMetrics() };
  const stop = new AbortController();
  const audit = new MemoryAuditLog();
  const gallery = new MemoryGallery();
  const door = new FakeDoor("front", clock);
  const ada = await gallery.addPerson({ name: "Ada", collections: ["staff"], faces: [templateOf(0)] });
  const face = { isThere: false, left: 100 };
  const actuator = createActuator({
    door: "front",
    controller: door,
    audit,
    announcer: new RecordingAnnouncer(),
    ...tools,
  });
  const eye = createCameraEye({ camera: "front", ...tools });
  const engine = { search: async () => [{ personId: ada.id, score: 0.95 }], size: () => 1 };
  let ids = 0;
  const desk = createDoorDesk(deskRules(), {
    policy: () => doorPolicy(),
    roster: "gallery",
    engines: soleEngine("local", createSearchLane({ engine, clock, concurrency: 1, deadlineMs: 400 })),
    gallery,
    standing: createDoorStanding(clock.monotonicMs()),
    actuator,
    cameraHealthy: () => !eye.isDisarmed(),
    cropOf: async () => new Uint8Array([1]),
    newId: () => `decision-${++ids}`,
    ...tools,
  });
  let push: (frame: Frame | null) => void = () => {};
  const source = {
    async *frames() {
      for (;;) {
        const frame = await new Promise<Frame | null>((resolve) => {
          push = resolve;
        });
        if (frame === null) return;
        yield frame;
      }
    },
    giveBack: () => {},
    health: () => ({ state: "streaming", code: null, restarts: 0, lastFrameAtMs: 0 }) as const,
  };
  const finder = {
    modelId: "model-a",
    samePersonCosine: 0.5,
    minNorm: 3,
    borderlineNorm: 3,
    find: async () => (face.isThere ? [faceAt(face.left, 80)] : []),
    describe: async () => ({ template: templateOf(0), liveness: null }),
  };
  const running = runCameraLoop(
    {
      camera: "front",
      source,
      finder,
      closeUp: { tile: { width: 480, height: 360 }, whole: { width: 640, height: 480 } },
      desks: () => [desk],
      eye,
      maxFrameAgeMs: 1500,
      lookIntervalMs: 100,
      ...tools,
    },
    stop.signal,
  );
  let sequence = 0;
  let clockBackAtMs: number | null = null;
  const show = async (picture: Picture, ageMs = 10): Promise<void> => {
    await flush();
    const capturedAtMs = clock.monotonicMs() - ageMs;
    push({ ...picture, camera: "front", sequence: sequence++, capturedAtMs, clockBackAtMs });
    await flush();
  };
  return {
    clock,
    logger,
    metrics: tools.metrics,
    audit,
    door,
    eye,
    face,
    show,
    /** The source sees the camera's own clock run backwards, now. */
    turnClockBack() {
      clockBackAtMs = clock.monotonicMs();
    },
    /** Two pictures a second for so long. */
    async watch(pictures: readonly Picture[], ms: number) {
      for (let i = 0; i < ms / 500; i++) {
        await show(pictures[i % pictures.length] ?? viewAt(0));
        await clock.advance(500);
      }
    },
    /** Ada stands before the camera for so long, in the given pictures. */
    async visit(pictures: readonly Picture[], ms = 4000) {
      face.isThere = true;
      await this.watch(pictures, ms);
      face.isThere = false;
      await this.watch(pictures, 2000);
    },
    async end() {
      stop.abort();
      push(null);
      await running;
      await actuator.settled();
    },
  };
}

describe("a door behind a camera that tells the truth", () => {
  it("opens for a face that scores high, so that the refusals below mean something", async () => {
    const house = await openHouse();
    await house.watch(views({}), 30_000);
    await house.visit(views({}));
    await house.end();
    expect(house.door.opened).toHaveLength(1);
    expect(house.logger.lines.filter(({ level }) => level === "warn")).toEqual([]);
    expect(house.metrics.gauges.get("limen_camera_fps")).toBeCloseTo(2, 1);
    expect(house.metrics.gauges.get("limen_camera_frame_age_seconds")).toBeCloseTo(0.01, 3);
    expect(house.metrics.gauges.get("limen_camera_sight")).toBe(1);
  });

  it.each([
    ["frozen", views({}).slice(0, 1)],
    ["dark", DARK],
    ["covered", COVERED],
    ["moved", views({ right: 90, down: -40 })],
    ["moved", views({ isElsewhere: true })],
  ] as const)("a %s camera opens no door although a face scores high", async (state, pictures) => {
    const house = await openHouse();
    await house.watch(views({}), 30_000);
    await house.watch(pictures, 13_000);
    expect(house.eye.sight().state).toBe(state);
    await house.visit(pictures);
    await house.end();
    expect(house.door.opened).toEqual([]);
    expect(house.audit.records).toMatchObject([{ result: "deny", reason: "camera_unhealthy" }]);
    const said = house.logger.lines.filter(({ fields }) => fields["sight"] !== undefined);
    expect(said).toMatchObject([{ level: "warn", fields: { camera: "front", sight: state, before: "ok" } }]);
  });

  it("opens again once the lens is free, with one line in the log for the fault and one for its end", async () => {
    const house = await openHouse();
    await house.watch(views({}), 30_000);
    await house.watch(COVERED, 20_000);
    await house.watch(views({}), 3_000);
    await house.visit(views({}));
    await house.end();
    expect(house.door.opened).toHaveLength(1);
    expect(house.logger.lines.filter(({ fields }) => fields["sight"] !== undefined)).toMatchObject([
      { level: "warn" },
      { level: "info" },
    ]);
  });

  it("a camera whose timestamps run backwards opens no door for a while, and one line says so", async () => {
    const house = await openHouse();
    await house.watch(views({}), 30_000);
    house.turnClockBack();
    await house.visit(views({}));
    expect(house.eye.sight().state).toBe("clock_back");
    expect(house.door.opened).toEqual([]);
    expect(house.audit.records).toMatchObject([{ result: "deny", reason: "camera_unhealthy" }]);
    await house.watch(views({}), 12_000);
    expect(house.eye.sight().state).toBe("ok");
    await house.visit(views({}));
    await house.end();
    expect(house.door.opened).toHaveLength(1);
    const said = house.logger.lines.filter(({ fields }) => fields["sight"] !== undefined);
    expect(said.map(({ level, fields }) => [level, fields["sight"]])).toEqual([
      ["warn", "clock_back"],
      ["info", "ok"],
    ]);
  });

  it("does not wait for the next judged picture to say that the clock ran back", async () => {
    const house = await openHouse();
    await house.watch(views({}), 2_000);
    await house.show(views({})[0] ?? viewAt(1));
    await house.clock.advance(50);
    house.turnClockBack();
    await house.show(views({})[1] ?? viewAt(1));
    expect(house.eye.isDisarmed()).toBe(true);
    await house.end();
  });

  it("does not mistake a person right before it, the dusk or a passing lorry for a fault", async () => {
    const house = await openHouse();
    await house.watch(views({}), 30_000);
    await house.watch(views({ visitor: 0.5 }), 20_000);
    await house.watch(views({ light: 0.5 }), 20_000);
    await house.watch(views({ visitor: 1 }), 8_000);
    await house.watch(views({}), 3_000);
    await house.end();
    expect(house.eye.sight().state).toBe("ok");
    expect(house.logger.lines).toEqual([]);
  });
});

describe("a picture that is too old", () => {
  it("is no evidence after a stall, however high its face scores", async () => {
    const house = await openHouse();
    house.face.isThere = true;
    await house.show(views({})[0] ?? viewAt(1));
    // The stream stands still for a while; then what was stuck comes at once.
    await house.clock.advance(4_000);
    for (const ageMs of [3_900, 3_000, 2_000, 1_501]) await house.show(views({})[1] ?? viewAt(1), ageMs);
    await house.clock.advance(500);
    await house.end();
    expect(house.door.opened).toEqual([]);
    expect(house.audit.records.filter(({ result }) => result === "grant")).toEqual([]);
    expect(house.audit.records.flatMap(({ situation }) => situation.visit.evidence)).toHaveLength(1);
  });

  it("is none when it comes after a newer one, and the camera is not believed for a while", async () => {
    const house = await openHouse();
    await house.show(views({})[0] ?? viewAt(1));
    await house.clock.advance(500);
    house.face.isThere = true;
    for (const ageMs of [900, 800, 700]) await house.show(views({})[1] ?? viewAt(1), ageMs);
    expect(house.eye.sight().state).toBe("clock_back");
    await house.end();
    expect(house.audit.records).toEqual([]);
    expect(house.door.opened).toEqual([]);
  });
});
