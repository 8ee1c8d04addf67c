import { expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import type { DoorTransport } from "#adapters/doors/door-transport";
import { openMqttDoor } from "#adapters/doors/mqtt-door";
import { tasmotaProfile } from "#adapters/doors/profiles/tasmota";
import { openMqttConnection } from "#adapters/mqtt/connection";
import { openMosquitto } from "#demo/broker";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { disposeAfterEach, folderUntilLater } from "../fixtures/dispose-after-each.js";
import { grantNow, NO_SIGNAL } from "../fixtures/door-rig.js";
import { openOutsider } from "../fixtures/outsider.js";
import { openTcpProxy, type TcpProxy } from "../fixtures/tcp-proxy.js";
import { until } from "../fixtures/until.js";

const POWER = "cmnd/gate/POWER1";
const profile = tasmotaProfile({ topic: "gate", relay: 1, pulseMs: 500 });

const later = disposeAfterEach();

/** A door on a real broker, reached through a proxy; the device is played by whoever the test lets speak. */
async function doorBehindProxy(onTransport: (transport: DoorTransport, proxy: TcpProxy) => DoorTransport = (t) => t) {
  const directory = await folderUntilLater(later, "limen-device-");
  const broker = later(await openMosquitto({ directory }));
  const proxy = later(await openTcpProxy(broker.port, 7));
  const outsider = later(await openOutsider(broker));
  const logger = new RecordingLogger();
  const connection = later(
    await openMqttConnection({
      url: `mqtt://127.0.0.1:${proxy.port}`,
      ...broker.users[0],
      clientId: "limen-test-control",
      name: "control",
      commandTopics: new Set(profile.commandTopics),
      clock: systemClock,
      logger,
    }),
  );
  await outsider.say("tele/gate/LWT", "Online", { retain: true });
  const door = later(
    await openMqttDoor({
      door: "front",
      profile,
      pulseMs: 500,
      transport: onTransport(connection, proxy),
      clock: systemClock,
      logger,
      metrics: new RecordingMetrics(),
      newId: newUlid,
    }),
  );
  await until("the device is there", () => door.health().controller === "online", 20_000);
  return { door, proxy, outsider, connection };
}

it("opens by one order, which the device acks", async () => {
  const { door, outsider } = await doorBehindProxy();
  const opening = door.open(grantNow(), NO_SIGNAL);
  await until("the order came", () => outsider.on(POWER).length > 0, 5000);
  await outsider.say("stat/gate/RESULT", '{"POWER":"ON"}');
  expect(await opening).toMatchObject({ actuation: "acked", why: "ok" });
  expect(outsider.on(POWER)).toEqual([{ topic: POWER, payload: "ON", retain: false }]);
});

it("sends nothing over a link that has become slow", async () => {
  const { door, proxy, outsider } = await doorBehindProxy();
  proxy.become({ kind: "delay", ms: 600 });
  expect(await door.open(grantNow(), NO_SIGNAL)).toMatchObject({
    actuation: "controller_offline",
    why: "broker_slow",
    sentAtMs: null,
  });
  await systemClock.sleep(1000);
  expect(outsider.on(POWER)).toEqual([]);
});

it("breaks off the connection whose order the broker never took, and the order never comes", async () => {
  const { door, proxy, outsider, connection } = await doorBehindProxy((transport, weather) => ({
    ...transport,
    async answers(withinMs) {
      const answered = await transport.answers(withinMs);
      // The plug is pulled between the proof and the order.
      weather.become({ kind: "blackhole" });
      return answered;
    },
  }));
  expect(await door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "failed", why: "no_ack" });
  await until("the connection is gone", () => !connection.isOnline(), 2000);
  proxy.become({ kind: "pass" });
  await until("the device is there again", () => door.health().controller === "online", 20_000);
  await systemClock.sleep(500);
  expect(outsider.on(POWER)).toEqual([]);
});

it("finds a retained order on the broker, and sees it go", async () => {
  const { door, outsider } = await doorBehindProxy();
  await outsider.say(POWER, "ON", { retain: true });
  await until("it was found", () => door.health().concerns.includes("retained_command"), 5000);
  await outsider.say(POWER, "", { retain: true });
  await until("it has gone", () => !door.health().concerns.includes("retained_command"), 5000);
});

it("two hear one topic, and what was retained reaches the one who wants it", async () => {
  const { connection, outsider } = await doorBehindProxy();
  await outsider.say("shared/state", "old", { retain: true });
  const heard: string[] = [];
  connection.subscribe("shared/state", { skipRetained: true }, (payload) => heard.push(`news ${payload}`));
  const off = connection.subscribe("shared/state", { skipRetained: false }, (payload) =>
    heard.push(`state ${payload}`),
  );
  await until("the old one came", () => heard.includes("state old"), 5000);
  await outsider.say("shared/state", "new");
  await until("both have the new one", () => heard.length >= 3, 5000);
  expect(heard).toEqual(["state old", "news new", "state new"]);
  off();
  await outsider.say("shared/state", "last");
  await until("the other hears on", () => heard.includes("news last"), 5000);
  expect(heard).not.toContain("state last");
});
