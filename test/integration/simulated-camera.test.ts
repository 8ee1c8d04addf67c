import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { H264Clip } from "#demo/camera/annexb";
import { openSimulatedCamera, type SentPicture, type SimulatedCameraOptions } from "#demo/camera/simulated-camera";
import { RawRtspClient } from "../fixtures/raw-rtsp-client.js";
import { type Account, type RtspClient, startFfmpegClient, startGstClient } from "../fixtures/rtsp-clients.js";
import { makeTestClip } from "../fixtures/test-clip.js";
import { until } from "../fixtures/until.js";

const CLIENTS = [
  ["ffmpeg", startFfmpegClient],
  ["GStreamer", startGstClient],
] as const;
const account = { user: "gate", password: "p@ss:w/rd'#1?" };
const LOOP_FRAMES = 40;
let directory: string;
let clip: H264Clip;
let smallClip: H264Clip;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-simulated-camera-"));
  clip = await makeTestClip(directory);
  smallClip = await makeTestClip(directory, { width: 160, height: 120 });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function openCamera(options: Partial<SimulatedCameraOptions> = {}) {
  return openSimulatedCamera({ username: account.user, password: account.password, clip, fps: 20, ...options });
}

const at = (camera: { url: string }, changes: Partial<Account> = {}): Account => ({
  url: camera.url,
  ...account,
  ...changes,
});

async function pictures(client: RtspClient, count: number): Promise<void> {
  const goal = client.times.length + count;
  await until("pictures, or a complaint", () => client.times.length >= goal || client.stderr !== "", 20_000);
  expect(client.stderr).toBe("");
  await until(`${goal} pictures`, () => client.times.length >= goal, 20_000);
}

async function ended(client: RtspClient): Promise<void> {
  await until("the client to end", () => client.exitCode !== null, 20_000);
}

describe.each(CLIENTS)("a simulated camera, asked by %s,", (name, start) => {
  test("streams one loop and a half with evenly rising time stamps", async () => {
    await using camera = await openCamera();
    await using client = start(at(camera));
    await pictures(client, LOOP_FRAMES + 20);
    // ffmpeg 5.1 gives the very first picture no time of its own, but the second one's.
    const times = client.times.slice(1);
    const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(0);
    // RTP time is exact; GStreamer re-times by arrival, so its steps show the machine's noise.
    const sorted = steps.toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeCloseTo(0.05, 2);
    expect(camera.clients).toBe(1);
    expect(client.stderr).toBe("");
  });

  test("starts a client that joins in the middle at the next key frame", async () => {
    const sent: SentPicture[] = [];
    await using camera = await openCamera({ onFrame: (picture) => sent.push(picture) });
    await until("the middle of a group", () => (sent.at(-1)?.index ?? 0) % 10 === 3, 5000);
    await using client = start(at(camera));
    await pictures(client, 15);
    expect(client.stderr).toBe(""); // a picture without its predecessors makes both complain
  });

  test("refuses a wrong password with 401 and an unknown path with 404", async () => {
    await using camera = await openCamera();
    await using wrongPassword = start(at(camera, { password: "p@ss" }));
    await using wrongPath = start(at(camera, { url: camera.url.replace("/sub", "/main") }));
    await ended(wrongPassword);
    await ended(wrongPath);
    expect(wrongPassword.stderr).toMatch(/401|[Uu]nauthorized|Not authorized/);
    expect(wrongPath.stderr).toMatch(/404|Not [Ff]ound/);
    expect([wrongPassword.times, wrongPath.times]).toEqual([[], []]);
    expect(camera.clients).toBe(0);
  });

  test.each(["drop", "reset"] as const)("after a %s the client is gone, and may come back", async (fault) => {
    await using camera = await openCamera();
    await using client = start(at(camera));
    await pictures(client, 5);
    camera.faults[fault]();
    await ended(client);
    expect(camera.clients).toBe(0);
    await using again = start(at(camera));
    await pictures(again, 5);
  });

  test("falls silent when frozen, keeps the connection, and goes on when thawed", async () => {
    await using camera = await openCamera();
    await using client = start(at(camera));
    await pictures(client, 5);
    camera.faults.freeze();
    await sleep(500); // what was on its way arrives
    const atFreeze = client.times.length;
    await sleep(1000);
    expect(client.times.length).toBe(atFreeze);
    expect(camera.clients).toBe(1);
    camera.faults.thaw();
    await pictures(client, 25);
    expect(client.stderr).toBe("");
    expect(client.exitCode).toBeNull();
  });

  test("goes on through a change of clip and size", async () => {
    await using camera = await openCamera();
    await using client = start(at(camera));
    await pictures(client, 5);
    camera.faults.load(smallClip);
    await pictures(client, 25);
    expect(client.size).toBe(name === "GStreamer" ? "160x120" : "");
    expect(client.exitCode).toBeNull();
  });

  test("keeps streaming while the clip's clock stands still", async () => {
    const sent: SentPicture[] = [];
    await using camera = await openCamera({ startPaused: true, onFrame: (picture) => sent.push(picture) });
    await using client = start(at(camera));
    await pictures(client, 15);
    expect(sent.every(({ index, isHeld }) => isHeld && index < 10)).toBe(true);
    camera.play();
    await until("the clip to go on", () => (sent.at(-1)?.index ?? 0) > 20, 5000);
    expect(client.stderr).toBe("");
  });
});

