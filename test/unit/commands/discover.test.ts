import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { discover } from "#app-discover";
import { discoveryReport } from "#commands/discover-report";
import { runCommand } from "#commands/table";
import type { Config } from "#config/config";
import { loadConfig } from "#config/load";
import { LimenError } from "#errors";
import type { FoundCamera } from "#ports/camera-directory";
import { FakeDirectory, resolvedAt } from "../../fakes/fake-directory.js";
import { type ConfigFolder, openConfigFolder, SMALL, smallEnvironment } from "../config/config-folder.js";

const never = new AbortController().signal;
const FOUND: FoundCamera = {
  endpoint: "urn:uuid:cam-1",
  address: "10.0.0.7",
  name: "Front door",
  make: "Acme",
  model: "Eye 3",
  reach: "needs_password",
  clockSkewMs: 0,
};

let folder: ConfigFolder;
beforeEach(async () => {
  folder = await openConfigFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

async function configWith(address: string): Promise<Config> {
  const text = SMALL.replace("rtsp: rtsp://192.168.1.20:554/sub", address);
  return (await loadConfig(await folder.write("limen.yaml", text), { env: smallEnvironment() })).config;
}

async function search(directory: FakeDirectory, config: Config | null) {
  return discover(config, { seconds: 1, signal: never, onFound: () => {}, directory });
}

function network(...cameras: Partial<FoundCamera>[]): FakeDirectory {
  const directory = new FakeDirectory();
  directory.found = { ...directory.found, cameras: cameras.map((camera) => ({ ...FOUND, ...camera })) };
  return directory;
}

describe("limen discover", () => {
  it.each(["onvif: 10.0.0.7", "onvif: 10.0.0.7:80", "onvif: urn:uuid:CAM-1"])(
    "asks a camera of the configuration (%s) for its streams, with its credentials, and nobody else",
    async (address) => {
      const directory = network({}, { endpoint: "urn:uuid:cam-2", address: "10.0.0.8:8080" });
      directory.answers = { front: resolvedAt("10.0.0.7") };
      const { cameras } = await search(directory, await configWith(address));
      expect(directory.asked).toMatchObject([{ id: "front", username: "limen", password: "camera-password" }]);
      expect(cameras).toMatchObject([
        { camera: "front", reach: "ready", streams: [{ name: "main" }, { name: "sub", chosen: true }] },
        { camera: null, reach: "needs_password", streams: [] },
      ]);
    },
  );

  it("knows a camera by the host of its stream address, and sends it no login", async () => {
    const directory = network({});
    const { cameras } = await search(directory, await configWith("rtsp: rtsp://10.0.0.7:554/sub"));
    expect(cameras).toMatchObject([{ camera: "front", reach: "needs_password" }]);
    expect(directory.asked).toEqual([]);
  });

  it("shows a camera of the configuration that did not answer the search, and why it is not ready", async () => {
    const directory = network();
    directory.answers = {
      front: new LimenError("LIMEN_CAMERA_AUTH", "Camera front refused it.", { hint: "Mend it." }),
    };
    const found = await search(directory, await configWith("onvif: 10.9.9.9"));
    expect(found.cameras).toMatchObject([{ camera: "front", address: "10.9.9.9", reach: "needs_password" }]);
    const lines = discoveryReport(found).join("\n");
    expect(lines).toContain("Camera front refused it. [LIMEN_CAMERA_AUTH]\n  what to do: Mend it.");
    expect(lines).not.toContain("cameras:");
  });

  it("prints a table, the streams, a wrong clock, and for each new camera what to write, which is good YAML", async () => {
    const directory = network(
      {},
      { endpoint: "urn:uuid:cam-2", address: "10.0.0.8:8080", clockSkewMs: -7_200_000 },
      { endpoint: "urn:uuid:cam-3", address: "10.0.0.9", name: "", make: "", model: "", reach: "silent" },
    );
    directory.answers = { front: resolvedAt("10.0.0.7") };
    const lines = discoveryReport(await search(directory, await configWith("onvif: 10.0.0.7")));
    expect(lines.slice(0, 7)).toEqual([
      "NAME        MAKE  MODEL  ADDRESS        STATE",
      "front       Acme  Eye 3  10.0.0.7       ready",
      "Front door  Acme  Eye 3  10.0.0.8:8080  needs password",
      "-           -     -      10.0.0.9       silent",
      "",
      "front: streams (* is the one that is taken)",
      "    main: 1920x1080 H264, 15 pictures a second",
    ]);
    expect(lines[7]).toBe("  * sub: 640x360 H264, 15 pictures a second");
    expect(lines).toContain("10.0.0.8:8080: its clock is 7200 s behind; set it by NTP");
    const snippet = lines.slice(lines.indexOf("cameras:")).join("\n").replaceAll("!secret ", "");
    expect(parse(snippet)).toEqual({
      cameras: {
        front_door: { onvif: "urn:uuid:cam-2", username: "limen", password: "front_door_camera" },
        camera: { onvif: "urn:uuid:cam-3", username: "limen", password: "camera_camera" },
      },
    });
  });

  it("says what to check when nothing is found", async () => {
    const directory = network();
    const lines = discoveryReport(await search(directory, null)).join("\n");
    expect(lines).toMatch(/^No camera was found on eth0 10\.0\.0\.1\/24\./);
    for (const word of ["VLAN", "multicast", "ONVIF", "settings"]) expect(lines).toContain(word);
    const nowhere = discoveryReport({ cameras: [], searched: [], refused: 2 }).join("\n");
    expect(nowhere).toContain("no network of this computer carries multicast");
    expect(nowhere).toContain("2 answer(s) came and were not believed");
  });

  it.each([["--seconds", "0"], ["--seconds", "1e9"], ["--seconds", "soon"], ["now"]])(
    "refuses %s %s",
    async (...words) => {
      const context = { env: {}, print: () => {}, write: () => {}, note: () => {}, isTerminal: false, signal: never };
      await expect(runCommand(["discover", ...words], context)).rejects.toMatchObject({ code: "LIMEN_USAGE" });
    },
  );

  it("wants the file that is named, and the file to be good", async () => {
    const context = { env: {}, print: () => {}, write: () => {}, note: () => {}, isTerminal: false, signal: never };
    const run = (file: string) => runCommand(["discover", "--config", file], context);
    await expect(run(folder.file("none.yaml"))).rejects.toMatchObject({ code: "LIMEN_CONFIG_MISSING" });
    await expect(run(await folder.write("bad.yaml", "cameras: 1"))).rejects.toMatchObject({
      code: "LIMEN_CONFIG_INVALID",
    });
  });
});
