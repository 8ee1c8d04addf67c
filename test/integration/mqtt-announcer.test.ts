import { describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openMqttAnnouncer, statusWill } from "#adapters/mqtt/announcer";
import { type MqttConnection, openMqttConnection } from "#adapters/mqtt/connection";
import { controllerTopics } from "#adapters/mqtt/topics";
import { type Mosquitto, type MosquittoOptions, openMosquitto } from "#demo/broker";
import type { DoorCondition } from "#ports/announcer";
import { decisionRecord } from "../fakes/decision-records.js";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { disposeAfterEach, folderUntilLater } from "../fixtures/dispose-after-each.js";
import { openOutsider } from "../fixtures/outsider.js";
import { openTcpProxy } from "../fixtures/tcp-proxy.js";
import { until } from "../fixtures/until.js";

const later = disposeAfterEach();
const condition = (changes: Partial<DoorCondition> = {}): DoorCondition => ({
  ...{ availability: "online", mode: "normal", lock: "locked", contact: "shut", contactSince: null, alarm: null },
  concerns: [],
  ...changes,
});
const NONE = { actuation: "none", commandId: null, latencyMs: null } as const;
const ACKED = { actuation: "acked", commandId: "01KC", latencyMs: 640 } as const;

async function brokerOf(options: Partial<MosquittoOptions> = {}): Promise<Mosquitto> {
  const directory = await folderUntilLater(later, "limen-mqtt-");
  return later(await openMosquitto({ directory, ...options }));
}

async function connectionTo(broker: Mosquitto, changes: { password?: string; port?: number } = {}) {
  const logger = new RecordingLogger();
  const [{ username, password }] = broker.users;
  const connection = later(
    await openMqttConnection({
      url: `mqtt://127.0.0.1:${changes.port ?? broker.port}`,
      username,
      password: changes.password ?? password,
      clientId: "limen-test-telemetry",
      name: "telemetry",
      will: statusWill("limen"),
      clock: systemClock,
      logger,
    }),
  );
  return { connection, logger };
}

async function announcerOn(connection: MqttConnection, doors: readonly string[] = ["front"]) {
  const metrics = new RecordingMetrics();
  const announcer = await openMqttAnnouncer({
    connection,
    prefix: "limen",
    instance: "test",
    version: "0.0.1",
    doors: () => doors,
    readers: () => ["porch"],
    clock: systemClock,
    metrics,
  });
  return { announcer: later(announcer), metrics };
}

