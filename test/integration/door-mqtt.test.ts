import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { signCommand } from "#adapters/doors/command";
import { disposeAfterEach } from "../fixtures/dispose-after-each.js";
import { type DoorRig, grantNow, NO_SIGNAL, openDoorRig, type RigOptions } from "../fixtures/door-rig.js";
import { type Outsider, openOutsider } from "../fixtures/outsider.js";
import { openTcpProxy, type TcpProxy } from "../fixtures/tcp-proxy.js";
import { until } from "../fixtures/until.js";

const later = disposeAfterEach();
const rigOf = async (options?: RigOptions): Promise<DoorRig> => later(await openDoorRig(options));
const pause = (ms: number): Promise<void> => systemClock.sleep(ms);
const openings = async (rig: DoorRig) => (await rig.ledger()).filter(({ event }) => event === "opened");

/** A rig whose gateway reaches the broker through a proxy. */
async function rigBehindProxy(options: RigOptions = {}): Promise<{ rig: DoorRig; proxy: TcpProxy }> {
  let proxy: TcpProxy | undefined;
  const rig = await openDoorRig({
    ...options,
    gatewayPort: async (port) => {
      proxy = await openTcpProxy(port, 7);
      return proxy.port;
    },
  });
  if (proxy === undefined) throw new Error("no proxy was made");
  later(proxy);
  return { rig: later(rig), proxy };
}

describe("a native door behind a real broker", () => {
  it("opens once for a grant, acks it, and relocks by itself", async () => {
    const rig = await rigOf();
    await rig.ready();
    const stop = new AbortController();
    const reports: string[] = [];
    const reading = (async () => {
      for await (const { kind } of rig.door.feedback(stop.signal)) reports.push(kind);
    })();
    const ack = await rig.door.open(grantNow(), NO_SIGNAL);
    expect(ack).toMatchObject({ actuation: "acked", why: "ok" });
    await until("the door has relocked", () => rig.program().count("relocked") === 1, 5000);
    const [opening, relocking] = (await rig.ledger()).filter(({ event }) => event === "opened" || event === "relocked");
    expect(opening).toMatchObject({ event: "opened", id: ack.commandId, pulse_ms: 400 });
    expect(relocking).toMatchObject({ event: "relocked", id: ack.commandId });
    expect((relocking?.at ?? 0) - (opening?.at ?? 0)).toBeGreaterThanOrEqual(399);
    // One boot, one monotonic clock: the lock moved after the command left and before its ack came.
    expect(opening?.at).toBeGreaterThan(ack.sentAtMs ?? Number.POSITIVE_INFINITY);
    expect(opening?.at).toBeLessThan(ack.ackedAtMs ?? 0);
    await until("the gateway heard of it", () => reports.includes("relocked"), 5000);
    stop.abort();
    await reading;
  });

  it("opens again with the nonce of the ack, and says busy while the lock is released", async () => {
    const rig = await rigOf({ pulseMs: 600 });
    await rig.ready();
    expect(await rig.door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "acked" });
    expect(await rig.door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "refused", why: "busy" });
    await until("the door has relocked", () => rig.program().count("relocked") === 1, 5000);
    expect(await rig.door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "acked" });
    expect(await openings(rig)).toHaveLength(2);
  });

  it("starts without a broker, refuses at once, and works by itself once the broker is there", async () => {
    const rig = await rigOf({ brokerUp: false });
    const startedMs = systemClock.monotonicMs();
    expect(await rig.door.open(grantNow(), NO_SIGNAL)).toMatchObject({
      actuation: "controller_offline",
      why: "broker_offline",
    });
    expect(systemClock.monotonicMs() - startedMs).toBeLessThan(500);
    await until("the outage is known", () => rig.logger.lines.length > 0, 5000);
    expect(rig.connection.fault()).toMatchObject({ code: "LIMEN_BROKER_OFFLINE" });
    await rig.broker.restart();
    await rig.startController();
    await rig.ready();
    expect(await rig.door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "acked" });
  });

  it("logs an outage once and its end once", async () => {
    const rig = await rigOf();
    await rig.ready();
    const before = rig.logger.lines.length;
    await rig.broker.stop("SIGKILL");
    await pause(4000);
    await rig.broker.restart();
    await rig.ready();
    const lines = rig.logger.lines.slice(before).filter(({ fields }) => fields["connection"] === "control");
    expect(lines.map(({ level }) => level)).toEqual(["warn", "info"]);
  });
});

