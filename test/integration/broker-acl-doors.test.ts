import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openMqttConnection } from "#adapters/mqtt/connection";
import { commandTopicsOf, openDoor } from "#app-doors";
import { loadConfig } from "#config/load";
import { freePort } from "#demo/free-port";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { disposeAfterEach, folderUntilLater } from "../fixtures/dispose-after-each.js";
import { startDoorProgram } from "../fixtures/door-program.js";
import { grantNow, NO_SIGNAL } from "../fixtures/door-rig.js";
import { clientAs, runOwnMosquitto, writeBrokerFiles } from "../fixtures/own-mosquitto.js";
import { openTasmotaPeer } from "../fixtures/tasmota-peer.js";
import { until } from "../fixtures/until.js";

const later = disposeAfterEach();
let folder = "";
beforeEach(async () => {
  folder = await folderUntilLater(later, "limen-acl-");
});

/** A configuration with these doors and this broker, its broker files written and run. */
async function brokerFor(doors: string, mqtt: string) {
  const key = randomBytes(32);
  const env = { LIMEN_SECRET_DOOR: key.toString("hex"), LIMEN_SECRET_BROKER: "set later" };
  const file = join(folder, "limen.yaml");
  const write = (): Promise<void> =>
    writeFile(
      file,
      `site: { name: Studio, time_zone: Europe/Berlin, data_dir: data }
cameras: { porch: { rtsp: rtsp://192.168.1.20:554/sub } }
doors:
${doors}mqtt: ${mqtt}
`,
    );
  await write();
  const tlsPort = await freePort("127.0.0.1");
  await writeBrokerFiles(file, join(folder, "broker"), env);
  const broker = later(await runOwnMosquitto(join(folder, "broker"), tlsPort));
  env.LIMEN_SECRET_BROKER = broker.passwordOf("limen");
  return { broker, key, config: (await loadConfig(file, { env })).config };
}

describe("doors over a broker with the generated files", () => {
  it("Limen's own controller and a Tasmota, each with its account and no more, open once and are acked", async () => {
    const url = `mqtt://127.0.0.1:${await freePort("127.0.0.1")}`;
    const { broker, key, config } = await brokerFor(
      `  front: { camera: porch, collection: staff, controller: { profile: limen_native, key: !secret door, pulse: 500ms }, mode: normal }
  garage: { camera: porch, collection: staff, controller: { profile: tasmota, topic: garage_door, relay: 1, pulse: 500ms }, mode: normal }
`,
      `{ url: "${url}", username: limen, password: !secret broker }`,
    );
    const account = (username: string) => ({ url, username, password: broker.passwordOf(username) });
    const native = later(
      await startDoorProgram({
        ...account("front"),
        controller: "front",
        key_id: "front-1",
        key: key.toString("base64url"),
        ledger: join(folder, "ledger"),
      }),
    );
    const tasmota = later(await openTasmotaPeer({ ...account("garage_door"), topic: "garage_door" }));
    const tools = { logger: new RecordingLogger(), metrics: new RecordingMetrics() };
    const connection = later(
      await openMqttConnection({
        ...account("limen"),
        clientId: "limen-acl-control",
        name: "control",
        commandTopics: commandTopicsOf(config),
        clock: systemClock,
        ...tools,
      }),
    );
    for (const door of config.doors) {
      const controller = later(await openDoor(config, door, connection, tools));
      await until(`${door.id} is there`, () => controller.health().controller === "online", 20_000);
      const ack = await controller.open(grantNow(0, door.id), NO_SIGNAL);
      expect([door.id, ack.actuation]).toEqual([door.id, "acked"]);
      expect(controller.health().concerns).toEqual([]);
    }
    expect(native.count("opened")).toBe(1);
    expect(tasmota.openedAtMs.length).toBe(1);
  });
});

describe("a broker that knows Limen by its certificate", () => {
  it("made by the commands in docs/mqtt.md: the certificate's name is the account, and nobody comes in without one", async () => {
    const docs = await readFile(new URL("../../docs/mqtt.md", import.meta.url), "utf8");
    const [, commands = ""] = /```sh\n(openssl[\s\S]*?)```/.exec(docs) ?? [];
    execFileSync("sh", ["-ec", `umask 077\n${commands}`], { cwd: folder, stdio: "ignore" });
    const port = await freePort("127.0.0.1");
    const url = `mqtts://127.0.0.1:${port}`;
    execFileSync("sh", ["-ec", "mkdir broker && cp clients.pem broker/"], { cwd: folder });
    const { broker } = await brokerFor(
      "  front: { camera: porch, collection: staff, controller: { profile: limen_native, key: !secret door }, mode: normal }\n",
      `{ url: "${url}", ca: broker/broker.pem, cert: limen.pem, key: limen.key }`,
    );
    const read = (name: string): Promise<string> => readFile(join(folder, name), "utf8");
    const ca = await read("broker/broker.pem");
    const limen = later(await clientAs(url, { ca, cert: await read("limen.pem"), key: await read("limen.key") }));
    expect([0, 16]).toContain(await limen.say("limen/ctl/front/cmd"));
    expect(await limen.say("other/topic")).toBe(135);
    const password = { username: "limen", password: broker.passwordOf("limen") };
    await expect(clientAs(url, { ca, ...password })).rejects.toThrow();
  });
});
