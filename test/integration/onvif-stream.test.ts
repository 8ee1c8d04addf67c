import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { type FfmpegBinary, locateFfmpeg } from "#adapters/ffmpeg/binary";
import { openFfmpegFrameSource } from "#adapters/ffmpeg/frame-source";
import { DEFAULT_RETRY } from "#adapters/ffmpeg/retry-plan";
import { createOnvifDirectory } from "#adapters/onvif/directory";
import type { H264Clip } from "#demo/camera/annexb";
import { openSimulatedCamera } from "#demo/camera/simulated-camera";
import { followCamera } from "#flow/camera-address";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { honest, startResponder } from "../fixtures/discovery-responder.js";
import { startOnvifDevice } from "../fixtures/onvif-device.js";
import { makeTestClip } from "../fixtures/test-clip.js";
import { until } from "../fixtures/until.js";

const LOGIN = { username: "gate", password: "p@ss:w/rd'#1?" };
const LOOPBACK = { name: "lo", address: "127.0.0.1", netmask: "255.0.0.0" };
const ENDPOINT = "urn:uuid:the-one";
let directory: string;
let clip: H264Clip;
let binary: FfmpegBinary;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-onvif-stream-"));
  clip = await makeTestClip(directory);
  binary = await locateFfmpeg();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Reads a camera named by its endpoint id until `stop`, through a directory that asks `target`. */
function watch(target: { host: string; port: number }) {
  const logger = new RecordingLogger();
  const book = createOnvifDirectory({ clock: systemClock, from: [LOOPBACK], target, locateMs: 1_000 });
  const source = openFfmpegFrameSource({
    camera: "front",
    address: followCamera({ id: "front", onvif: ENDPOINT, ...LOGIN, detectWidth: 640 }, book),
    width: 320,
    height: 180,
    lookIntervalMs: 90,
    retry: { ...DEFAULT_RETRY, minMs: 200, maxMs: 1_000 },
    decoder: "software",
    tap: false,
    binary,
    clock: systemClock,
    random: () => 0.9,
    logger,
    metrics: new RecordingMetrics(),
  });
  const stop = new AbortController();
  const seen = { frames: 0 };
  const done = (async () => {
    for await (const _ of source.frames(stop.signal)) seen.frames++;
  })();
  const end = async () => {
    stop.abort();
    await done;
  };
  return { source, logger, seen, [Symbol.asyncDispose]: end };
}

test("a camera that moves to another address is followed by its endpoint id, and its pictures come back by themselves", async () => {
  const first = await openSimulatedCamera({ ...LOGIN, clip, fps: 20 });
  await using firstDevice = await startOnvifDevice({
    ...LOGIN,
    streamUri: first.url.replace("127.0.0.1", "192.0.2.7"),
  });
  await using net = await startResponder();
  const at = ({ port }: { port: number }) =>
    honest({ endpoint: ENDPOINT, xaddrs: `http://127.0.0.1:${port}/onvif/device_service` });
  net.say(at(firstDevice));
  await using view = watch(net);
  await until("pictures", () => view.seen.frames >= 3, 40_000);

  await using second = await openSimulatedCamera({ ...LOGIN, clip, fps: 20 });
  await using secondDevice = await startOnvifDevice({ ...LOGIN, login: "digest", streamUri: second.url });
  net.say(at(secondDevice));
  await first[Symbol.asyncDispose]();
  const before = view.seen.frames;
  await until("the outage", () => view.source.health().state === "down", 40_000);
  await until("pictures from the new address", () => view.seen.frames >= before + 3, 40_000);
  expect(view.source.health()).toMatchObject({ state: "streaming", code: null });
  const loud = view.logger.lines.filter(({ level }) => level !== "debug");
  expect(loud.filter(({ level }) => level === "warn")).toHaveLength(1);
  expect(JSON.stringify(view.logger.lines)).not.toContain("p@ss");
});

test("a camera that refuses the login is down with that code, asked once, and left alone", async () => {
  await using device = await startOnvifDevice({ ...LOGIN, password: "changed" });
  await using net = await startResponder();
  net.say(honest({ endpoint: ENDPOINT, xaddrs: `http://127.0.0.1:${device.port}/onvif/device_service` }));
  await using view = watch(net);
  await until("the refusal", () => view.source.health().code === "LIMEN_CAMERA_AUTH", 40_000);
  await systemClock.sleep(1_500);
  expect(device.asked.filter(({ hadLogin }) => hadLogin)).toHaveLength(1);
  expect(view.logger.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
  expect(view.seen.frames).toBe(0);
});
