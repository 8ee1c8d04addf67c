import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openDiscovery } from "#adapters/homeassistant/announce";
import { devicesOf } from "#adapters/homeassistant/discovery";
import { openMqttConnection } from "#adapters/mqtt/connection";
import { keptInstance } from "#adapters/status/instance-file";
import { type BrokerUser, type Mosquitto, openMosquitto } from "#demo/broker";
import { RecordingLogger } from "../fakes/quiet.js";
import { disposeAfterEach, folderUntilLater } from "../fixtures/dispose-after-each.js";
import { openHomeRegistry } from "../fixtures/home-registry.js";
import { until } from "../fixtures/until.js";

const later = disposeAfterEach();

async function house(users?: readonly [BrokerUser, ...BrokerUser[]]) {
  const directory = await folderUntilLater(later, "limen-home-");
  return { directory, broker: later(await openMosquitto({ directory, ...(users ? { users } : {}) })) };
}

/** As the daemon tells it, from one start to its end. */
async function startLimen(
  { broker, directory }: { broker: Mosquitto; directory: string },
  { doors = ["front", "back"], snapshots = false, isShown = true } = {},
) {
  const logger = new RecordingLogger();
  const [{ username, password }] = broker.users;
  const instance = await keptInstance(join(directory, "data", "instance"), () => "0123abcd");
  const connection = await openMqttConnection({
    ...{ url: broker.url, username, password, clientId: "limen-test", name: "telemetry" },
    ...{ clock: systemClock, logger },
  });
  let births = 0;
  const site = { instance, version: "0.1.0", name: "Test", prefix: "limen", cameras: ["porch"], snapshots };
  const remote = { unlock: false, control: false, test: false };
  const devices = devicesOf({ ...site, remote, doors: doors.map((id) => ({ id, remote })) });
  const file = join(directory, "data", "home-assistant.json");
  const discovery = await openDiscovery({
    ...{
      connection,
      discoveryPrefix: "homeassistant",
      devices: isShown ? devices : [],
      file,
      clock: systemClock,
      logger,
    },
    onBirth: () => {
      births++;
    },
    random: () => 0,
  });
  const stop = async (): Promise<void> => {
    await discovery[Symbol.asyncDispose]();
    await connection[Symbol.asyncDispose]();
  };
  return later({ logger, connection, file, births: () => births, stop, [Symbol.asyncDispose]: stop });
}

const FRONT = "limen_0123abcd_door_front";
const BACK = "limen_0123abcd_door_back";

describe("Home Assistant on a real broker", () => {
  it("knows every device, and after a restart of Limen the same ones", async () => {
    const at = await house();
    const home = later(await openHomeRegistry(at.broker));
    const first = await startLimen(at);
    await until("all four are known", () => home.devices().length === 4, 10_000);
    const before = home.entities();
    expect(home.faults).toEqual([]);
    expect(home.devices()).toContain(FRONT);
    expect(before).toContain(`${FRONT}_access`);
    await first.stop();
    const told = home.messages();
    const second = await startLimen(at);
    await until("it has told all again", () => home.messages() >= told + 4, 10_000);
    expect(home.entities()).toEqual(before);
    expect(home.created()).toBe(before.length);
    expect(second.logger.lines.filter(({ level }) => level === "warn")).toEqual([]);
  });

  it("hears everything anew after its own start, and a start of the broker", async () => {
    const at = await house();
    const home = later(await openHomeRegistry(at.broker));
    const limen = await startLimen(at);
    await until("all four are known", () => home.devices().length === 4, 10_000);
    await systemClock.sleep(500);
    const told = home.messages();
    await home.birth();
    await until("it was told again", () => home.messages() === told + 4, 15_000);
    await until("and the states", () => limen.births() === 1, 5000);
    await at.broker.restart();
    await until("after the broker's start too", () => home.messages() >= told + 8, 20_000);
    expect(home.faults).toEqual([]);
  });

  it("forgets a door that left the configuration, an entity that is not offered any more, and all when discovery is off", async () => {
    const at = await house();
    const home = later(await openHomeRegistry(at.broker));
    const first = await startLimen(at, { snapshots: true });
    await until("both doors are known", () => home.devices().length === 4, 10_000);
    expect(home.entities()).toContain(`${FRONT}_picture`);
    await first.stop();
    const second = await startLimen(at, { doors: ["front"] });
    await until("the door is gone", () => !home.devices().includes(BACK), 10_000);
    await until("the picture is gone", () => !home.entities().includes(`${FRONT}_picture`), 10_000);
    expect(home.entities()).toContain(`${FRONT}_access`);
    await until("what is gone is forgotten", () => !readFileSync(second.file, "utf8").includes(BACK), 5000);
    await second.stop();
    await startLimen(at, { isShown: false });
    await until("nothing is left", () => home.devices().length === 0, 10_000);
    // A Home Assistant that starts only now finds nothing retained either.
    const late = later(await openHomeRegistry(at.broker));
    await systemClock.sleep(300);
    expect(late.devices()).toEqual([]);
    expect(home.faults).toEqual([]);
  });

  it("an account that may not write its topics is told what to do, once", async () => {
    const at = await house([{ username: "limen", password: "p", acl: ["topic readwrite limen/#"] }]);
    const limen = await startLimen(at);
    await until("the warning is there", () => limen.logger.lines.some(({ level }) => level === "warn"), 15_000);
    await at.broker.restart();
    await until("it is connected again", () => limen.connection.isOnline(), 15_000);
    await systemClock.sleep(3000);
    const said = limen.logger.lines.filter(({ message }) => message.includes("home_assistant.discovery"));
    expect(said).toHaveLength(1);
    expect(said[0]?.message).toContain("write homeassistant/device/+/config");
    expect(limen.logger.lines.filter(({ level }) => level === "error")).toEqual([]);
  });
});