describe("announcing over a real broker", () => {
  it("says who is there, how the door is, and what was decided; only states are retained", async () => {
    const broker = await brokerOf();
    const outsider = later(await openOutsider(broker, "limen/#"));
    const { connection } = await connectionTo(broker);
    const { announcer, metrics } = await announcerOn(connection);
    announcer.door("front", condition());
    await until("the door's state is out", () => outsider.on("limen/door/front/state").length > 0, 5000);
    announcer.decision(decisionRecord(), NONE);
    announcer.decision(decisionRecord(), ACKED);
    await until("both are out", () => outsider.on("limen/decision").length === 2, 5000);
    await until("the state follows", () => outsider.on("limen/door/front/state").length === 2, 5000);
    expect(outsider.on("limen/decision").map(({ payload, retain }) => [JSON.parse(payload).actuated, retain])).toEqual([
      ["none", false],
      ["acked", false],
    ]);
    // Once a decision: an automation that hears "granted" must not hear it again with the ack.
    expect(
      outsider.on("limen/door/front/event").map(({ payload, retain }) => [JSON.parse(payload).event_type, retain]),
    ).toEqual([["granted", false]]);
    announcer.happened({ id: "01KE", at: systemClock.now(), door: "front", kind: "request_to_exit" });
    await until("the exit is out", () => outsider.on("limen/door/front/event").length === 2, 5000);
    const exit = outsider.on("limen/door/front/event")[1];
    expect([JSON.parse(exit?.payload ?? "").event_type, exit?.retain]).toEqual(["request_to_exit", false]);
    // rap: the subscriber sees the flag as it was published.
    const retained = outsider.heard.filter(({ retain }) => retain).map(({ topic }) => topic);
    expect(new Set(retained)).toEqual(
      new Set([
        "limen/status",
        "limen/info",
        "limen/door/front/availability",
        "limen/door/front/mode",
        "limen/door/front/lock",
        "limen/door/front/contact",
        "limen/door/front/state",
      ]),
    );
    expect(outsider.on("limen/status").map(({ payload }) => payload)).toEqual(["online"]);
    expect(JSON.parse(outsider.on("limen/info")[0]?.payload ?? "")).toMatchObject({
      v: 1,
      schema: "limen.mqtt/1",
      doors: ["front"],
      readers: ["porch"],
      degraded: [],
    });
    const degraded = () => outsider.on("limen/info").map(({ payload }) => JSON.parse(payload).degraded);
    announcer.door("front", condition({ concerns: ["no_pulse"] }));
    announcer.door("front", condition({ concerns: ["no_pulse", "no_acks"] }));
    announcer.door("front", condition());
    await until("the door is well set up again", () => outsider.on("limen/info").length === 3, 5000);
    expect(degraded()).toEqual([[], ["front"], []]);
    expect(JSON.parse(outsider.on("limen/door/front/state").at(-1)?.payload ?? "")).toMatchObject({
      mode: "normal",
      last_decision_id: decisionRecord().id,
    });
    expect(metrics.of("limen_announcements_dropped_total")).toBe(0);
  });

  it("drops and counts decisions while the broker is away, and tells states anew when it is back", async () => {
    const broker = await brokerOf();
    const { connection } = await connectionTo(broker);
    const { announcer, metrics } = await announcerOn(connection);
    await until("it is connected", () => connection.isOnline(), 5000);
    await broker.stop("SIGKILL");
    await until("the loss is known", () => !connection.isOnline(), 5000);
    for (let i = 0; i < 30; i++) announcer.decision(decisionRecord({ id: `missed-${i}` }), NONE);
    announcer.door("front", condition({ availability: "offline", mode: "locked_down" }));
    await until("all were counted", () => metrics.of("limen_announcements_dropped_total") === 60, 5000);
    await broker.restart();
    const outsider = later(await openOutsider(broker, "limen/#"));
    await until("the state is told", () => outsider.on("limen/door/front/mode").length > 0, 10_000);
    announcer.decision(decisionRecord({ id: "news" }), NONE);
    await until("news is told", () => outsider.on("limen/decision").length > 0, 5000);
    await systemClock.sleep(500);
    expect(outsider.on("limen/decision").map(({ payload }) => JSON.parse(payload).id)).toEqual(["news"]);
    expect(outsider.on("limen/door/front/availability").at(-1)?.payload).toBe("offline");
  });

  it("holds few decisions for a link that swallows them, and repeats none of them later", async () => {
    const broker = await brokerOf();
    const proxy = later(await openTcpProxy(broker.port, 11));
    const outsider = later(await openOutsider(broker, "limen/#"));
    const { connection } = await connectionTo(broker, { port: proxy.port });
    const { announcer, metrics } = await announcerOn(connection);
    await until("it is connected", () => outsider.on("limen/info").length > 0, 5000);
    proxy.become({ kind: "blackhole" });
    for (let i = 0; i < 100; i++) announcer.decision(decisionRecord({ id: `swallowed-${i}` }), NONE);
    // 200 messages, 64 of which may wait for the broker's word.
    await until("the rest was dropped at once", () => metrics.of("limen_announcements_dropped_total") === 136, 5000);
    proxy.become({ kind: "drop" });
    await until("all messages were counted", () => metrics.of("limen_announcements_dropped_total") === 200, 5000);
    proxy.become({ kind: "pass" });
    await until("it is connected again", () => outsider.on("limen/info").length > 1, 15_000);
    await systemClock.sleep(500);
    expect(outsider.on("limen/decision")).toEqual([]);
  });

  it("is called offline by the broker when it is lost, and by itself when it ends", async () => {
    const broker = await brokerOf();
    const proxy = later(await openTcpProxy(broker.port, 5));
    const outsider = later(await openOutsider(broker, "limen/status"));
    const { connection } = await connectionTo(broker, { port: proxy.port });
    const { announcer } = await announcerOn(connection);
    const said = () => outsider.on("limen/status").map(({ payload }) => payload);
    await until("it is online", () => said().length === 1, 5000);
    proxy.become({ kind: "drop" });
    await until("the will was published", () => said().length === 2, 5000);
    proxy.become({ kind: "pass" });
    await until("it is back", () => said().length === 3, 15_000);
    await announcer[Symbol.asyncDispose]();
    await connection[Symbol.asyncDispose]();
    await until("the goodbye was heard", () => said().length === 4, 5000);
    await systemClock.sleep(300);
    expect(said()).toEqual(["online", "offline", "online", "offline"]);
  });
});

