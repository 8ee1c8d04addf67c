import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { freePort } from "#demo/free-port";
import {
  type AccountClient,
  clientAs,
  type OwnMosquitto,
  runOwnMosquitto,
  writeBrokerFiles,
} from "../fixtures/own-mosquitto.js";
import { until } from "../fixtures/until.js";

const CONFIG = `site: { name: Studio, time_zone: Europe/Berlin, data_dir: data }
cameras: { porch: { rtsp: rtsp://192.168.1.20:554/sub } }
doors:
  front:
    camera: porch
    collection: staff
    controller: { profile: limen_native, key: !secret front_door }
    second_factor: { mqtt: true }
    policy: { liveness: require }
    remote: { unlock: true, unsigned: true }
    mode: normal
  back: { camera: porch, collection: staff, controller: { profile: limen_native, key: !secret back_door }, mode: normal }
  garage:
    camera: porch
    collection: staff
    controller: { profile: tasmota, topic: garage_door, relay: 1 }
    contact: { topic: garage/contact, availability: garage/online }
    mode: normal
  side: { camera: porch, collection: staff, controller: { profile: shelly_gen1, device: shelly1-0123AB, pulse_checked: true }, mode: normal }
  cellar:
    camera: porch
    collection: staff
    controller: { profile: zigbee2mqtt_lock, device: cellar_lock, pulse_checked: true }
    remote: { control: true }
    mode: normal
remote: { keys: { panel: { key: !secret panel } } }
home_assistant: { frigate: true }
`;
const ACCOUNTS = [
  "limen",
  "front",
  "back",
  "garage_door",
  "shelly1-0123AB",
  "zigbee2mqtt",
  "contact-garage",
  "homeassistant",
  "confirmer",
  "remote-panel",
];

