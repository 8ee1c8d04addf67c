import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openSession } from "#adapters/mqtt/session";
import { openOutsider } from "../fixtures/outsider.js";
import { judge, openSafetyRig, type PeerKind, type SafetyRig } from "../fixtures/safety-rig.js";
import { heldUp, storm } from "../fixtures/safety-storm.js";
import { until } from "../fixtures/until.js";

/** Every way a message can be kept, lost, doubled or held up between a decision and a lock: none opens it late, or twice. */

const opened: AsyncDisposable[] = [];
const rigOf = async (kind: PeerKind, seed = 1): Promise<SafetyRig> => {
  const rig = await openSafetyRig(kind, seed);
  opened.push(rig);
  await rig.ready();
  return rig;
};
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part[Symbol.asyncDispose]();
});
const pause = (ms: number): Promise<void> => systemClock.sleep(ms);
/** Long enough for anything that was kept somewhere to come out. */
const SETTLE_MS = 1000;
const NOTHING_WRONG = { stale: 0, double: 0 };

/** Opens once more, so that a silent peer is not taken for a safe one. */
async function stillOpens(rig: SafetyRig): Promise<void> {
  await rig.ready();
  const before = (await rig.verdict()).opened;
  expect(await rig.ask()).toMatchObject({ actuation: "acked" });
  expect(await rig.verdict()).toMatchObject({ ...NOTHING_WRONG, opened: before + 1 });
}

it("the judge tells stale and double openings from good ones", () => {
  const asks = [{ fromMs: 1000, untilMs: 4000 }];
  expect(judge(asks, [1010])).toEqual({ opened: 1, stale: 0, double: 0 });
  expect(judge(asks, [1010, 1020])).toEqual({ opened: 2, stale: 0, double: 1 });
  expect(judge(asks, [9000])).toEqual({ opened: 1, stale: 1, double: 0 });
  expect(judge([], [5])).toEqual({ opened: 1, stale: 1, double: 0 });
});

describe.each<PeerKind>(["limen_native", "tasmota"])("nothing opens late or twice: %s", (kind) => {
  it("broker down while people are recognised (3 s here, 60 s in test/long)", async () => {
    const rig = await rigOf(kind);
    await rig.broker.stop("SIGKILL");
    for (let i = 0; i < 12; i++) {
      expect((await rig.ask()).actuation).not.toBe("acked");
      await pause(250);
    }
    await rig.broker.restart();
    await rig.ready();
    await pause(SETTLE_MS);
    expect(await rig.verdict()).toEqual({ ...NOTHING_WRONG, opened: 0 });
    await stillOpens(rig);
  });

  it("broker killed between the publish and the answer", async () => {
    const rig = await rigOf(kind);
    // The controller's answer is held up, so that the broker dies with the command delivered and the answer under way.
    rig.controllerLink.become({ kind: "delay", ms: 300 });
    const asked = rig.ask();
    await pause(100);
    await rig.broker.stop("SIGKILL");
    expect((await asked).actuation).not.toBe("acked");
    rig.controllerLink.become({ kind: "pass" });
    await rig.broker.restart();
    await rig.ready();
    await pause(SETTLE_MS);
    const verdict = await rig.verdict();
    expect(verdict).toMatchObject(NOTHING_WRONG);
    expect(verdict.opened).toBeLessThanOrEqual(1);
    await stillOpens(rig);
  });

  it.each(["to_target", "from_target"] as const)("Limen's link half-open, %s lost", async (lost) => {
    const rig = await rigOf(kind);
    rig.gatewayLink.become({ kind: "half_open", lost });
    expect((await rig.ask()).actuation).not.toBe("acked");
    await pause(500);
    rig.gatewayLink.become({ kind: "pass" });
    rig.gatewayLink.cut();
    await until("the cut is noticed", () => !rig.connection.isOnline(), 10_000);
    await rig.ready();
    await pause(SETTLE_MS);
    expect(await rig.verdict()).toMatchObject(NOTHING_WRONG);
  });

  it("the controller's link half-open: nothing is kept for it", async () => {
    const rig = await rigOf(kind);
    rig.controllerLink.become({ kind: "blackhole" });
    expect((await rig.ask()).actuation).not.toBe("acked");
    rig.controllerLink.become({ kind: "pass" });
    rig.controllerLink.cut();
    await pause(SETTLE_MS);
    await rig.ready();
    expect(await rig.verdict()).toEqual({ ...NOTHING_WRONG, opened: 0 });
  });

  it("reset in the middle of the command", async () => {
    const rig = await rigOf(kind);
    rig.gatewayLink.resetInNextChunk();
    expect((await rig.ask()).actuation).not.toBe("acked");
    await pause(SETTLE_MS);
    expect(await rig.verdict()).toEqual({ ...NOTHING_WRONG, opened: 0 });
    await stillOpens(rig);
  });

  it("the command a byte at a time", async () => {
    const rig = await rigOf(kind);
    rig.gatewayLink.become({ kind: "trickle", everyMs: 1 });
    await rig.ask();
    await pause(SETTLE_MS);
    expect(await rig.verdict()).toMatchObject(NOTHING_WRONG);
  });

  it("Limen leaves nothing on the broker that a later subscriber would be given", async () => {
    const rig = await rigOf(kind);
    expect(await rig.ask()).toMatchObject({ actuation: "acked" });
    const late = await openOutsider(rig.broker);
    opened.push(late);
    await pause(300);
    expect(late.heard.filter(({ topic }) => topic === rig.commandTopic)).toEqual([]);
  });

  it("a random campaign: outages, cuts, half-open links, resets, kills (more seeds in test/long)", async () => {
    const rig = await rigOf(kind, 1);
    await storm(rig, 1, 4);
    await pause(SETTLE_MS);
    expect(await rig.verdict()).toMatchObject(NOTHING_WRONG);
    await stillOpens(rig);
  });
});

