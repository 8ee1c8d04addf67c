import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { childrenOf, isAlive } from "../fixtures/child-processes";
import { openSite, type TestSite, visitorsClip } from "../fixtures/site";
import { openStagedCamera, type StagedCamera, showUntil } from "../fixtures/staged-camera";

let stage: StagedCamera;
let site: TestSite;

beforeAll(async () => {
  const { file, timeline } = await visitorsClip();
  // Between Ada and the stranger.
  stage = await openStagedCamera({ file, fps: 20, rests: timeline.visits.slice(0, 1).map(({ endFrame }) => endFrame) });
  site = await openSite(stage.camera.url);
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const ready = { timeout: 30_000, interval: 300 };
const grants = async () => (await site.decisions()).filter(({ record }) => record.result === "grant");

describe("a daemon whose broker is away", () => {
  it("starts, says so, opens nothing, and opens nothing late when the broker is back", async () => {
    await site.broker.stop("SIGKILL");
    await using daemon = site.startDaemon();
    await expect.poll(() => stage.camera.clients, ready).toBe(1);
    await expect.poll(async () => (await site.status())?.broker, ready).toBe("offline");
    expect((await site.status())?.problems.join()).toContain("no door can open");

    const inVain = await showUntil(stage, grants, (all) => all.length > 0);
    expect(inVain.map(({ outcome }) => outcome?.actuation)).toEqual(["controller_offline"]);

    const restarted = Date.now();
    await site.broker.restart();
    await expect.poll(async () => (await site.status())?.problems, ready).toEqual([]);
    await delay(4000);
    expect(site.door.count("opened")).toBe(0);
    // One line when the broker went, one when it was back.
    expect(daemon.log().filter(({ msg }) => String(msg).includes("broker"))).toHaveLength(2);

    const goesOn = stage.act();
    await expect.poll(() => site.door.count("opened"), { timeout: 60_000 }).toBe(1);
    const acked = (await grants()).filter(({ outcome }) => outcome?.actuation === "acked");
    expect(acked).toHaveLength(1);
    expect(acked[0]?.record.at).toBeGreaterThan(restarted);
    await goesOn;
    daemon.signal("SIGTERM");
    expect((await daemon.ended).code).toBe(0);
  }, 200_000);

  it("ends at once at the second Ctrl-C, and leaves nothing running", async () => {
    await using daemon = site.startDaemon();
    await expect.poll(() => stage.camera.clients, ready).toBe(1);
    const children = childrenOf(daemon.pid);
    expect(children.length).toBeGreaterThan(0);
    daemon.signal("SIGINT");
    daemon.signal("SIGINT");
    expect([0, 130]).toContain((await daemon.ended).code);
    await expect.poll(() => children.filter(({ pid }) => isAlive(pid)), { timeout: 10_000 }).toEqual([]);
  });
});
