import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { childrenOf, isAlive } from "../fixtures/child-processes";
import { CAMERA_ACCOUNT, openSite, type TestSite, visitorsClip } from "../fixtures/site";

let camera: SimulatedCamera;
let site: TestSite;
/** Where the clip stands still by itself, the next time it comes there; null = it goes on. */
let stopAtFrame: number | null = null;
let nobodyThere = 0;

beforeAll(async () => {
  const { file, timeline } = await visitorsClip();
  // Between Ada and the stranger: a clip stopped in mid-walk lets her jump back each second, a visit anew each time.
  nobodyThere = (timeline.visits[0]?.endFrame ?? Number.NaN) + 20;
  camera = await openSimulatedCamera({
    ...CAMERA_ACCOUNT,
    clip: await loadClip(file),
    fps: 20,
    startPaused: true,
    onFrame({ index }) {
      if (index !== stopAtFrame) return;
      stopAtFrame = null;
      camera.pause();
    },
  });
  site = await openSite(camera.url);
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await camera[Symbol.asyncDispose]();
});

const ready = { timeout: 30_000, interval: 300 };
const grants = async () => (await site.decisions()).filter(({ record }) => record.result === "grant");

describe("a daemon whose broker is away", () => {
  it("starts, says so, opens nothing, and opens nothing late when the broker is back", async () => {
    await site.broker.stop("SIGKILL");
    await using daemon = site.startDaemon();
    await expect.poll(() => camera.clients, ready).toBe(1);
    await expect.poll(async () => (await site.status())?.broker, ready).toBe("offline");
    expect((await site.status())?.problems.join()).toContain("no door can open");

    stopAtFrame = nobodyThere;
    camera.play();
    await expect.poll(async () => (await grants()).length, { timeout: 40_000, interval: 300 }).toBe(1);
    await expect
      .poll(async () => (await grants())[0]?.outcome, ready)
      .toMatchObject({ actuation: "controller_offline" });
    await expect.poll(() => stopAtFrame, ready).toBeNull();
    expect(await grants()).toHaveLength(1);

    const restarted = Date.now();
    await site.broker.restart();
    await expect.poll(async () => (await site.status())?.problems, ready).toEqual([]);
    await delay(4000);
    expect(site.door.count("opened")).toBe(0);
    // One line when the broker went, one when it was back.
    expect(daemon.log().filter(({ msg }) => String(msg).includes("broker"))).toHaveLength(2);

    camera.play();
    await expect.poll(() => site.door.count("opened"), { timeout: 60_000 }).toBe(1);
    const acked = (await grants()).filter(({ outcome }) => outcome?.actuation === "acked");
    expect(acked).toHaveLength(1);
    expect(acked[0]?.record.at).toBeGreaterThan(restarted);
    camera.pause();
    daemon.signal("SIGTERM");
    expect((await daemon.ended).code).toBe(0);
  }, 200_000);

  it("ends at once at the second Ctrl-C, and leaves nothing running", async () => {
    await using daemon = site.startDaemon();
    await expect.poll(() => camera.clients, ready).toBe(1);
    const children = childrenOf(daemon.pid);
    expect(children.length).toBeGreaterThan(0);
    daemon.signal("SIGINT");
    daemon.signal("SIGINT");
    expect([0, 130]).toContain((await daemon.ended).code);
    await expect.poll(() => children.filter(({ pid }) => isAlive(pid)), { timeout: 10_000 }).toEqual([]);
  });
});