describe("after a broken connection nothing opens late", () => {
  it("what was asked for while the broker was dead is gone for good", async () => {
    const rig = await rigOf();
    await rig.ready();
    await rig.broker.stop("SIGKILL");
    const answers = [];
    for (let i = 0; i < 20; i++) {
      answers.push(await rig.door.open(grantNow(), NO_SIGNAL));
      await pause(50);
    }
    expect(answers.every(({ actuation }) => actuation !== "acked")).toBe(true);
    await rig.broker.restart();
    await rig.ready();
    await pause(1500);
    expect(await openings(rig)).toEqual([]);
    expect(await rig.door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "acked" });
    expect(await openings(rig)).toHaveLength(1);
  });

  it("a broker killed around a command leaves no opening that was not asked for, over 5 kills", async () => {
    const rig = await rigOf({ pulseMs: 50 });
    const acked = new Set<string | null>();
    const asked = new Set<string | null>();
    for (let round = 0; round < 5; round++) {
      await rig.ready();
      const opening = rig.door.open(grantNow(), NO_SIGNAL);
      // Before, during or after the exchange, which takes a few ms.
      if (round % 4 > 0) await pause(round % 4);
      const killed = rig.broker.stop("SIGKILL");
      const ack = await opening;
      asked.add(ack.commandId);
      if (ack.actuation === "acked") acked.add(ack.commandId);
      await killed;
      // What had reached the controller before that may still be on its way into the lock, and into its ledger.
      await pause(300);
      const known = (await openings(rig)).length;
      await rig.broker.restart();
      await rig.ready();
      await pause(200);
      // Nothing that was under way when the broker died moves the lock after it is back.
      expect(await openings(rig)).toHaveLength(known);
    }
    const ids = (await openings(rig)).map(({ id }) => id ?? null);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(asked).toContain(id);
    for (const id of acked) expect(ids).toContain(id);
  });

  it("a link that swallows bytes loses the command for ever", async () => {
    const { rig, proxy } = await rigBehindProxy();
    await rig.ready();
    proxy.become({ kind: "blackhole" });
    expect(rig.connection.isOnline()).toBe(true);
    const ack = await rig.door.open(grantNow(), NO_SIGNAL);
    expect(ack).toMatchObject({ actuation: "failed", why: "no_ack" });
    // The keepalive finds out within 1.5 × 10 s that nobody answers.
    await until("the dead link is noticed", () => !rig.connection.isOnline(), 20_000);
    expect(rig.door.health()).toMatchObject({ broker: "offline", controller: "unknown" });
    proxy.become({ kind: "pass" });
    await rig.ready();
    await pause(1000);
    expect(await openings(rig)).toEqual([]);
    expect(await rig.door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "acked" });
  });

  it("a command held up for 4 s on the way is refused as expired, and its late answer is ignored", async () => {
    const { rig, proxy } = await rigBehindProxy();
    await rig.ready();
    proxy.become({ kind: "delay", ms: 4000 });
    const ack = await rig.door.open(grantNow(), NO_SIGNAL);
    expect(ack).toMatchObject({ actuation: "failed", why: "no_ack" });
    await until("the controller has refused", () => rig.program().count("refused") === 1, 8000);
    expect(rig.program().events.find(({ event }) => event === "refused")).toMatchObject({
      id: ack.commandId,
      why: "expired",
    });
    await until("the late answer came", () => rig.metrics.of("limen_door_messages_ignored_total") > 0, 8000);
    expect(await openings(rig)).toEqual([]);
  });
});