let folder = "";
let broker: OwnMosquitto;
let url = "";
let ca = "";
const clients = new Map<string, AccountClient>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "limen-acl-"));
  url = `mqtts://127.0.0.1:${await freePort("127.0.0.1")}`;
  const file = join(folder, "limen.yaml");
  await writeFile(file, `${CONFIG}mqtt: { url: "${url}", username: limen, password: !secret broker }\n`);
  const key = (): string => randomBytes(32).toString("hex");
  await writeBrokerFiles(file, join(folder, "broker"), {
    LIMEN_SECRET_FRONT_DOOR: key(),
    LIMEN_SECRET_BACK_DOOR: key(),
    LIMEN_SECRET_PANEL: key(),
    LIMEN_SECRET_BROKER: "x",
  });
  broker = await runOwnMosquitto(join(folder, "broker"));
  ca = await readFile(join(folder, "broker", "broker.pem"), "utf8");
  for (const username of broker.accounts)
    clients.set(username, await clientAs(url, { username, password: broker.passwordOf(username), ca }));
}, 60_000);
afterAll(async () => {
  for (const client of clients.values()) await client[Symbol.asyncDispose]();
  await broker[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const as = (account: string): AccountClient => {
  const client = clients.get(account);
  if (client === undefined) throw new Error(`there is no account ${account}`);
  return client;
};

describe("a broker with the generated files", () => {
  it("starts without a complaint, and has an account for each", () => {
    expect(broker.accounts).toEqual(ACCOUNTS);
    // That it runs as root is this test's doing.
    const complaints = broker
      .said()
      .split("\n")
      .filter((line) => /warning|error/i.test(line) && !line.includes("as root"));
    expect(complaints).toEqual([]);
  });

  it("lets in nobody without an account, with a wrong password, in plain text, or who does not know its certificate", async () => {
    await expect(clientAs(url, { ca })).rejects.toMatchObject({ code: 135 });
    await expect(clientAs(url, { ca, username: "limen", password: "wrong" })).rejects.toMatchObject({ code: 135 });
    const good = { username: "limen", password: broker.passwordOf("limen") };
    await expect(clientAs(url, good)).rejects.toThrow(/certificate/);
    await expect(clientAs(url.replace("mqtts:", "mqtt:"), good)).rejects.toThrow();
  });
});

const OPENING = [
  "limen/ctl/front/cmd",
  "limen/ctl/back/cmd",
  "cmnd/garage_door/POWER1",
  "shellies/shelly1-0123AB/relay/0/command",
  "zigbee2mqtt/cellar_lock/set",
];
/** By which anybody could move every device of a kind. */
const GROUPS = ["shellies/command", "cmnd/tasmotas/POWER1"];

/** Who may write there, besides whom the broker must answer with "not authorised". */
const WRITERS: readonly (readonly [topic: string, ...who: string[]])[] = [
  ["limen/ctl/front/cmd", "limen"],
  ["limen/ctl/front/hello/get", "limen"],
  ["limen/ctl/front/ack", "limen", "front"],
  ["limen/ctl/front/hello", "limen", "front"],
  ["limen/ctl/front/status", "limen", "front"],
  ["limen/ctl/back/cmd", "limen"],
  ["limen/ctl/back/ack", "limen", "back"],
  ["cmnd/garage_door/POWER1", "limen"],
  ["cmnd/garage_door/PulseTime1", "limen"],
  ["stat/garage_door/RESULT", "garage_door"],
  ["tele/garage_door/LWT", "garage_door"],
  ["shellies/shelly1-0123AB/relay/0/command", "limen"],
  ["shellies/shelly1-0123AB/relay/0", "shelly1-0123AB"],
  ["zigbee2mqtt/cellar_lock/set", "limen", "zigbee2mqtt"],
  ["zigbee2mqtt/cellar_lock", "zigbee2mqtt"],
  ["zigbee2mqtt/bridge/request/permit_join", "zigbee2mqtt"],
  ["garage/contact", "contact-garage"],
  ["limen/decision", "limen"],
  ["limen/door/front/set", "limen", "homeassistant"],
  ["limen/door/back/set", "limen"],
  ["limen/door/cellar/set", "limen"],
  ["limen/door/back/lockdown/set", "limen", "homeassistant"],
  ["limen/door/front/mode/set", "limen"],
  ["limen/door/cellar/mode/set", "limen", "homeassistant"],
  ["limen/door/cellar/shadow/set", "limen", "homeassistant"],
  ["limen/door/front/answer", "limen", "confirmer"],
  ["limen/door/back/answer", "limen"],
  ["limen/cmd/unlock", "limen", "remote-panel"],
  ["limen/reply/panel", "limen"],
  ["homeassistant/device/limen_1_front/config", "limen"],
  ["homeassistant/lock/other/config"],
  ["homeassistant/status", "homeassistant"],
  ["frigate/tracked_object_update", "limen"],
  ["double-take/cameras/porch"],
  ...GROUPS.map((topic) => [topic] as const),
];

describe("who may write", () => {
  it.each(WRITERS)("%s", async (topic, ...who) => {
    const allowed: string[] = [];
    for (const account of ACCOUNTS) {
      const code = await as(account).say(topic);
      if (code !== 135) {
        expect([0, 16]).toContain(code);
        allowed.push(account);
      }
    }
    expect(allowed).toEqual(ACCOUNTS.filter((account) => who.includes(account)));
  });
});

describe("who may read", () => {
  it("each hears what is its own, with a wildcard too, and nothing else", async () => {
    const listeners = new Map<string, AccountClient>();
    for (const username of ACCOUNTS) {
      const client = await clientAs(url, { username, password: broker.passwordOf(username), ca });
      await client.listen("#");
      listeners.set(username, client);
    }
    const said: string[] = [];
    for (const [topic, writer] of WRITERS) {
      if (writer === undefined) continue;
      await as(writer).say(topic);
      said.push(topic);
    }
    await as("limen").say("limen/door/front/question");
    said.push("limen/door/front/question");
    const limens = said.filter((topic) => topic.startsWith("limen/"));
    const expected: Readonly<Record<string, readonly string[]>> = {
      // What it never reads: what it writes to devices without looking for retained messages, and the rest of the bridge.
      limen: said.filter(
        (topic) =>
          ![
            "cmnd/garage_door/PulseTime1",
            "zigbee2mqtt/bridge/request/permit_join",
            "frigate/tracked_object_update",
          ].includes(topic) && !topic.startsWith("homeassistant/device/"),
      ),
      front: ["limen/ctl/front/cmd", "limen/ctl/front/hello/get"],
      back: ["limen/ctl/back/cmd"],
      garage_door: ["cmnd/garage_door/POWER1", "cmnd/garage_door/PulseTime1"],
      "shelly1-0123AB": ["shellies/shelly1-0123AB/relay/0/command"],
      zigbee2mqtt: said.filter((topic) => topic.startsWith("zigbee2mqtt/")),
      "contact-garage": [],
      homeassistant: [
        ...limens.filter((topic) => !/^limen\/(?:ctl|reply|cmd)\//.test(topic)),
        ...said.filter((topic) => topic.startsWith("homeassistant/")),
      ],
      confirmer: ["limen/door/front/question"],
      "remote-panel": ["limen/reply/panel"],
    };
    const heard = (account: string): string[] => [...(listeners.get(account)?.heard ?? [])].sort();
    for (const account of ACCOUNTS) {
      const wanted = expected[account] ?? [];
      await until(`${account} has heard its own`, () => heard(account).length >= wanted.length, 15_000);
    }
    // Whatever else is on its way arrives now.
    await systemClock.sleep(500);
    for (const account of ACCOUNTS)
      expect([account, heard(account)]).toEqual([account, [...(expected[account] ?? [])].sort()]);
    for (const topic of OPENING) expect(said).toContain(topic);
    for (const client of listeners.values()) await client[Symbol.asyncDispose]();
  });
});
