import { expect, it } from "vitest";
import { createCheckups } from "#adapters/console/checkups";
import type { CameraCheck } from "#adapters/console/parts";
import { FakeClock, flush } from "../../../fakes/fake-clock";

const WELL: CameraCheck = { fault: "is not reachable", hint: null };

/** Checks of the cameras front and yard that end when the test says so. */
function rig() {
  const clock = new FakeClock();
  const open: { camera: string; end: (found: CameraCheck) => void; fail: (error: Error) => void }[] = [];
  let progress: (watchedMs: number) => void = () => {};
  const checkups = createCheckups({
    clock,
    checkCamera(camera, _seconds, onProgress) {
      if (camera === "attic") return null;
      progress = onProgress;
      return new Promise((end, fail) => open.push({ camera, end, fail }));
    },
  });
  return { clock, checkups, open, watched: (ms: number) => progress(ms) };
}

it("tells how far it is, and what it found, until the next", async () => {
  const { clock, checkups, open, watched } = rig();
  expect(checkups.of("front")).toBeNull();
  expect(checkups.start("front")).toBe("started");
  expect(checkups.of("front")).toEqual({ state: "running", watchedMs: 0 });
  watched(4000);
  expect(checkups.of("front")).toEqual({ state: "running", watchedMs: 4000 });
  await clock.advance(10_000);
  open[0]?.end(WELL);
  await flush();
  expect(checkups.of("front")).toMatchObject({ state: "done", found: WELL });
  expect(checkups.start("front")).toBe("started");
  expect(checkups.of("front")).toEqual({ state: "running", watchedMs: 0 });
});

it("checks one camera at a time, however many ask", async () => {
  const { checkups, open } = rig();
  checkups.start("front");
  expect(checkups.start("front")).toBe("started");
  expect(checkups.start("yard")).toBe("busy");
  expect(open).toHaveLength(1);
  open[0]?.end(WELL);
  await flush();
  expect(checkups.start("yard")).toBe("started");
});

it("a camera that is not there holds nobody up, and one that breaks says so", async () => {
  const { checkups, open } = rig();
  expect(checkups.start("attic")).toBe("unknown");
  expect(checkups.of("attic")).toBeNull();
  checkups.start("front");
  open[0]?.fail(new Error("no models"));
  await flush();
  expect(checkups.of("front")).toMatchObject({ state: "done", found: { fault: "no models" } });
  expect(checkups.start("yard")).toBe("started");
});
