import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type FfmpegBinary, locateFfmpeg } from "#adapters/ffmpeg/binary";
import type { FfmpegFrameSourceOptions } from "#adapters/ffmpeg/frame-source";
import type { H264Clip } from "#demo/camera/annexb";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { LimenError } from "#errors";
import { childProcesses } from "../fixtures/child-processes.js";
import { makeTestClip } from "../fixtures/test-clip.js";
import { until } from "../fixtures/until.js";
import { type WatchedCamera, watchCamera } from "../fixtures/watched-camera.js";

const account = { username: "gate", password: "p@ss:w/rd'#1?" };
const ANOTHER = "not the password any more";
const PATIENCE_MS = 40_000;
/** Faults played side by side: each has an ffmpeg of its own, on a machine of perhaps two cores. */
const AT_ONCE = 5;
let directory: string;
let clip: H264Clip;
let largeClip: H264Clip;
let binary: FfmpegBinary;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-camera-faults-"));
  binary = await locateFfmpeg();
  clip = await makeTestClip(directory);
  largeClip = await makeTestClip(directory, { width: 640, height: 480 });
});
afterAll(() => rm(directory, { recursive: true, force: true }));
afterEach(() => expect(ffmpegs()).toEqual([]));

const ffmpegs = () => childProcesses().filter(({ startedWith }) => startedWith.includes("ffmpeg"));

interface Rig {
  readonly camera: SimulatedCamera;
  readonly view: WatchedCamera;
  state(): string;
  /** Waits until the source has given this camera up, whatever for. */
  down(): Promise<void>;
}

interface Fault {
  readonly name: string;
  /** What the source may have said when it went down; none: it streams on. */
  readonly codes: readonly string[];
  /** Makes it fail, waits for what has to be seen, and makes it well again. */
  play(rig: Rig): Promise<void>;
}

/** Each heals alone; `codes` is what the operator reads first. */
const FAULTS: readonly Fault[] = [
  {
    name: "unplugged and plugged in again",
    codes: ["LIMEN_CAMERA_STALLED"],
    async play({ camera: { faults }, down, view }) {
      faults.halfOpen();
      await faults.refuse(true);
      await down();
      await until("a second try", () => view.source.health().code === "LIMEN_CAMERA_UNREACHABLE", PATIENCE_MS);
      await until("a third try", () => view.source.health().restarts >= 2, PATIENCE_MS);
      await faults.refuse(false);
    },
  },
  {
    name: "frozen with the socket open",
    codes: ["LIMEN_CAMERA_STALLED"],
    async play({ camera: { faults }, down }) {
      faults.freeze();
      await down();
      faults.thaw();
    },
  },
  {
    name: "half-open",
    codes: ["LIMEN_CAMERA_STALLED"],
    async play({ camera: { faults }, down }) {
      faults.halfOpen();
      await down();
    },
  },
  {
    name: "mute: it accepts and says nothing",
    codes: ["LIMEN_CAMERA_STALLED"],
    async play({ camera: { faults }, down, view }) {
      faults.freeze();
      faults.mute(true);
      await down();
      await until("a second try", () => view.source.health().restarts >= 1, PATIENCE_MS);
      faults.mute(false);
      faults.thaw();
    },
  },
  {
    name: "reset",
    codes: ["LIMEN_CAMERA_ENDED"],
    async play({ camera: { faults }, down }) {
      faults.reset();
      await down();
    },
  },
  {
    name: "ending its stream",
    codes: ["LIMEN_CAMERA_ENDED"],
    async play({ camera: { faults }, down }) {
      faults.drop();
      await down();
    },
  },
  {
    name: "saying goodbye, with the socket open",
    codes: ["LIMEN_CAMERA_ENDED"],
    async play({ camera: { faults }, down }) {
      faults.bye();
      await down();
    },
  },
  {
    name: "given another password, and the old one back",
    codes: ["LIMEN_CAMERA_ENDED"],
    async play({ camera: { faults }, view }) {
      faults.setPassword(ANOTHER, true);
      await until("the refusal", () => view.source.health().code === "LIMEN_CAMERA_AUTH", PATIENCE_MS);
      faults.setPassword(account.password, false);
    },
  },
  {
    name: "without the path for a while",
    codes: ["LIMEN_CAMERA_ENDED"],
    async play({ camera: { faults }, view }) {
      faults.notFound(true);
      faults.drop();
      await until("the 404", () => view.source.health().code === "LIMEN_CAMERA_NOT_FOUND", PATIENCE_MS);
      faults.notFound(false);
    },
  },
  {
    name: "at its limit of viewers for a while",
    codes: ["LIMEN_CAMERA_ENDED"],
    async play({ camera: { faults }, view }) {
      faults.busy(true);
      faults.drop();
      await until("the 453", () => view.source.health().code === "LIMEN_CAMERA_FAILED", PATIENCE_MS);
      faults.busy(false);
    },
  },
  {
    name: "sending garbage bytes",
    // ffmpeg ends at once, or looks for the next packet for ever.
    codes: ["LIMEN_CAMERA_ENDED", "LIMEN_CAMERA_STALLED"],
    async play({ camera: { faults }, down }) {
      faults.garbage(4_096);
      await down();
    },
  },
  { name: "sending garbage packets", codes: [], play: async ({ camera: { faults } }) => faults.garbageRtp(50) },
  { name: "of another resolution", codes: [], play: async ({ camera: { faults } }) => faults.load(largeClip) },
  { name: "with a clock that jumps an hour on", codes: [], play: async ({ camera }) => camera.faults.tsJump(3_600) },
  { name: "with a clock that jumps a minute back", codes: [], play: async ({ camera }) => camera.faults.tsJump(-60) },
  { name: "slow: two pictures a second", codes: [], play: async ({ camera: { faults } }) => faults.slow(0.1) },
];