describe("bytes that are late: only a controller that checks the time can refuse them", () => {
  it("limen_native, each chunk 0 to 6 s late, 3 seeds (0 to 60 s in test/long)", async () => {
    await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const rig = await rigOf("limen_native", seed);
        await heldUp(rig, 6000);
        await pause(SETTLE_MS);
        expect({ seed, ...(await rig.verdict()) }).toMatchObject({ seed, ...NOTHING_WRONG });
        await stillOpens(rig);
      }),
    );
  });
});

it("QoS 1 redelivery and a retained copy: a native command that was acted on is never acted on again", async () => {
  const rig = await rigOf("limen_native");
  const outsider = await openOutsider(rig.broker);
  opened.push(outsider);
  expect(await rig.ask()).toMatchObject({ actuation: "acked" });
  await until("the copy is there", () => outsider.on(rig.commandTopic).length > 0, 5000);
  const copy = outsider.on(rig.commandTopic)[0]?.payload ?? "";
  for (let i = 0; i < 3; i++) await outsider.say(rig.commandTopic, copy, { qos: 1 });
  await outsider.say(rig.commandTopic, copy, { qos: 1, retain: true });
  // The controller comes back and finds the retained one waiting.
  rig.controllerLink.cut();
  await pause(SETTLE_MS);
  await rig.ready();
  expect(await rig.verdict()).toEqual({ ...NOTHING_WRONG, opened: 1 });
});

it("one session is one connection: what was published on it fails when it goes, and is not sent on the next", async () => {
  const rig = await rigOf("limen_native");
  const [user] = rig.broker.users;
  const url = new URL(`mqtt://127.0.0.1:${rig.gatewayLink.port}`);
  const session = await openSession(
    { url, ...user, clientId: "one" },
    url.host,
    () => {},
    new AbortController().signal,
  );
  rig.gatewayLink.become({ kind: "blackhole" });
  const outsider = await openOutsider(rig.broker);
  opened.push(outsider);
  const published = session.publish("left/behind", "x", { qos: 1, retain: false });
  const refused = expect(published).rejects.toThrow();
  await pause(200);
  rig.gatewayLink.become({ kind: "pass" });
  rig.gatewayLink.cut();
  await refused;
  await session.closed;
  await rig.ready();
  await pause(SETTLE_MS);
  expect(outsider.on("left/behind")).toEqual([]);
});
