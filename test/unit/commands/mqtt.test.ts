import { readFile, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { profileOf } from "#app-doors";
import { runCommand } from "#commands/table";
import { DEVICE_SECTIONS } from "#config/device-section";
import { loadConfig } from "#config/load";
import { LimenError } from "#errors";
import { type ConfigFolder, openConfigFolder, randomKey, SMALL, smallEnvironment } from "../config/config-folder.js";

const ROOT = new URL("../../../", import.meta.url);
let folder: ConfigFolder;
beforeEach(async () => {
  folder = await openConfigFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** Runs `limen mqtt` and gives back what it wrote. */
async function mqtt(words: readonly string[], file: string, env: Record<string, string>) {
  const said = { printed: "", noted: "" };
  await runCommand(["mqtt", ...words, "--config", file], {
    env,
    print: (line) => {
      said.printed += `${line}\n`;
    },
    write: (text) => {
      said.printed += text;
    },
    note: (line) => {
      said.noted += `${line}\n`;
    },
    isTerminal: false,
    signal: new AbortController().signal,
  });
  return said;
}

/** The rules for this file, one list of lines an account. */
async function rulesFor(yaml: string, env = smallEnvironment()): Promise<Record<string, string[]>> {
  const { printed } = await mqtt(["acl"], await folder.write("limen.yaml", yaml), env);
  const [, acl = ""] = printed.split(/^# ---- .*\n/m);
  const accounts = acl.split(/^user /m).slice(1);
  return Object.fromEntries(
    accounts.map((text) => {
      const [name = "", ...lines] = text.split("\n");
      return [name, lines.filter((line) => line.startsWith("topic "))];
    }),
  );
}

async function confFor(mqttSection: string): Promise<string> {
  const file = await folder.write("limen.yaml", `${SMALL}mqtt: ${mqttSection}\n`);
  const env = { ...smallEnvironment(), LIMEN_SECRET_BROKER: "x" };
  return (await mqtt(["acl"], file, env)).printed.split(/^# ---- .*\n/m)[2] ?? "";
}

const withDoor = (keys: string, rest = ""): string =>
  SMALL.replace("    mode: shadow\n", `    mode: shadow\n${keys}`) + rest;
const withController = (controller: string): string => SMALL.replace(/controller: .*/, `controller: ${controller}`);

describe("limen mqtt acl", () => {
  it("says for the example what docs/mqtt.md shows", async () => {
    const env = {
      LIMEN_SECRET_FRONT_CAMERA: "x",
      LIMEN_SECRET_BROKER: "x",
      LIMEN_SECRET_FRONT_DOOR: randomKey(),
      LIMEN_SECRET_WORKSHOP_DOOR: randomKey(),
    };
    const { printed } = await mqtt(["acl"], fileURLToPath(new URL("config/limen.example.yaml", ROOT)), env);
    const [, acl = "", conf = ""] = printed.split(/^# ---- .*\n/m);
    const docs = await readFile(new URL("docs/mqtt.md", ROOT), "utf8");
    expect(docs).toContain(`\`\`\`\n${acl.trim()}\n\`\`\``);
    expect(docs).toContain(`\`\`\`\n${conf.trim()}\n\`\`\``);
    expect(acl.match(/^user .*/gm)).toEqual(["user limen", "user front", "user workshop", "user homeassistant"]);
  });

  it("writes both files where it is told, for nobody else to read, and never over one", async () => {
    const file = await folder.write("limen.yaml", SMALL);
    const out = folder.file("broker");
    const { printed, noted } = await mqtt(["acl", "--out", out], file, smallEnvironment());
    expect(printed).toBe(`written: ${out}/limen.acl\nwritten: ${out}/mosquitto.conf\n`);
    expect(noted).toMatch(/username: limen/);
    expect((await stat(`${out}/limen.acl`)).mode & 0o777).toBe(0o600);
    expect(await readFile(`${out}/mosquitto.conf`, "utf8")).toContain(`acl_file ${out}/limen.acl\n`);
    await writeFile(`${out}/limen.acl`, "mine");
    await expect(mqtt(["acl", "--out", out], file, smallEnvironment())).rejects.toMatchObject({ code: "LIMEN_USAGE" });
    expect(await readFile(`${out}/limen.acl`, "utf8")).toBe("mine");
  });

  it("leaves nothing of its own behind when the second file is there", async () => {
    const file = await folder.write("limen.yaml", SMALL);
    await folder.write("mosquitto.conf", "mine");
    await expect(mqtt(["acl", "--out", folder.path], file, smallEnvironment())).rejects.toThrow(
      /mosquitto\.conf already/,
    );
    await expect(stat(folder.file("limen.acl"))).rejects.toThrow();
  });

  it.each([[[]], [["conf"]], [["acl", "more"]]])("needs the word acl: %j", async (words) => {
    const file = await folder.write("limen.yaml", SMALL);
    await expect(mqtt(words, file, smallEnvironment())).rejects.toMatchObject({ code: "LIMEN_USAGE" });
  });
});

describe("what Home Assistant may write", () => {
  const SET = "topic write limen/door/front/set";
  const written = async (remote: string): Promise<string[]> => {
    const { homeassistant = [] } = await rulesFor(withDoor(`    remote: ${remote}\n`));
    return homeassistant.filter((line) => line.includes("write") && line.includes("/door/"));
  };
  const LOCKDOWN = "topic write limen/door/front/lockdown/set";

  it.each([
    ["{}", [LOCKDOWN]],
    ["{ unlock: true }", [LOCKDOWN]],
    ["{ unlock: true, unsigned: true }", [LOCKDOWN, SET]],
    [
      "{ control: true }",
      [
        LOCKDOWN,
        "topic write limen/door/front/mode/set",
        "topic write limen/door/front/shadow/set",
        "topic write limen/door/front/test",
      ],
    ],
  ])("with remote %s", async (remote, expected) => {
    expect(await written(remote)).toEqual(expected);
  });

  it("nothing, and there is no account, where it is told of nothing and may do nothing", async () => {
    expect(Object.keys(await rulesFor(`${SMALL}home_assistant: { discovery: false }\n`))).toEqual(["limen", "front"]);
  });
});

describe("who else gets an account", () => {
  it("a device: what its door needs, and Limen what it hears of it", async () => {
    const { limen = [], garage_door: device } = await rulesFor(
      withController("{ profile: tasmota, topic: garage_door, relay: 1 }"),
    );
    expect(device).toEqual([
      "topic read cmnd/garage_door/POWER1",
      "topic read cmnd/garage_door/PulseTime1",
      "topic read cmnd/garage_door/PowerOnState",
      "topic write stat/garage_door/RESULT",
      "topic write tele/garage_door/STATE",
      "topic write tele/garage_door/LWT",
    ]);
    expect(limen).toContain("topic readwrite cmnd/garage_door/POWER1");
    expect(limen).toContain("topic write cmnd/garage_door/PulseTime1");
    expect(limen).toContain("topic read stat/garage_door/RESULT");
  });

  it("a topic that moves every device of its kind reaches none", async () => {
    const { "shelly1-0123AB": device = [] } = await rulesFor(
      withController("{ profile: shelly_gen1, device: shelly1-0123AB }"),
    );
    expect(device.join()).not.toContain("shellies/command");
  });

  it("a bridge: its whole tree, once for all its doors, and the contacts behind it none of their own", async () => {
    const zigbee = "{ profile: zigbee2mqtt_lock, device: front_lock }";
    const rules = await rulesFor(
      withController(zigbee).replace(
        "    mode: shadow\n",
        `    mode: shadow
    contact: { topic: zigbee2mqtt/front_contact, key: contact, open: false }
  back: { camera: front, collection: staff, controller: { profile: zigbee2mqtt_switch, device: back_relay }, mode: shadow }
`,
      ),
    );
    expect(Object.keys(rules)).toEqual(["limen", "zigbee2mqtt", "homeassistant"]);
    expect(rules["zigbee2mqtt"]?.[0]).toBe("topic readwrite zigbee2mqtt/#");
    expect(rules["limen"]).toContain("topic read zigbee2mqtt/front_contact");
    expect(rules["limen"]).not.toContain("topic readwrite zigbee2mqtt/#");
  });

  it("a contact, the one who confirms, and each key", async () => {
    const rules = await rulesFor(
      withDoor(
        `    contact: { topic: hall/contact, availability: hall/online }
    second_factor: { mqtt: true }
    policy: { liveness: require }
    remote: { unlock: true }
`,
        "remote: { keys: { panel: { key: !secret panel } } }\n",
      ),
      { ...smallEnvironment(), LIMEN_SECRET_PANEL: randomKey() },
    );
    expect(rules["contact-front"]).toEqual(["topic write hall/contact", "topic write hall/online"]);
    expect(rules["confirmer"]).toEqual(["topic read limen/door/front/question", "topic write limen/door/front/answer"]);
    expect(rules["remote-panel"]).toEqual(["topic read limen/reply/panel", "topic write limen/cmd/unlock"]);
  });

  it("every kind of controller there is: Limen may say and hear all that its door needs", async () => {
    const example = await readFile(new URL("config/limen.example.yaml", ROOT), "utf8");
    const all = example.replaceAll(/^( *)#([A-Za-z_][A-Za-z_ ]*:)/gm, "$1$2");
    await folder.write("models.json", "{}");
    const names = [...all.matchAll(/!secret (\w+)/g)].map(([, name = ""]) => `LIMEN_SECRET_${name.toUpperCase()}`);
    const env = Object.fromEntries(names.map((name) => [name, randomKey()]));
    const rules = await rulesFor(all, env);
    const file = await folder.write("limen.yaml", all);
    const { config } = await loadConfig(file, { env });
    const may = (rules["limen"] ?? []).map((line) => line.replace(/^topic /, ""));
    for (const { id, controller } of config.doors) {
      if (controller.profile === "limen_native" || controller.profile === "home_assistant_lock") continue;
      const { commandTopics, openingTopics, hears } = profileOf(id, controller);
      for (const topic of commandTopics)
        expect(may.some((rule) => /^(?:readwrite|write) /.test(rule) && rule.endsWith(` ${topic}`))).toBe(true);
      for (const topic of [...openingTopics, ...hears.map((heard) => heard.topic)])
        expect([topic, may.some((rule) => /^(?:readwrite|read) /.test(rule) && rule.endsWith(` ${topic}`))]).toEqual([
          topic,
          true,
        ]);
    }
    const kinds = new Set(config.doors.map(({ controller }) => controller.profile));
    expect(kinds.size).toBe(DEVICE_SECTIONS.length + 1);
  });

  it("two of one name are refused: each would have the other's rights", async () => {
    const file = await folder.write("limen.yaml", `${SMALL}mqtt: { username: front, password: !secret broker }\n`);
    const failing = mqtt(["acl"], file, { ...smallEnvironment(), LIMEN_SECRET_BROKER: "x" });
    await expect(failing).rejects.toThrow(LimenError);
    await expect(failing).rejects.toThrow(/account "front".*Limen itself.*controller of the door front/);
  });
});

describe("mosquitto.conf", () => {
  const lines = (conf: string): string[] => conf.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

  it("on this computer: plain text for Limen on loopback alone, TLS for everybody else", async () => {
    const conf = lines(await confFor("{ url: mqtt://127.0.0.1:1884 }"));
    expect(conf.filter((line) => line.startsWith("listener"))).toEqual(["listener 1884 127.0.0.1", "listener 8883"]);
    expect(conf).toContain("allow_anonymous false");
  });

  it("plain text over the network is said to be what it is", async () => {
    const conf = await confFor("{ url: mqtt://10.0.0.2 }");
    expect(conf).toMatch(/PLAIN TEXT OVER THE NETWORK/);
    expect(conf).toContain("subjectAltName=IP:10.0.0.2");
    expect(await confFor("{ url: mqtts://10.0.0.2 }")).not.toMatch(/PLAIN TEXT/);
  });

  it("asks for certificates where Limen has one, and takes the name from it where it has no other", async () => {
    const certificate = "url: mqtts://broker.lan, cert: limen.pem, key: limen.key";
    await folder.write("limen.pem", "x");
    await folder.write("limen.key", "x");
    const beside = lines(await confFor(`{ ${certificate}, username: limen, password: !secret broker }`));
    expect(beside).toContain("require_certificate true");
    expect(beside).not.toContain("use_identity_as_username true");
    const instead = lines(await confFor(`{ ${certificate} }`));
    expect(instead).toContain("use_identity_as_username true");
    expect(lines(await confFor("{ url: mqtts://broker.lan }"))).not.toContain("require_certificate true");
  });
});