function watch(camera: SimulatedCamera, options: Partial<FfmpegFrameSourceOptions> = {}): WatchedCamera {
  return watchCamera({
    ...account,
    url: camera.url,
    binary,
    tap: true,
    retry: { minMs: 300, maxMs: 1_000, authWaitsMs: [500, 1_000] },
    ...options,
  });
}

async function more(view: WatchedCamera, count: number): Promise<void> {
  const goal = view.seen.length + count;
  await until(`${count} more frames`, () => view.seen.length >= goal, PATIENCE_MS);
}

/** Plays one fault on a camera of its own, and waits until it streams again. */
async function endure(fault: Fault): Promise<void> {
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  await using view = watch(camera);
  await more(view, 5);
  const state = () => view.source.health().state;
  const down = () => until("the outage", () => state() === "down", PATIENCE_MS);
  await fault.play({ camera, view, state, down });
  if (fault.codes.length > 0) await until("pictures again", () => state() === "streaming", PATIENCE_MS);
  await more(view, 5);
  const said = view.said().slice(1); // after "The camera sends pictures."
  expect(said.map(({ level }) => level)).toEqual(fault.codes.length === 0 ? [] : ["warn", "info"]);
  if (fault.codes.length > 0) expect(fault.codes).toContain(said[0]?.fields["code"]);
  expect(JSON.stringify(view.logger.lines)).not.toContain(account.password);
}

test("every fault of a camera heals alone, in two lines at most, and another camera sees nothing of it", async () => {
  await using bystander = await openSimulatedCamera({ ...account, clip, fps: 20 });
  await using witness = watch(bystander, { camera: "bystander" });
  await more(witness, 3);
  const results: string[] = [];
  const left = [...FAULTS];
  const worker = async () => {
    for (let fault = left.shift(); fault !== undefined; fault = left.shift()) {
      const { name } = fault;
      await endure(fault).catch((error: unknown) => results.push(`${name}: ${String(error)}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  expect(results).toEqual([]);
  const before = witness.seen.length;
  await more(witness, 5);
  expect(before).toBeGreaterThan(20);
  expect(witness.source.health()).toMatchObject({ state: "streaming", restarts: 0 });
  expect(witness.said()).toHaveLength(1);
}, 180_000);

test("an address that cannot be found is a failed attempt like any other, and is asked for again", async () => {
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  const asked: (string | null)[] = [];
  await using view = watch(camera, {
    address(previous) {
      asked.push(previous);
      if (asked.length === 1) return Promise.reject(new LimenError("LIMEN_CAMERA_NOT_FOUND", "It has no media."));
      if (asked.length === 2) return Promise.resolve({ url: "file:///etc/passwd" });
      return Promise.resolve({ ...account, url: camera.url });
    },
  });
  await more(view, 3);
  expect(asked).toEqual([null, "LIMEN_CAMERA_NOT_FOUND", "LIMEN_CONFIG_INVALID"]);
  expect(view.said().map(({ fields }) => fields["code"])).toEqual(["LIMEN_CAMERA_NOT_FOUND", undefined]);
});

test("a camera that is looked at once a second and sees nothing move is not taken for a stalled one", async () => {
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  await using view = watch(camera, { lookIntervalMs: 900, stallMs: 3_000 });
  await more(view, 1);
  camera.faults.hold(true);
  const startedMs = performance.now();
  await more(view, 5);
  expect(performance.now() - startedMs).toBeGreaterThan(3_000); // or this shows nothing
  expect(view.source.health()).toMatchObject({ state: "streaming", restarts: 0 });
});
