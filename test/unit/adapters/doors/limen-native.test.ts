import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommandBody } from "#adapters/doors/command";
import { openNativeDoor } from "#adapters/doors/limen-native";
import { controllerTopics } from "#adapters/mqtt/topics";
import { type Grant, issueGrant } from "#core/grant";
import { openCommand, sealAck } from "#demo/door/signature";
import type { DoorAck } from "#ports/door-controller";
import { FakeClock, flush } from "../../../fakes/fake-clock.js";
import { FakeTransport } from "../../../fakes/fake-transport.js";
import { RecordingLogger, RecordingMetrics } from "../../../fakes/quiet.js";

const key = new Uint8Array(32).fill(3);
const keyId = "k1";
const topics = controllerTopics("limen", "relay");
const noSignal = new AbortController().signal;

let clock: FakeClock;
let transport: FakeTransport;
let metrics: RecordingMetrics;
let logger: RecordingLogger;
let door: Awaited<ReturnType<typeof openNativeDoor>>;
let ids: number;

const open = (pulseMs = 3000) =>
  openNativeDoor({
    door: "front",
    controller: "relay",
    topics,
    key,
    keyId,
    pulseMs,
    transport,
    clock,
    logger,
    metrics,
    newId: () => `id-${++ids}`,
  });
const hello = (nonce: string, retain = false, pulseMaxMs = 5000): void =>
  transport.deliver(
    topics.hello,
    JSON.stringify({ v: 1, boot: "boot", nonce, fw: "t", pulse_max_ms: pulseMaxMs }),
    retain,
  );
const answer = (id: string, fields: Record<string, unknown> = {}): string =>
  sealAck(
    { id, ctl: "relay", st: "done", why: "ok", boot: "boot", next_nonce: "n-next", ...fields },
    topics.ack,
    keyId,
    key,
  );
const grant = (ageMs = 0): Grant =>
  issueGrant({
    decisionId: "01KD",
    door: "front",
    personId: "p",
    evidenceAtMs: clock.monotonicMs() - ageMs,
    nowMs: clock.monotonicMs(),
    now: clock.now(),
  });
const commands = () =>
  transport.sent.flatMap(({ topic, payload, expirySeconds }) => {
    const body = topic === topics.command ? openCommand(payload, topic, keyId, key) : null;
    return body === null ? [] : [{ ...body, expirySeconds } as Partial<CommandBody> & { expirySeconds: number }];
  });

beforeEach(async () => {
  clock = new FakeClock();
  transport = new FakeTransport();
  metrics = new RecordingMetrics();
  logger = new RecordingLogger();
  ids = 0;
  door = await open();
});
afterEach(async () => {
  await door[Symbol.asyncDispose]();
  expect(transport.heard()).toBe(0);
});

