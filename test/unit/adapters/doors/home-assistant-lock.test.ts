import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openHomeAssistantLock } from "#adapters/doors/home-assistant-lock";
import type { DoorController, DoorFeedback } from "#ports/door-controller";
import { RecordingLogger } from "../../../fakes/quiet.js";
import { grantNow, NO_SIGNAL } from "../../../fixtures/door-rig.js";
import { ENTITY, type HomeAssistantPeer, openHomeAssistantPeer, TOKEN } from "../../../fixtures/home-assistant-peer.js";
import { until } from "../../../fixtures/until.js";

let peer: HomeAssistantPeer;
let logger: RecordingLogger;
let doors: AsyncDisposable[];
beforeEach(async () => {
  peer = await openHomeAssistantPeer(300);
  logger = new RecordingLogger();
  doors = [];
});
afterEach(async () => {
  for (const door of doors) await door[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
});

async function openLock(given: { url?: string; token?: string; pulseChecked?: boolean; action?: "open" } = {}) {
  const door = await openHomeAssistantLock({
    door: "front",
    url: given.url ?? peer.url,
    token: () => given.token ?? TOKEN,
    entity: ENTITY,
    action: given.action ?? "unlock",
    pulseChecked: given.pulseChecked ?? true,
    clock: systemClock,
    logger,
    newId: () => "order-1",
  });
  doors.push(door);
  return door;
}
const NEVER = (): void => {};
/** A grant with a second left. */
const brief = () => grantNow(2000);

async function heardDuring(door: DoorController, work: () => Promise<unknown>, last: DoorFeedback["kind"]) {
  const stop = new AbortController();
  const heard: DoorFeedback[] = [];
  const reading = (async () => {
    for await (const item of door.feedback(stop.signal)) heard.push(item);
  })();
  await work();
  await until(`${last} was heard`, () => heard.some(({ kind }) => kind === last), 10_000);
  stop.abort();
  await reading;
  return heard;
}

describe("a lock of Home Assistant's", () => {
  it("is told by one request, with the token and its own name", async () => {
    const door = await openLock();
    expect(await door.open(grantNow(), NO_SIGNAL)).toMatchObject({
      commandId: "order-1",
      actuation: "acked",
      why: "ok",
    });
    expect(peer.orders()).toHaveLength(1);
    expect(peer.orders()[0]).toMatchObject({
      method: "POST",
      path: "/api/services/lock/unlock",
      text: '{"entity_id":"lock.front_door"}',
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    });
  });

  it("calls the other service where the latch is to be pulled", async () => {
    const door = await openLock({ action: "open" });
    await door.open(grantNow(), NO_SIGNAL);
    expect(peer.orders().map(({ path }) => path)).toEqual(["/api/services/lock/open"]);
  });

  it("tells how it is, and which order it locks again after", async () => {
    const door = await openLock();
    const heard = await heardDuring(door, () => door.open(grantNow(), NO_SIGNAL), "relocked");
    expect(heard.map(({ kind, id }) => [kind, id])).toEqual([
      ["lock", null],
      ["lock", null],
      ["relocked", "order-1"],
    ]);
  });

  it("locks early", async () => {
    const door = await openLock();
    await door.open(grantNow(), NO_SIGNAL);
    expect(await door.relock?.(NO_SIGNAL)).toBe(true);
    expect(peer.state).toBe("locked");
  });

  it("waits for the lock itself, not for the answer to the order", async () => {
    const door = await openLock();
    peer.order = () => {
      setTimeout(() => (peer.state = "unlocking"), 100);
      setTimeout(() => (peer.state = "open"), 500);
    };
    const ack = await door.open(grantNow(), NO_SIGNAL);
    expect(ack).toMatchObject({ actuation: "acked", why: "ok" });
    expect((ack.ackedAtMs ?? 0) - (ack.sentAtMs ?? 0)).toBeGreaterThanOrEqual(490);
  });

  it.each([
    ["that never answers is not asked twice", NEVER, "failed", "no_ack"],
    ["that answers without moving has not opened", { body: "[]" }, "failed", "not_unlocked"],
    ["that refuses the order", { status: 400, body: TOKEN }, "refused", "http_400"],
    ["that fails at it", { status: 500, body: "{" }, "failed", "http_500"],
    ["that answers with no JSON", { body: "<html>" }, "failed", "malformed"],
    ["that sends elsewhere", { status: 307, headers: { location: "/api/services/lock/open" } }, "failed", "http_307"],
    ["that breaks off", (response: { destroy(): void }) => response.destroy(), "failed", "und_err_socket"],
  ] as const)("one %s", async (_name, order, actuation, why) => {
    const door = await openLock();
    peer.order = order;
    expect(await door.open(brief(), NO_SIGNAL)).toMatchObject({
      commandId: "order-1",
      actuation,
      why,
      ackedAtMs: null,
    });
    expect(peer.orders()).toHaveLength(1);
  });

  it("one that is open already is told all the same, and has to answer", async () => {
    peer.state = "unlocked";
    const door = await openLock();
    expect(await door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "acked", why: "already_open" });
    peer.state = "unlocked";
    peer.order = NEVER;
    expect(await door.open(brief(), NO_SIGNAL)).toMatchObject({ actuation: "failed", why: "no_ack" });
  });

  it.each([
    ["is unavailable", (): unknown => (peer.state = "unavailable"), "controller_offline"],
    ["does not exist", (): unknown => (peer.question = { status: 404, body: "{}" }), "controller_offline"],
    ["is in a Home Assistant that fails", (): unknown => (peer.question = { status: 502 }), "home_assistant_offline"],
    ["is spoken of in no JSON", (): unknown => (peer.question = { body: "<html>" }), "home_assistant_offline"],
    ["is not spoken of in time", (): unknown => (peer.question = NEVER), "home_assistant_slow"],
    [
      "is answered for by another",
      (): unknown => (peer.question = { body: '{"entity_id":"lock.back","state":"locked"}' }),
      "home_assistant_offline",
    ],
  ] as const)("one that %s is told nothing", async (_name, make, why) => {
    const door = await openLock();
    make();
    expect(await door.open(grantNow(), NO_SIGNAL)).toEqual({
      commandId: null,
      actuation: "controller_offline",
      why,
      sentAtMs: null,
      ackedAtMs: null,
    });
    expect(peer.orders()).toEqual([]);
  });

  it("one whose Home Assistant does not run is told nothing", async () => {
    const nobody = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => nobody.once("listening", resolve));
    const address = nobody.address();
    await new Promise((resolve) => nobody.close(resolve));
    const door = await openLock({ url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}` });
    expect(door.health()).toMatchObject({ broker: "online", controller: "offline" });
    expect(await door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "controller_offline", sentAtMs: null });
  });

  it("lets no token be seen, wrong or right", async () => {
    const door = await openLock({ token: "wrong-and-secret" });
    const ack = await door.open(grantNow(), NO_SIGNAL);
    expect(ack).toMatchObject({ actuation: "controller_offline", why: "home_assistant_offline" });
    expect(peer.orders()).toEqual([]);
    expect(JSON.stringify([ack, logger.lines])).not.toContain("wrong-and-secret");
    await expect(openLock({ token: "two words" })).rejects.toSatisfy((error) => !String(error).includes("two words"));
  });

  it("gives up at once when the caller does", async () => {
    const door = await openLock();
    peer.order = NEVER;
    const stop = new AbortController();
    const acking = door.open(grantNow(), stop.signal);
    await until("the order has come", () => peer.orders().length === 1, 5000);
    stop.abort();
    expect(await acking).toMatchObject({ actuation: "failed", why: "stopped" });
  });

  it("is degraded until somebody has seen that it locks by itself", async () => {
    expect((await openLock({ pulseChecked: false })).health().concerns).toEqual(["setup_unanswered"]);
    expect((await openLock()).health().concerns).toEqual([]);
  });
});
