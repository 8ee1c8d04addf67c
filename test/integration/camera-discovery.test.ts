import { randomUUID } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Discovery } from "onvif";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { H264Clip } from "#demo/camera/annexb";
import { type DiscoveryResponder, openDiscoveryResponder } from "#demo/camera/onvif/discovery-responder";
import type { CameraSettingsInput } from "#demo/camera/settings";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { findCamera } from "#demo/find-camera";
import { inOwnNetwork, noOwnNetwork } from "../fixtures/own-network.js";
import { makeTestClip } from "../fixtures/test-clip.js";
import { until } from "../fixtures/until.js";

const LOOPBACK = "127.0.0.1";
const CAMERA_PROGRAM = fileURLToPath(new URL("../../dist/demo/camera-program.js", import.meta.url));
const PROBE_PROGRAM = fileURLToPath(new URL("../fixtures/onvif-probe.mjs", import.meta.url));
const account = { username: "gate", password: "secret" };
let directory: string;
let clip: H264Clip;
let noMulticast: string | null;
let noNetwork: string | null;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-discovery-"));
  clip = await makeTestClip(directory);
  noMulticast = await loopbackIsDeaf();
  noNetwork = await noOwnNetwork();
  for (const why of [noMulticast, noNetwork]) if (why !== null) process.stdout.write(`skipping: ${why}\n`);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Why nothing can be found on this machine's loopback; null when our own search hears our own answer. */
async function loopbackIsDeaf(): Promise<string | null> {
  try {
    await using responder = await openDiscoveryResponder({ onAddresses: [LOOPBACK] });
    await using camera = await openAnnounced(responder);
    const address = await findCamera({ endpoint: endpointOf(camera), onAddress: LOOPBACK, timeoutMs: 5000 });
    return address === null ? "this machine's loopback takes no part in multicast" : null;
  } catch (error) {
    return `this machine allows no multicast on loopback: ${String(error)}`;
  }
}

function openAnnounced(discovery: DiscoveryResponder, host = LOOPBACK): Promise<SimulatedCamera> {
  return openSimulatedCamera({ ...account, clip, fps: 20, host, onvif: { discovery } });
}

function endpointOf(camera: SimulatedCamera): string {
  if (camera.onvif === null) throw new Error("the camera was opened without ONVIF");
  return camera.onvif.endpoint;
}

const foundSchema = z.object({
  probeMatches: z.object({
    probeMatch: z.object({ endpointReference: z.object({ address: z.string() }), XAddrs: z.string() }),
  }),
});

const searchSchema = z.object({ devices: z.array(foundSchema), errors: z.number() });

/** What the npm client finds on loopback: address of each endpoint, and how much it could not read. */
async function searchWithNpmClient(): Promise<{ found: Map<string, string>; errors: string[] }> {
  const found = new Map<string, string>();
  const errors: string[] = [];
  const onDevice = (data: unknown): void => {
    const { probeMatch } = foundSchema.parse(data).probeMatches;
    found.set(probeMatch.endpointReference.address, probeMatch.XAddrs);
  };
  const onError = (error: unknown): void => void errors.push(String(error));
  Discovery.on("device", onDevice).on("error", onError);
  await new Promise<void>((resolve) => {
    Discovery.probe({ timeout: 1000, resolve: false, device: "lo" }, () => resolve());
  });
  Discovery.off("device", onDevice).off("error", onError);
  return { found, errors };
}

test("the npm client finds every camera of a responder, each under its own endpoint and address", async ({ skip }) => {
  if (noMulticast !== null) skip(noMulticast);
  await using responder = await openDiscoveryResponder({ onAddresses: [LOOPBACK] });
  await using one = await openAnnounced(responder);
  await using everywhere = await openAnnounced(responder, "0.0.0.0");
  const { found } = await searchWithNpmClient();
  expect(found.get(endpointOf(one))).toBe(one.onvif?.url);
  expect(found.get(endpointOf(everywhere))).toBe(`http://127.0.0.1:${everywhere.onvif?.port}/onvif/device_service`);
  await one[Symbol.asyncDispose]();
  const later = await searchWithNpmClient();
  expect([later.found.has(endpointOf(one)), later.found.has(endpointOf(everywhere))]).toEqual([false, true]);
});

test("several devices in one message and junk in front of an answer can be had", async ({ skip }) => {
  if (noMulticast !== null) skip(noMulticast);
  await using responder = await openDiscoveryResponder({ onAddresses: [LOOPBACK] });
  await using camera = await openAnnounced(responder);
  responder.faults.junk(true);
  const withJunk = await searchWithNpmClient();
  expect(withJunk.found.has(endpointOf(camera))).toBe(true);
  expect(withJunk.errors).not.toEqual([]);
  responder.faults.junk(false);
  responder.faults.multi(true);
  // The npm client cannot read such a message at all; ours can.
  const search = { endpoint: endpointOf(camera), onAddress: LOOPBACK, timeoutMs: 10_000 };
  expect(await findCamera(search)).toBe(new URL(camera.onvif?.url ?? "").host);
});

