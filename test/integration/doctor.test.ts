import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { writeDemoSite } from "#demo/site";
import { limen } from "../fixtures/limen-program";
import { CAMERA_ACCOUNT, visitorsClip } from "../fixtures/site";

let directory: string;
let camera: SimulatedCamera;
let config: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-doctor-"));
  const { file } = await visitorsClip();
  camera = await openSimulatedCamera({ ...CAMERA_ACCOUNT, clip: await loadClip(file), fps: 20 });
  const site = await writeDemoSite({
    directory: join(directory, "home"),
    camera: { url: camera.url, ...CAMERA_ACCOUNT },
    broker: { url: "mqtt://127.0.0.1:9", username: "u", password: "broker-secret" },
    pulseMs: 1000,
    serverPort: null,
  });
  config = site.configFile;
});
afterAll(async () => {
  await camera[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const doctor = (...words: string[]) => limen(["doctor", ...words, "--config", config]);

describe("limen doctor", () => {
  it("measures the camera with the daemon's own parts, for programs and for people", async () => {
    const [ran, read] = await Promise.all([doctor("--json", "--seconds", "6"), doctor("--seconds", "6")]);
    expect(ran.err).not.toContain("[LIMEN_");
    expect([ran.code, read.code]).toEqual([0, 0]);
    const { measures, code, advice } = JSON.parse(ran.out);
    expect(code).toBeNull();
    expect(measures.stream).toMatchObject({ codec: "h264", width: 640, height: 360 });
    // Generous: this computer may be busy, but not by half.
    expect(measures.stream.fps).toBeGreaterThan(10);
    expect(measures.stream.fps).toBeLessThan(30);
    expect(measures.stream.kbitPerSecond).toBeGreaterThan(50);
    expect(measures.stream.keyEachMs).toBeGreaterThan(500);
    expect(measures.stream.gapsMs.half).toBeGreaterThan(20);
    expect(measures.pictures).toBeGreaterThan(5);
    expect(measures.decodeCores).toBeGreaterThan(0);
    expect(measures.sight).toBe("ok");
    expect(measures.sharpness).toBeGreaterThan(30);
    // The clip's visitors come for six seconds out of nine.
    expect(measures.faces.seen).toBeGreaterThan(0);
    expect(measures.faces.heightPx).toBeGreaterThan(30);
    expect(advice.join()).not.toMatch(/dark|smaller stream|pictures a second/);

    expect(read.out).toMatch(/sends +640×360 h264, \d+\.\d pictures\/s/);
    expect(read.out).toMatch(/decoding +\d+\.\d % of a core/);
    expect(read.out).toMatch(/nothing to change|to change /);
    expect(read.err).toContain("opening front: 6 s a camera");
    expect(read.out + read.err).not.toContain(CAMERA_ACCOUNT.password);
    expect(read.out + read.err).not.toContain(encodeURIComponent(CAMERA_ACCOUNT.password));
  }, 120_000);

  it("says why a camera cannot be opened, and ends with its code", async () => {
    camera.faults.setPassword("another", true);
    const ran = await doctor("--json", "--seconds", "3");
    expect(JSON.parse(ran.out)).toMatchObject({ code: "LIMEN_CAMERA_AUTH" });
    expect(ran.err).toContain("LIMEN_CAMERA_AUTH");
    expect(ran.code).toBe(5);
  }, 120_000);

  it("answers a wrong word with what there is", async () => {
    const ran = await doctor("fornt");
    expect(ran.err).toMatch(/there is no camera "fornt".*did you mean/s);
    expect(ran.code).toBe(2);
    expect((await doctor("--seconds", "1")).err).toContain("--seconds takes a number from 3 to 300");
  });
});
