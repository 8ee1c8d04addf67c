import { expect, it } from "vitest";
import type { FoundFace, Picture } from "#core/face";
import { checkCamera } from "#flow/camera-checkup";
import type { CameraHealth, Frame } from "#ports/frame-source";
import { faceAt } from "../../fakes/faces";
import { FakeClock, flush } from "../../fakes/fake-clock";
import { RecordingLogger, RecordingMetrics } from "../../fakes/quiet";
import { viewAt } from "../../fakes/views";

const PICTURES = [1, 2, 3].map((seed) => viewAt(seed));

function examine(seconds: number, find: (n: number) => FoundFace[] = () => []) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const health = { state: "starting", code: null as string | null, restarts: 0, lastFrameAtMs: null as number | null };
  const waiting: Frame[] = [];
  let wake = (): void => {};
  let sequence = 0;
  let looks = 0;
  const progress: number[] = [];
  const source = {
    async *frames(signal: AbortSignal) {
      signal.addEventListener("abort", () => wake());
      while (!signal.aborted) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
    giveBack: () => {},
    health: () => health as CameraHealth,
  };
  const done = checkCamera(
    {
      camera: "front",
      source,
      finder: { find: async () => find(looks++) },
      closeUp: { tile: { width: 480, height: 360 }, whole: { width: 640, height: 480 } },
      decodeCpuSeconds: () => clock.monotonicMs() / 20_000,
      clock,
      logger: new RecordingLogger(),
      metrics: new RecordingMetrics(),
      onProgress: (watchedMs) => progress.push(watchedMs),
    },
    seconds,
    stop.signal,
  );
  done.catch(() => {});
  const show = async (pictures: readonly Picture[], count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const picture = pictures[i % pictures.length] ?? viewAt(0);
      waiting.push({ ...picture, camera: "front", sequence: sequence++, capturedAtMs: clock.monotonicMs() });
      wake();
      await flush();
      await clock.advance(250);
    }
  };
  return { done, show, health, clock, stop, progress };
}

it("tells what the pictures of some seconds are like, counted from the first", async () => {
  const sizes = [0, 60, 90, 70];
  const { done, show, clock, progress } = examine(5, (n) => {
    const height = sizes[n % 4] ?? 0;
    return height === 0 ? [] : [faceAt(100, 80, height)];
  });
  await clock.advance(3000);
  await show(PICTURES, 30);
  const measures = await done;
  expect(measures.pictures).toBeGreaterThanOrEqual(20);
  expect(measures.seconds).toBeGreaterThanOrEqual(5);
  expect(measures.seconds).toBeLessThan(6);
  expect(measures).toMatchObject({ sight: "ok", faces: { heightPx: 90, sharpness: 40 } });
  expect(measures.faces.seen).toBeLessThan(measures.faces.looks);
  expect(measures.decodeCores).toBeCloseTo(0.05, 2);
  expect(measures.light).toBeGreaterThan(100);
  expect(progress[0]).toBe(0);
});

it("sees that a camera stands still before the daemon's own time for it is over", async () => {
  const { done, show } = examine(4);
  await show(PICTURES.slice(0, 1), 25);
  expect((await done).sight).toBe("frozen");
});

it("gives up with the camera's own code when it cannot be opened", async () => {
  const { done, health, clock } = examine(4);
  await clock.advance(250);
  health.code = "LIMEN_CAMERA_AUTH";
  await clock.advance(250);
  await expect(done).rejects.toMatchObject({ code: "LIMEN_CAMERA_AUTH" });
});

it("gives up when pictures stop coming", async () => {
  const { done, show, health, clock } = examine(4);
  await show(PICTURES, 4);
  health.code = "LIMEN_CAMERA_STALLED";
  await clock.advance(250);
  await expect(done).rejects.toMatchObject({ code: "LIMEN_CAMERA_STALLED" });
});

it("stops when it is told to", async () => {
  const { done, stop } = examine(4);
  stop.abort();
  await expect(done).rejects.toMatchObject({ code: "LIMEN_CAMERA_FAILED" });
});