describe("a broker that says no", () => {
  it("a wrong password is said once, with what to do, and without the password", async () => {
    const broker = await brokerOf();
    const { connection, logger } = await connectionTo(broker, { password: "not-the-password" });
    await until("the refusal is known", () => connection.fault()?.code === "LIMEN_BROKER_REFUSED", 5000);
    await systemClock.sleep(3000);
    expect(connection.isOnline()).toBe(false);
    expect(connection.fault()).toMatchObject({ hint: expect.stringContaining("password") });
    expect(logger.lines).toHaveLength(1);
    expect(logger.lines[0]).toMatchObject({ level: "warn", fields: { code: "LIMEN_BROKER_REFUSED" } });
    expect(JSON.stringify(logger.lines)).not.toContain("not-the-password");
    expect(await connection.publish("limen/x", "x", { qos: 1, retain: false })).toBe(false);
  });

  it("access rules that forbid publishing are said once, and the rest goes on", async () => {
    const broker = await brokerOf({ users: [{ username: "limen", password: "p", acl: ["topic write limen/status"] }] });
    const { connection, logger } = await connectionTo(broker);
    const { announcer, metrics } = await announcerOn(connection);
    await until("it is connected", () => connection.isOnline(), 5000);
    for (let i = 0; i < 5; i++) announcer.decision(decisionRecord({ id: `denied-${i}` }), NONE);
    // Two messages a decision, and the retained description.
    await until("what was denied is counted", () => metrics.of("limen_announcements_dropped_total") === 11, 5000);
    expect(logger.lines.filter(({ level }) => level === "error")).toHaveLength(1);
    expect(connection.isOnline()).toBe(true);
  });

  it("an address with credentials in it is not accepted", async () => {
    const options = { clientId: "x", name: "control", clock: systemClock, logger: new RecordingLogger() } as const;
    for (const url of ["mqtt://u:p@localhost", "http://localhost", "localhost:1883", ""]) {
      await expect(openMqttConnection({ ...options, url })).rejects.toMatchObject({ code: "LIMEN_CONFIG_INVALID" });
    }
  });
});

describe("a connection", () => {
  it("refuses to publish a command retained, and sends one that is not", async () => {
    const broker = await brokerOf();
    const { command } = controllerTopics("limen", "front");
    const outsider = later(await openOutsider(broker, "limen/#"));
    const { connection } = await connectionTo(broker);
    await until("it is connected", () => connection.isOnline(), 5000);
    await expect(connection.publish(command, "{}", { qos: 0, retain: true, expirySeconds: 2 })).rejects.toMatchObject({
      code: "LIMEN_INTERNAL",
    });
    expect(await connection.publishCommand(command, "{}", 2)).toBe(true);
    await until("the command arrived", () => outsider.on(command).length > 0, 5000);
    expect(outsider.on(command)).toEqual([{ topic: command, payload: "{}", retain: false }]);
  });

  it("ends at once though the broker hangs, and twice does no harm", async () => {
    const broker = await brokerOf();
    const proxy = later(await openTcpProxy(broker.port, 3));
    const { connection } = await connectionTo(broker, { port: proxy.port });
    await until("it is connected", () => connection.isOnline(), 5000);
    proxy.become({ kind: "blackhole" });
    const publishing = connection.publish("limen/x", "x", { qos: 1, retain: false });
    const startedMs = systemClock.monotonicMs();
    await connection[Symbol.asyncDispose]();
    await connection[Symbol.asyncDispose]();
    expect(systemClock.monotonicMs() - startedMs).toBeLessThan(4000);
    expect(await publishing).toBe(false);
  });

  it("ends at once while it has no broker", async () => {
    const broker = await brokerOf();
    await broker.stop();
    const { connection } = await connectionTo(broker);
    await connection[Symbol.asyncDispose]();
    expect(connection.isOnline()).toBe(false);
  });

  it("takes back what it said of a door that is gone, and says which are there", async () => {
    const broker = await brokerOf();
    const outsider = later(await openOutsider(broker, "limen/#"));
    const { connection } = await connectionTo(broker);
    const doors = ["front", "back"];
    const { announcer } = await announcerOn(connection, doors);
    announcer.door("front", condition());
    announcer.door("back", condition());
    await until("the doors' states are out", () => outsider.on("limen/door/back/state").length > 0, 5000);
    doors.pop();
    announcer.siteChanged();
    const last = (topic: string) => outsider.on(topic).at(-1);
    for (const leaf of ["availability", "mode", "lock", "contact", "state"])
      await until(`${leaf} is taken back`, () => last(`limen/door/back/${leaf}`)?.payload === "", 5000);
    await until("the doors are told", () => !last("limen/info")?.payload.includes("back"), 5000);
    announcer.door("back", condition());
    announcer.door("front", { ...condition(), mode: "shadow" });
    await until("the front goes on", () => last("limen/door/front/mode")?.payload === "shadow", 5000);
    expect(last("limen/door/back/mode")?.payload).toBe("");
  });
});
