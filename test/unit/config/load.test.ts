import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "#config/load";
import { summariseConfig } from "#config/summary";
import { type ConfigFolder, openConfigFolder, randomKey, SMALL, smallEnvironment } from "./config-folder.js";

let folder: ConfigFolder;
beforeEach(async () => {
  folder = await openConfigFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

async function load(text: string, env: Record<string, string> = smallEnvironment(), mode?: number) {
  return loadConfig(await folder.write("limen.yaml", text, mode), { env });
}

describe("a configuration file", () => {
  it("of nine lines is enough, and everything else has its safe default", async () => {
    const key = randomKey();
    const { config, warnings, defaulted } = await load(SMALL, { ...smallEnvironment(), LIMEN_SECRET_FRONT_DOOR: key });
    const policy = {
      ...{
        agree: 2,
        of: 3,
        windowMs: 2000,
        margin: 0.06,
        borderlineExtra: 0.02,
        patienceMs: 3000,
        maxDecisionAgeMs: 2000,
      },
      lockOut: { refusals: 5, withinMs: 60_000, firstMs: 30_000, longestMs: 600_000 },
      antiPassback: "off",
      antiPassbackResetMs: 43_200_000,
      intent: "required",
      company: "notify",
      liveness: "monitor",
    };
    expect(JSON.parse(JSON.stringify(config))).toEqual({
      site: { name: "Studio", timeZone: "Europe/Berlin", dataDir: "/var/lib/limen" },
      cameras: [
        {
          id: "front",
          onvif: null,
          rtsp: "rtsp://192.168.1.20:554/sub",
          username: "limen",
          password: "[secret]",
          detectSize: { width: 640, height: 360 },
          looksPerSecond: 10,
          decoder: "software",
          zone: [],
          maxFrameAgeMs: 1500,
        },
      ],
      doors: [
        {
          id: "front",
          camera: "front",
          collection: "staff",
          controller: { profile: "limen_native", id: "front", key: "[secret]", keyId: "front-1", pulseMs: 3000 },
          contact: null,
          leaf: { heldOpenAfterMs: 30_000, forcedAlarm: true },
          enters: null,
          leaves: null,
          mode: "shadow",
          policy,
          access: {
            timeZone: "Europe/Berlin",
            siteSchedule: null,
            doorSchedule: null,
            groups: [],
            persons: [],
            watchList: [],
          },
          secondFactor: null,
          remote: { unlock: false, unsigned: false, control: false },
        },
      ],
      interlocks: [],
      policy,
      search: { engine: "local", verifik: null, minScore: null, mode: "ACCURATE", deadlineMs: 400 },
      faces: {
        models: null,
        modelsDir: null,
        minFacePx: 48,
        maxYaw: 0.25,
        borderlineYaw: 0.4,
        minSharpness: 2.5,
        keepPhotos: false,
      },
      mqtt: {
        url: "mqtt://127.0.0.1:1883",
        username: null,
        password: null,
        prefix: "limen",
        ca: null,
        cert: null,
        key: null,
      },
      homeAssistant: {
        discovery: true,
        prefix: "homeassistant",
        names: false,
        snapshots: "never",
        frigate: false,
        doubleTake: false,
      },
      remote: { keys: [], control: false },
      api: null,
      http: null,
      log: { level: "info" },
    });
    const controller = config.doors[0]?.controller;
    expect(controller?.profile === "limen_native" && controller.key.reveal()).toEqual(
      Uint8Array.from(Buffer.from(key, "hex")),
    );
    expect(config.cameras[0]?.password?.reveal()).toBe("camera-password");
    expect(warnings).toEqual([]);
    expect(defaulted).toContain("policy");
    expect(defaulted).toContain("cameras.front.looks_per_second");
    expect(defaulted).not.toContain("site.name");
    expect(defaulted).not.toContain("mqtt.username");
  });

  it("without a site uses the computer's time zone, and keeps data beside itself", async () => {
    const { config } = await load(SMALL.replace(/^site:.*\n/, ""));
    const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(config.site).toEqual({ name: "Home", timeZone, dataDir: join(folder.path, "data") });
  });

  it("takes paths relative to its own folder", async () => {
    const { config } = await load(
      `${SMALL.replace("/var/lib/limen", "../kept")}faces: { models: m.json, models_dir: /m }
mqtt: { url: "mqtts://b.lan", ca: tls/ca.pem }\n`,
    );
    expect(config.site.dataDir).toBe(join(folder.path, "../kept"));
    expect(config.faces).toMatchObject({ models: join(folder.path, "m.json"), modelsDir: "/m" });
    expect(config.mqtt.ca).toBe(join(folder.path, "tls/ca.pem"));
  });

  it("lets a door differ from the site's policy key by key", async () => {
    const { config } = await load(`${SMALL}    policy: { agree: 3, window: 1.5s }\npolicy: { of: 4, margin: 0.1 }\n`);
    expect(config.policy).toMatchObject({ agree: 2, of: 4, windowMs: 2000, margin: 0.1 });
    expect(config.doors[0]?.policy).toMatchObject({ agree: 3, of: 4, windowMs: 1500, margin: 0.1 });
  });

  it.each(["192.168.1.20", "camera.lan:8080", "urn:uuid:4D454930-0000-1000-8000-aabbccddeeff"])(
    "may name a camera by ONVIF: %s",
    async (onvif) => {
      const text = SMALL.replace("rtsp: rtsp://192.168.1.20:554/sub", `onvif: ${onvif}`);
      const { config, warnings } = await loadConfig(await folder.write("limen.yaml", text), {
        env: smallEnvironment(),
      });
      expect(warnings).toEqual([]);
      expect(config.cameras[0]).toMatchObject({ onvif, rtsp: null });
      expect(summariseConfig(config)).toContain(
        `camera  front: ${onvif} over ONVIF as limen with a password, 640x360, 10 looks a second`,
      );
    },
  );

  it("keeps zones, sizes and scores", async () => {
    const { config } = await load(`cameras:
  1: { rtsp: "rtsps://[fe80::1]:322/x", zone: [[0, 0], [1, 0], [0.5, 1]], detect_size: 360x640, looks_per_second: 2.5 }
doors:
  1: { camera: "1", collection: "7", controller: { profile: limen_native, key: !secret front_door } }
search: { min_score: 0.9 }
`);
    expect(config.cameras[0]).toMatchObject({
      id: "1",
      detectSize: { width: 360, height: 640 },
      looksPerSecond: 2.5,
      zone: [
        { x: 0, y: 0 },
        { x: 1, y: 0 },
        { x: 0.5, y: 1 },
      ],
    });
    expect(config.search.minScore).toBe(0.9);
  });

  it("may begin with a byte order mark and end its lines as Windows does", async () => {
    const { config } = await load(`\uFEFF${SMALL.replaceAll("\n", "\r\n")}`);
    expect(config.doors).toHaveLength(1);
  });

  it("gives warnings at their place for what is allowed but unwise", async () => {
    const { warnings } = await load(
      `cameras:
  front: { rtsp: "rtsp://10.0.0.2/?user=a&password=topsecret", username: a, password: plain-pw }
  spare: { rtsp: "rtsp://10.0.0.3/" }
doors:
  front:
    camera: front
    collection: staff
    controller: { profile: limen_native, key: ${randomKey()} }
    policy: { agree: 1 }
mqtt: { url: mqtt://10.0.0.9 }
search: { min_score: 0.5 }
`,
      {},
      0o644,
    );
    const found = warnings.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`);
    expect(found).toEqual([
      expect.stringMatching(/^2:18 cameras\.front\.rtsp seems to carry a password/),
      expect.stringMatching(/^3:10 cameras\.spare is not used by any door/),
      expect.stringMatching(/^9:13 doors\.front\.policy lets a single picture/),
      expect.stringMatching(/^10:14 mqtt\.url is not encrypted/),
      expect.stringMatching(/^11:22 search\.min_score changes nothing/),
      expect.stringMatching(
        /^2:87 cameras\.front\.password stands in this file in plain text, which other accounts may read; write `!secret/,
      ),
      expect.stringMatching(/^8:47 doors\.front\.controller\.key stands in this file in plain text/),
    ]);
    expect(JSON.stringify(warnings)).not.toMatch(/topsecret|plain-pw/);
  });
});