test("a camera says hello and goodbye to whoever listens", async ({ skip }) => {
  if (noMulticast !== null) skip(noMulticast);
  const heard: string[] = [];
  const listener: Socket = createSocket({ type: "udp4", reuseAddr: true });
  listener.on("message", (message) => heard.push(message.toString()));
  listener.bind(3702);
  await once(listener, "listening");
  listener.addMembership("239.255.255.250", LOOPBACK);
  try {
    await using responder = await openDiscoveryResponder({ onAddresses: [LOOPBACK] });
    await using camera = await openAnnounced(responder);
    const says = (what: string): boolean =>
      heard.some((message) => message.includes(`discovery/${what}<`) && message.includes(endpointOf(camera)));
    await until("a Hello", () => says("Hello"), 5000);
    expect(says("Bye")).toBe(false);
    await camera[Symbol.asyncDispose]();
    await until("a Bye", () => says("Bye"), 5000);
  } finally {
    listener.close();
  }
});

test("a search for nobody ends in time, or when it is told to", async () => {
  const search = { endpoint: `urn:uuid:${randomUUID()}`, onAddress: LOOPBACK };
  expect(await findCamera({ ...search, timeoutMs: 100 })).toBeNull();
  const stop = new AbortController();
  const waiting = findCamera({ ...search, timeoutMs: 60_000, signal: stop.signal });
  stop.abort(new Error("told to"));
  await expect(waiting).rejects.toThrow("told to");
  await expect(openDiscoveryResponder({ onAddresses: ["192.0.2.99"] })).rejects.toMatchObject({
    code: "LIMEN_DEMO_FAILED",
  });
});

test("in a network of their own, the npm client finds two cameras of two programs, on every address", async ({
  skip,
}) => {
  if (noNetwork !== null) skip(noNetwork);
  const endpoints = [randomUUID(), randomUUID()].map((id) => `urn:uuid:${id}`);
  const files = await Promise.all(
    endpoints.map(async (endpoint, index) => {
      const settings: CameraSettingsInput = {
        ...account,
        ...{ clip: join(directory, "test-320x180.h264"), host: "0.0.0.0", endpoint, onvif_port: 8001 + index },
        discovery: [LOOPBACK, "10.99.0.1"],
      };
      const file = join(directory, `camera-${index}.json`);
      await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
      return file;
    }),
  );
  const script = `
node=$1; camera=$2; probe=$3; first=$4; second=$5
$node $camera < $first > $first.out & one=$!
$node $camera < $second > $second.out & two=$!
trap 'kill $one $two; wait' EXIT
trap 'exit 8' TERM INT
tries=0
until grep -q ready $first.out && grep -q ready $second.out; do
  tries=$((tries + 1)); [ $tries -lt 200 ] || exit 7
  sleep 0.1
done
$node $probe "" lo
`;
  const printed = await inOwnNetwork(
    "multicast",
    script,
    [process.execPath, CAMERA_PROGRAM, PROBE_PROGRAM, ...files],
    50_000,
  );
  const searches = printed
    .trim()
    .split("\n")
    .map((line) => searchSchema.parse(JSON.parse(line)));
  expect(searches).toHaveLength(2);
  for (const { devices, errors } of searches) {
    expect(errors).toBe(0);
    const matches = devices.map(({ probeMatches }) => probeMatches.probeMatch);
    const found = new Map(matches.map((match) => [match.endpointReference.address, match.XAddrs]));
    expect([...found.keys()].toSorted()).toEqual(endpoints.toSorted()); // and nobody of the network outside
    for (const [index, endpoint] of endpoints.entries()) {
      expect(found.get(endpoint)).toMatch(new RegExp(`^http://(127\\.0\\.0\\.1|10\\.99\\.0\\.1):${8001 + index}/`));
    }
  }
});

/** Opens the demo's camera from the built program and prints what it said and found. */
const DEMO_CAMERA = `
  const [ffmpegModule, cameraModule, clipFile] = process.argv.slice(1);
  const { locateFfmpeg } = await import(ffmpegModule);
  const { openDemoCamera } = await import(cameraModule);
  const said = [];
  const opened = await openDemoCamera({
    ...{ ffmpeg: await locateFfmpeg(), clipFile, fps: 20, loop: true, signal: new AbortController().signal },
    ...{ onFrame() {}, print: (line) => said.push(line) },
  });
  console.log(JSON.stringify({ said, onvif: opened.found.onvif, url: opened.camera.onvif.url }));
  await opened[Symbol.asyncDispose]();
`;
const demoSchema = z.object({
  said: z.array(z.string()),
  onvif: z.string(),
  url: z.string(),
});

test.for([
  ["finds its camera where the network can be searched", "multicast", "found by a search of the network"],
  ["takes its camera by address where it cannot, and says so", "down", "taken by its address"],
] as const)("the demo %s", async ([, loopback, words], { skip }) => {
  if (noNetwork !== null) skip(noNetwork);
  const files = ["adapters/ffmpeg/binary.js", "demo/demo-camera.js"];
  const modules = files.map((file) => new URL(`../../dist/${file}`, import.meta.url).href);
  const args = [process.execPath, DEMO_CAMERA, ...modules, join(directory, "test-320x180.h264")];
  const script = 'node=$1; program=$2; shift 2; exec $node --input-type=module -e "$program" "$@"';
  const printed = demoSchema.parse(JSON.parse(await inOwnNetwork(loopback, script, args, 50_000)));
  expect(printed.said).toEqual([expect.stringContaining(words)]);
  expect(printed.said[0]).toContain(printed.onvif);
  expect(printed.url).toBe(`http://${printed.onvif}/onvif/device_service`);
});
