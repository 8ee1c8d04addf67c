import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMqttDoor } from "#adapters/doors/mqtt-door";
import type { DoorProfile } from "#adapters/doors/profile";
import { tasmotaProfile } from "#adapters/doors/profiles/tasmota";
import { type Grant, issueGrant } from "#core/grant";
import { FakeClock, flush } from "../../../fakes/fake-clock.js";
import { FakeTransport } from "../../../fakes/fake-transport.js";
import { RecordingLogger, RecordingMetrics } from "../../../fakes/quiet.js";

const noSignal = new AbortController().signal;
const power = "cmnd/gate/POWER1";
const result = "stat/gate/RESULT";
const lwt = "tele/gate/LWT";
const tasmota = tasmotaProfile({ topic: "gate", relay: 1, pulseMs: 3000 });

let clock: FakeClock;
let transport: FakeTransport;
let logger: RecordingLogger;
let door: Awaited<ReturnType<typeof openMqttDoor>>;
let reports: string[];
let stop: AbortController;

const start = async (profile: DoorProfile = tasmota, pulseMs = 3000): Promise<void> => {
  door = await openMqttDoor({
    door: "front",
    profile,
    pulseMs,
    transport,
    clock,
    logger,
    metrics: new RecordingMetrics(),
    newId: () => "id-1",
  });
  stop = new AbortController();
  reports = [];
  void (async () => {
    for await (const { kind, id } of door.feedback(stop.signal)) reports.push(`${kind} ${id}`);
  })();
  await flush();
};
const grant = (ageMs = 0): Grant =>
  issueGrant({
    decisionId: "01KD",
    door: "front",
    personId: "p",
    evidenceAtMs: clock.monotonicMs() - ageMs,
    nowMs: clock.monotonicMs(),
    now: clock.now(),
  });
const orders = () => transport.sent.filter(({ topic, payload }) => topic === power && payload === "ON").length;
const open = async (ageMs = 0) => {
  const opening = door.open(grant(ageMs), noSignal);
  await flush();
  return opening;
};
const begin = async (ageMs = 0) => {
  const opening = door.open(grant(ageMs), noSignal);
  await flush();
  return { opening };
};

beforeEach(() => {
  clock = new FakeClock();
  transport = new FakeTransport();
  logger = new RecordingLogger();
});
afterEach(async () => {
  stop.abort();
  await door[Symbol.asyncDispose]();
  expect(transport.heard()).toBe(0);
});

describe("an order to a device", () => {
  beforeEach(async () => {
    await start();
    transport.deliver(lwt, "Online", true);
  });

  it("is sent once, acked by the device's word, and its relock is told under its id", async () => {
    const { opening } = await begin();
    transport.deliver(result, '{"POWER":"ON"}');
    expect(await opening).toMatchObject({ commandId: "id-1", actuation: "acked", why: "ok" });
    await clock.advance(1000);
    expect(orders()).toBe(1);
    transport.deliver(result, '{"POWER":"OFF"}');
    transport.deliver(result, '{"POWER":"OFF"}');
    await flush();
    expect(reports.filter((report) => report.startsWith("relocked"))).toEqual(["relocked id-1"]);
  });

  it("goes out once more after 500 ms without an answer, and never a third time", async () => {
    const { opening } = await begin();
    await clock.advance(499);
    expect(orders()).toBe(1);
    await clock.advance(1);
    expect(orders()).toBe(2);
    await clock.advance(1500);
    expect(await opening).toMatchObject({ actuation: "failed", why: "no_ack" });
    expect(orders()).toBe(2);
    // The broker has both: there is nothing to throw away.
    expect(transport.drops).toBe(0);
  });

  it("is not repeated where its pulse is so short that the copy would open the door a second time", async () => {
    stop.abort();
    await door[Symbol.asyncDispose]();
    await start(tasmota, 1000);
    transport.deliver(lwt, "Online", true);
    const opening = door.open(grant(), noSignal);
    await flush();
    await clock.advance(2000);
    expect(await opening).toMatchObject({ actuation: "failed", why: "no_ack" });
    expect(orders()).toBe(1);
  });

  it.each([
    ["the lock has moved", () => transport.deliver("tele/gate/STATE", '{"POWER":"ON"}')],
    ["the device has gone", () => transport.deliver(lwt, "Offline")],
    ["the link has become slow", () => (transport.quick = false)],
    ["it was told to relock", () => void door.relock?.(noSignal)],
  ])("is not repeated when %s", async (_, happens) => {
    const { opening } = await begin();
    happens();
    await clock.advance(600);
    await clock.advance(2000);
    expect(await opening).toMatchObject({ actuation: "failed", why: "no_ack" });
    expect(orders()).toBe(1);
  });

  it("is not repeated when the grant is over before", async () => {
    const { opening } = await begin(2600);
    await clock.advance(400);
    expect(await opening).toMatchObject({ actuation: "failed", why: "no_ack" });
    await clock.advance(200);
    expect(orders()).toBe(1);
  });

  it("is not sent over a link that does not answer now", async () => {
    transport.quick = false;
    expect(await open()).toMatchObject({ commandId: null, actuation: "controller_offline", why: "broker_slow" });
    expect(orders()).toBe(0);
  });

  it("is not sent when the proof of the link took the grant's life", async () => {
    transport.quick = async (withinMs) => {
      await clock.sleep(withinMs);
      return true;
    };
    const { opening } = await begin(2900);
    await clock.advance(100);
    expect(await opening).toMatchObject({ commandId: null, actuation: "expired" });
    expect(orders()).toBe(0);
  });

  it("dies with its connection when not even the broker answered", async () => {
    let proofs = 0;
    transport.quick = async () => ++proofs === 1;
    const { opening } = await begin();
    await clock.advance(2000);
    expect(await opening).toMatchObject({ actuation: "failed", why: "no_ack" });
    expect(transport.drops).toBe(1);
    expect(orders()).toBe(1);
  });

  it("fails with the connection, and what the device said before counts no more", async () => {
    const { opening } = await begin();
    transport.become(false);
    expect(await opening).toMatchObject({ actuation: "failed", why: "connection_lost" });
    transport.become(true);
    expect(await open()).toMatchObject({ actuation: "controller_offline", why: "controller_offline" });
    expect(transport.drops).toBe(0);
  });

  it("can be ended early", async () => {
    expect(await door.relock?.(noSignal)).toBe(true);
    expect(transport.sent.at(-1)).toMatchObject({ topic: power, payload: "OFF" });
    transport.become(false);
    expect(await door.relock?.(noSignal)).toBe(false);
  });
});