test("a changed password ends sessions when told to, and only the new one opens again", async () => {
  await using camera = await openCamera();
  await using client = startFfmpegClient(at(camera));
  await pictures(client, 5);
  camera.faults.setPassword("another", false);
  await pictures(client, 20);
  camera.faults.setPassword("a third", true);
  await ended(client);
  await using old = startFfmpegClient(at(camera));
  await ended(old);
  expect(old.stderr).toContain("401");
  await using fresh = startFfmpegClient(at(camera, { password: "a third" }));
  await pictures(fresh, 5);
});

test("a held camera sends the same picture over and over, and goes on with the scene afterwards", async () => {
  const sent: SentPicture[] = [];
  await using camera = await openCamera({ onFrame: (picture) => sent.push(picture) });
  await using client = startFfmpegClient(at(camera));
  await pictures(client, 15);
  expect(new Set(client.checksums).size).toBeGreaterThan(10);
  camera.faults.hold(true);
  await pictures(client, 20); // what was on its way arrives
  const held = client.checksums.length;
  await pictures(client, 30);
  expect(new Set(client.checksums.slice(held)).size).toBe(1);
  expect(sent.at(-1)?.isHeld).toBe(true);
  camera.faults.hold(false);
  await pictures(client, 40);
  expect(new Set(client.checksums.slice(-10)).size).toBe(10);
  expect(client.stderr).toBe("");
  expect(client.exitCode).toBeNull();
});

test("half-open connections fall silent without an end, whatever comes after; new clients are served", async () => {
  await using camera = await openCamera();
  using dead = await RawRtspClient.open(at(camera));
  await dead.play();
  await until("a picture", () => dead.received.length > 1000, 5000);
  camera.faults.halfOpen();
  camera.faults.drop();
  camera.faults.reset();
  await sleep(200); // what was on its way arrives
  dead.received = Buffer.alloc(0);
  dead.socket.write("OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n");
  await using fresh = startFfmpegClient(at(camera));
  await pictures(fresh, 10);
  expect(camera.clients).toBe(1);
  expect(dead.received.length).toBe(0);
  expect([dead.socket.readyState, dead.socket.readableEnded]).toEqual(["open", false]);
});

test("an unplugged camera refuses clients, and has its old port when it is back", async () => {
  await using camera = await openCamera();
  using dead = await RawRtspClient.open(at(camera));
  await dead.play();
  camera.faults.halfOpen(); // a client of before must not keep the port
  await using kicked = startFfmpegClient(at(camera));
  await pictures(kicked, 1);
  await camera.faults.refuse(true);
  await ended(kicked);
  await using refused = startFfmpegClient(at(camera));
  await ended(refused);
  expect(refused.stderr).toContain("refused");
  expect(dead.socket.readyState).toBe("open");
  await Promise.all([camera.faults.refuse(true), camera.faults.refuse(false), camera.faults.refuse(false)]);
  await using again = startFfmpegClient(at(camera));
  await pictures(again, 5);
});

test("a busy camera refuses one more stream and plays on for the others", async () => {
  await using camera = await openCamera();
  await using first = startFfmpegClient(at(camera));
  await pictures(first, 1);
  camera.faults.busy(true);
  await using second = startFfmpegClient(at(camera));
  await ended(second);
  expect(second.stderr).toContain("453");
  await pictures(first, 10);
  camera.faults.busy(false);
  await using third = startFfmpegClient(at(camera));
  await pictures(third, 1);
});

test("a jump of the camera's clock shows in the time stamps", async () => {
  await using camera = await openCamera();
  await using client = startFfmpegClient(at(camera));
  await pictures(client, 5);
  const before = client.times.at(-1) ?? 0;
  camera.faults.tsJump(100);
  await until("a later time stamp", () => (client.times.at(-1) ?? 0) > before + 99, 10_000);
});