describe("a native door", () => {
  it("sends one command with the controller's nonce and the grant's own end", async () => {
    hello("n1");
    const given = grant(500);
    const opening = door.open(given, noSignal);
    expect(commands()).toEqual([
      {
        id: "id-1",
        ctl: "relay",
        act: "pulse",
        pulse_ms: 3000,
        iat: clock.now(),
        exp: given.expiresAt,
        seq: 1,
        nonce: "n1",
        decision: "01KD",
        expirySeconds: 2,
      },
    ]);
    const sentAtMs = clock.monotonicMs();
    await clock.advance(30);
    transport.deliver(topics.ack, answer("id-1"));
    expect(await opening).toEqual({
      commandId: "id-1",
      actuation: "acked",
      why: "ok",
      sentAtMs,
      ackedAtMs: sentAtMs + 30,
    });
  });

  it("asks for a hello until there is one, and sends nothing before", async () => {
    expect(await door.open(grant(), noSignal)).toMatchObject({
      actuation: "controller_offline",
      why: "no_hello",
      commandId: null,
    });
    await clock.advance(6500);
    expect(transport.sent.filter(({ topic }) => topic === topics.helloRequest).length).toBeGreaterThanOrEqual(2);
    hello("n1");
    const asked = transport.sent.length;
    await clock.advance(10_000);
    expect(transport.sent).toHaveLength(asked);
    expect(commands()).toEqual([]);
  });

  it("never uses a nonce twice, though the hello that brought it comes again", async () => {
    hello("n1");
    const opening = door.open(grant(), noSignal);
    hello("n1");
    transport.deliver(topics.ack, answer("id-1", { next_nonce: "n1" }));
    await opening;
    expect(await door.open(grant(), noSignal)).toMatchObject({ why: "no_hello" });
  });

  it("goes on with the nonce of the ack", async () => {
    hello("n1");
    for (const [id, nonce] of [
      ["id-1", "n2"],
      ["id-2", "n3"],
    ] as const) {
      const opening = door.open(grant(), noSignal);
      transport.deliver(topics.ack, answer(id, { next_nonce: nonce }));
      expect(await opening).toMatchObject({ actuation: "acked" });
    }
    expect(commands().map(({ nonce, seq }) => [nonce, seq])).toEqual([
      ["n1", 1],
      ["n2", 2],
    ]);
  });

  it("ignores what was retained on the hello and ack topics", async () => {
    hello("old", true);
    expect(await door.open(grant(), noSignal)).toMatchObject({ why: "no_hello" });
    hello("n1");
    const opening = door.open(grant(), noSignal);
    transport.deliver(topics.ack, answer("id-1"), true);
    await clock.advance(2000);
    expect(await opening).toMatchObject({ actuation: "failed", why: "no_ack" });
    expect(metrics.of("limen_door_messages_ignored_total")).toBe(2);
  });

  it("reports a refusal with the controller's word for it", async () => {
    hello("n1");
    const opening = door.open(grant(), noSignal);
    transport.deliver(topics.ack, answer("id-1", { st: "refused", why: "busy" }));
    expect(await opening).toMatchObject({ actuation: "refused", why: "busy" });
  });

  it("sends an unanswered command once more, under its id, with the nonce of a hello asked for then", async () => {
    hello("n1");
    const opening = door.open(grant(), noSignal);
    await clock.advance(500);
    expect(transport.sent.at(-1)?.topic).toBe(topics.helloRequest);
    hello("n2");
    await flush();
    expect(commands().map(({ id, nonce, seq }) => [id, nonce, seq])).toEqual([
      ["id-1", "n1", 1],
      ["id-1", "n2", 2],
    ]);
    expect(commands()[1]?.exp).toBe(commands()[0]?.exp);
    // The first copy comes late and is refused: the second is still on its way.
    transport.deliver(topics.ack, answer("id-1", { st: "refused", why: "bad_nonce", next_nonce: "n2" }));
    transport.deliver(topics.ack, answer("id-1", { why: "replay", next_nonce: "n3" }));
    expect(await opening).toMatchObject({ actuation: "acked", why: "replay" });
  });

  it("tries again at once when the nonce was wrong, and reports a second refusal", async () => {
    hello("n1");
    const opening = door.open(grant(), noSignal);
    transport.deliver(topics.ack, answer("id-1", { st: "refused", why: "bad_nonce", next_nonce: "n9" }));
    hello("n2");
    await flush();
    expect(commands()).toHaveLength(2);
    transport.deliver(topics.ack, answer("id-1", { st: "refused", why: "bad_nonce", next_nonce: "n10" }));
    expect(await opening).toMatchObject({ actuation: "refused", why: "bad_nonce" });
    await clock.advance(3000);
    expect(commands()).toHaveLength(2);
  });

  it("sends nothing again without a hello, and nothing to a controller that was started anew", async () => {
    hello("n1");
    const opening = door.open(grant(), noSignal);
    await clock.advance(500);
    transport.deliver(topics.hello, JSON.stringify({ v: 1, boot: "other", nonce: "n2", pulse_max_ms: 5000 }));
    await clock.advance(1500);
    expect(await opening).toMatchObject({ actuation: "failed", why: "no_ack" });
    expect(commands()).toHaveLength(1);
  });

  it.each([
    [0, 2000],
    [2400, 600],
  ])("waits for the ack of a grant %i ms old for %i ms, and ignores it afterwards", async (ageMs, waitMs) => {
    hello("n1");
    let ack: DoorAck | undefined;
    const opening = door.open(grant(ageMs), noSignal).then((value) => {
      ack = value;
    });
    await clock.advance(waitMs - 1);
    expect(ack).toBeUndefined();
    await clock.advance(1);
    await opening;
    expect(ack).toMatchObject({ commandId: "id-1", actuation: "failed", why: "no_ack", ackedAtMs: null });
    transport.deliver(topics.ack, answer("id-1", { next_nonce: "late" }));
    expect(metrics.of("limen_door_messages_ignored_total")).toBe(1);
    expect(commands()).toHaveLength(1);
    expect(await door.open(grant(), noSignal)).toMatchObject({ why: "no_hello" });
  });

  it("fails what is under way when the broker is lost, and forgets the nonce", async () => {
    hello("n1");
    const opening = door.open(grant(), noSignal);
    hello("n2");
    transport.become(false);
    expect(await opening).toMatchObject({ actuation: "failed", why: "connection_lost", ackedAtMs: null });
    expect(door.health()).toEqual({ broker: "offline", controller: "unknown", concerns: [] });
    expect(await door.open(grant(), noSignal)).toMatchObject({
      actuation: "controller_offline",
      why: "broker_offline",
    });
    transport.become(true);
    expect(await door.open(grant(), noSignal)).toMatchObject({ actuation: "controller_offline", why: "no_hello" });
    expect(commands()).toHaveLength(1);
    expect(transport.sent.at(-1)?.topic).toBe(topics.helloRequest);
  });

  it("says so when the connection would not take the command", async () => {
    hello("n1");
    transport.accepts = false;
    expect(await door.open(grant(), noSignal)).toMatchObject({
      actuation: "controller_offline",
      why: "broker_offline",
      sentAtMs: null,
    });
  });

  it("does not wait for a socket that never says it took the command", async () => {
    hello("n1");
    transport.accepts = "never";
    const opening = door.open(grant(), noSignal);
    await clock.advance(2000);
    expect(await opening).toMatchObject({ actuation: "failed", why: "no_ack" });
  });

  it("ends its wait when told to stop", async () => {
    hello("n1");
    const stop = new AbortController();
    const opening = door.open(grant(), stop.signal);
    stop.abort();
    expect(await opening).toMatchObject({ actuation: "failed", why: "stopped", commandId: "id-1" });
  });

  it("sends nothing to a controller whose will says offline", async () => {
    hello("n1");
    transport.deliver(topics.status, "offline", true);
    expect(await door.open(grant(), noSignal)).toMatchObject({
      actuation: "controller_offline",
      why: "controller_offline",
    });
    expect(door.health().controller).toBe("offline");
    transport.deliver(topics.status, "online", false);
    hello("n2");
    expect(door.health().controller).toBe("online");
  });

  it("does not let a wall clock set back lengthen a grant's life", async () => {
    hello("n1");
    const given = grant();
    clock.jumpWall(-3_600_000);
    void door.open(given, noSignal);
    expect(commands()[0]?.exp).toBe(clock.now() + 3000);
  });

  it("asks for no longer a pulse than the controller makes", async () => {
    hello("n1", false, 1000);
    void door.open(grant(), noSignal);
    expect(commands()[0]?.pulse_ms).toBe(1000);
  });

  it("warns once of each kind of message it does not believe, and counts them all", async () => {
    for (let i = 0; i < 50; i++) transport.deliver(topics.ack, "rubbish");
    await flush();
    expect(metrics.of("limen_door_messages_ignored_total")).toBe(50);
    expect(logger.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
  });

  it("tells of coming, going and relocking", async () => {
    const stop = new AbortController();
    const kinds: string[] = [];
    const reading = (async () => {
      for await (const { kind } of door.feedback(stop.signal)) kinds.push(kind);
    })();
    await flush();
    hello("n1");
    transport.deliver(topics.ack, answer("id-0", { st: "relocked" }));
    transport.deliver(topics.status, "offline");
    await flush();
    stop.abort();
    await reading;
    expect(kinds).toEqual(["online", "lock", "relocked", "offline"]);
  });

  it("passes on each press of the exit button once, if it is signed, and what relocked", async () => {
    const stop = new AbortController();
    const heard: string[] = [];
    const reading = (async () => {
      for await (const { kind, id } of door.feedback(stop.signal)) heard.push(`${kind} ${id}`);
    })();
    await flush();
    const press = answer("p1", { st: "request_to_exit", why: "button" });
    for (const message of [press, press, press.replace(/"sig":"./, '"sig":"-'), answer("p1", { st: "relocked" })])
      transport.deliver(topics.ack, message);
    transport.deliver(topics.ack, answer("p2", { st: "request_to_exit", why: "button" }), true);
    await flush();
    transport.deliver(topics.ack, answer("q", { st: "relocked" }));
    await flush();
    stop.abort();
    await reading;
    expect(heard).toEqual([...["lock p1", "request_to_exit p1", "lock p1", "relocked p1", "lock q", "relocked q"]]);
    expect(metrics.of("limen_door_messages_ignored_total")).toBe(3);
  });

  it("does not start with a key that is too short", async () => {
    await expect(openNativeDoor({ ...base(), key: new Uint8Array(31) })).rejects.toMatchObject({
      code: "LIMEN_CONFIG_SECRET",
    });
  });
});

function base() {
  return {
    door: "x",
    controller: "x",
    topics,
    key,
    keyId,
    pulseMs: 1,
    transport,
    clock,
    logger,
    metrics,
    newId: () => "x",
  };
}