describe("how a device is set up", () => {
  it("is asked whenever it comes, and unknown until it has answered", async () => {
    await start();
    expect(transport.sent).toEqual([]);
    transport.deliver(lwt, "Online", true);
    expect(transport.sent.map(({ topic }) => topic)).toEqual(["cmnd/gate/PulseTime1", "cmnd/gate/PowerOnState"]);
    expect(door.health().concerns).toEqual(["setup_unanswered"]);
    transport.deliver(result, '{"PulseTime1":{"Set":30,"Remaining":0}}');
    expect(door.health().concerns).toEqual([]);
    transport.become(false);
    transport.become(true);
    transport.deliver(lwt, "Online", true);
    expect(door.health().concerns).toEqual(["setup_unanswered"]);
    expect(transport.sent).toHaveLength(4);
  });

  it("is logged once when something is wrong, however often the broker goes, and once when it is right", async () => {
    await start();
    for (let i = 0; i < 3; i++) {
      transport.deliver(lwt, "Online", true);
      transport.deliver(result, '{"PulseTime1":{"Set":0}}');
      transport.become(false);
      transport.become(true);
    }
    const about = () => logger.lines.map(({ level, fields }) => `${level} ${fields["concern"]}`);
    expect(about()).toEqual(["warn no_pulse"]);
    transport.deliver(lwt, "Online", true);
    transport.deliver(result, '{"PulseTime1":{"Set":30}}');
    await clock.advance(20_000);
    expect(about()).toEqual(["warn no_pulse", "info no_pulse"]);
  });

  it("tells of a retained order until it is taken away, and touches it not", async () => {
    await start();
    expect(transport.listening.get(power)).toEqual({ skipRetained: false, noLocal: true });
    transport.deliver(power, "ON", true);
    transport.deliver(lwt, "Online", true);
    expect(door.health().concerns).toContain("retained_command");
    transport.deliver(power, "ON", false);
    expect(door.health().concerns).toContain("retained_command");
    transport.deliver(power, "", true);
    expect(door.health().concerns).not.toContain("retained_command");
    expect(orders()).toBe(0);
  });
});

it("a device that never answers ends as sent, once the broker has the order, and is asked for nothing twice", async () => {
  await start({ ...tasmota, acks: false });
  transport.deliver(lwt, "Online", true);
  expect(door.health().concerns).toContain("no_acks");
  expect(await open()).toMatchObject({ commandId: "id-1", actuation: "sent", why: "never_acks", ackedAtMs: null });
  await clock.advance(3000);
  expect(orders()).toBe(1);
});

it("a device without a word for being there is there while the broker is", async () => {
  await start({ ...tasmota, saysAvailability: false });
  expect(door.health().controller).toBe("online");
  transport.become(false);
  expect(door.health().controller).toBe("unknown");
});