describe("a controller believes only fresh commands signed for it", () => {
  const plant = async (
    rig: DoorRig,
    outsider: Outsider,
    changes: { key?: Uint8Array; exp?: number; nonce?: string } = {},
  ) => {
    const seen = outsider.on(rig.topics.hello).at(-1);
    const hello: { nonce: string } = JSON.parse(seen?.payload ?? "{}");
    const nonce = changes.nonce ?? hello.nonce;
    const now = Date.now();
    const exp = changes.exp ?? now + 3000;
    const body = {
      id: `planted-${Math.floor(now)}`,
      ctl: "front",
      act: "pulse",
      pulse_ms: 300,
      iat: now,
      exp,
      seq: 1,
      nonce,
      decision: "d",
    } as const;
    return signCommand(body, rig.topics.command, { keyId: "front-1", key: changes.key ?? rig.key });
  };
  const withOutsider = async () => {
    const rig = await rigOf({ pulseMs: 100 });
    const outsider = later(await openOutsider(rig.broker));
    await rig.ready();
    await outsider.say(rig.topics.helloRequest, "{}");
    await until("the outsider saw a hello", () => outsider.on(rig.topics.hello).length > 0, 5000);
    // An earlier hello may have been that one; by now the newest is everywhere.
    await pause(300);
    return { rig, outsider };
  };

  it("a command planted as a retained message never opens, live or at the next connect", async () => {
    const { rig, outsider } = await withOutsider();
    await outsider.say(rig.topics.command, await plant(rig, outsider), { retain: true });
    await until("the live one was dropped", () => rig.program().count("dropped") === 1, 5000);
    await rig.program().kill("SIGTERM");
    await rig.startController();
    await until("the stored one was dropped", () => rig.program().count("dropped") === 1, 5000);
    expect(rig.program().events.filter(({ event }) => event === "dropped")).toMatchObject([{ why: "retained" }]);
    expect(await openings(rig)).toEqual([]);
  });

  it("the same command twice opens once", async () => {
    const { rig, outsider } = await withOutsider();
    const before = outsider.on(rig.topics.command).length;
    expect(await rig.door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "acked" });
    await until("the outsider has the command", () => outsider.on(rig.topics.command).length > before, 5000);
    const copy = outsider.on(rig.topics.command).at(-1)?.payload ?? "";
    for (let i = 0; i < 5; i++) await outsider.say(rig.topics.command, copy);
    await until("all copies were refused", () => rig.program().count("refused") === 5, 5000);
    expect(rig.program().events.filter(({ event }) => event === "refused")).toMatchObject(
      Array(5).fill({ why: "bad_nonce" }),
    );
    expect(await openings(rig)).toHaveLength(1);
    // A replay disturbs nothing: the next command still opens.
    await until("the door has relocked", () => rig.program().count("relocked") === 1, 5000);
    expect(await rig.door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "acked" });
  });

  it("a wrong key, an expired command and a foreign nonce open nothing", async () => {
    const { rig, outsider } = await withOutsider();
    await outsider.say(rig.topics.command, await plant(rig, outsider, { key: new Uint8Array(randomBytes(32)) }));
    await outsider.say(rig.topics.command, await plant(rig, outsider, { nonce: "AAAAAAAAAAAAAAAAAAAAAA" }));
    await outsider.say(rig.topics.command, await plant(rig, outsider, { exp: Date.now() - 1 }));
    await outsider.say(rig.topics.command, "open sesame");
    await until(
      "all four were judged",
      () => rig.program().count("dropped") + rig.program().count("refused") === 4,
      5000,
    );
    expect(rig.program().events.flatMap(({ why }) => why ?? [])).toEqual([
      "not_ours",
      "bad_nonce",
      "expired",
      "not_ours",
    ]);
    expect(await openings(rig)).toEqual([]);
  });

  it("answers nobody signed are counted and believed by nobody", async () => {
    const { rig, outsider } = await withOutsider();
    const ignoredBefore = rig.metrics.of("limen_door_messages_ignored_total");
    await rig.program().kill("SIGKILL");
    await rig.startController({ key: randomBytes(32).toString("base64url") });
    await until("the impostor is there", () => rig.door.health().controller === "online", 5000);
    expect(await rig.door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "failed", why: "no_ack" });
    await outsider.say(rig.topics.ack, JSON.stringify({ v: 1, kid: "front-1", body: "e30", sig: "AAAA" }));
    await until("it was counted", () => rig.metrics.of("limen_door_messages_ignored_total") > ignoredBefore, 5000);
    expect(await openings(rig)).toEqual([]);
  });
});

describe("who is away is known", () => {
  it("a killed controller is offline by its last will, and nothing is sent to it", async () => {
    const rig = await rigOf();
    await rig.ready();
    await rig.program().kill("SIGKILL");
    await until("the will was heard", () => rig.door.health().controller === "offline", 5000);
    expect(await rig.door.open(grantNow(), NO_SIGNAL)).toMatchObject({
      actuation: "controller_offline",
      why: "controller_offline",
      sentAtMs: null,
    });
    await rig.startController();
    await rig.ready();
    expect(await rig.door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "acked" });
  });

  it("a controller told to stop says so and ends with 0", async () => {
    const rig = await rigOf();
    await rig.ready();
    expect(await rig.program().kill("SIGTERM")).toBe(0);
    await until("its goodbye was heard", () => rig.door.health().controller === "offline", 5000);
    expect(rig.program().count("stopped")).toBe(1);
  });
});