test("a mute camera accepts connections and says nothing", async () => {
  await using camera = await openCamera();
  camera.faults.mute(true);
  using client = await RawRtspClient.open(at(camera));
  client.socket.write("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n");
  await sleep(300);
  expect(client.received.length).toBe(0);
  expect(client.socket.readyState).toBe("open");
});

test("unusual requests get the status the protocol asks for", async () => {
  await using camera = await openCamera();
  using client = await RawRtspClient.open(at(camera));
  expect((await client.ask("OPTIONS", "", "*")).text).toContain("Public: OPTIONS, DESCRIBE");
  expect((await client.ask("PLAY")).status).toBe(455);
  expect((await client.ask("SETUP", "Transport: RTP/AVP;unicast;client_port=5000-5001\r\n")).status).toBe(461);
  expect((await client.ask("SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=300-301\r\n")).status).toBe(461);
  expect((await client.ask("RECORD")).status).toBe(405);
  expect((await client.ask("GET_PARAMETER", "Session: x\r\n", `${camera.url}/`)).status).toBe(200);
  camera.faults.notFound(true);
  expect((await client.ask("DESCRIBE")).status).toBe(404);
  camera.faults.notFound(false);
  const described = await client.ask("DESCRIBE");
  expect(described.text).toContain(`Content-Base: ${camera.url}/\r\n`);
  expect((await client.ask("TEARDOWN")).status).toBe(200);
  await until("the connection to end", () => client.socket.readableEnded, 5000);
});

test("bytes that are not RTSP end the connection", async () => {
  await using camera = await openCamera();
  using client = await RawRtspClient.open(at(camera));
  client.socket.write("GET / HTTP/1.1\r\n\r\n");
  await until("the connection to end", () => client.socket.closed, 5000);
});

test("a client that stops reading is dropped before it costs much memory, the others play on", async () => {
  await using camera = await openCamera();
  using stuck = await RawRtspClient.open(at(camera));
  await stuck.play();
  await using other = startFfmpegClient(at(camera));
  await pictures(other, 1);
  stuck.socket.pause();
  expect(camera.clients).toBe(2);
  camera.faults.slow(50);
  await until("the stuck client to be dropped", () => camera.clients === 1, 40_000);
  camera.faults.slow(1);
  await pictures(other, 20);
});

test("nonsense in the stream reaches the client, framed or not", async () => {
  await using camera = await openCamera();
  using client = await RawRtspClient.open(at(camera));
  await client.play();
  await until("a picture", () => client.received.length > 1000, 5000);
  expect([client.received[0], client.received[1]]).toEqual([0x24, 4]);
  camera.faults.freeze();
  await sleep(100);
  client.received = Buffer.alloc(0);
  const PACKETS = 2_000; // of every 1,000 such packets left to chance one would say BYE
  camera.faults.garbageRtp(PACKETS);
  await until("the packets", () => client.received.length === PACKETS * 204, 5000);
  const payloadTypes = Array.from({ length: PACKETS }, (_, at) => (client.received[at * 204 + 5] ?? 0) & 0x7f);
  expect(payloadTypes.filter((type) => type >= 64 && type <= 95)).toEqual([]);
  expect(new Set(payloadTypes).size).toBeGreaterThan(60);
  camera.faults.garbage(4096);
  await until("the rest", () => client.received.length === PACKETS * 204 + 4096, 5000);
});

test("a goodbye is said in RTCP, and no picture comes after it", async () => {
  await using camera = await openCamera();
  using client = await RawRtspClient.open(at(camera));
  await client.play();
  await until("a picture", () => client.received.length > 1000, 5000);
  camera.faults.bye();
  await sleep(200);
  const bye = client.received.subarray(-20);
  expect(bye.subarray(0, 8).toString("hex")).toBe("2405001080c90001");
  expect(bye.subarray(12, 16).toString("hex")).toBe("81cb0001");
  const length = client.received.length;
  await sleep(300);
  expect(client.received).toHaveLength(length);
  expect(client.socket.closed).toBe(false);
});

test("a closed camera refuses connections and frees its port, by dispose or by signal, once or twice", async () => {
  const first = await openCamera();
  using client = await RawRtspClient.open(at(first));
  await expect(openCamera({ port: first.port })).rejects.toMatchObject({ code: "LIMEN_DEMO_FAILED" });
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  await until("the client to be cut off", () => client.socket.closed, 5000);
  const stop = new AbortController();
  const second = await openCamera({ port: first.port, signal: stop.signal });
  stop.abort();
  await expect(
    until("the port to be closed", () => false, 200).then(() => RawRtspClient.open(at(second))),
  ).rejects.toThrow();
  await using third = await openCamera({ port: first.port });
  expect(third.url).toBe(first.url);
});
