import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { createOnvifDirectory } from "#adapters/onvif/directory";
import { type Answer, type DiscoveryResponder, honest, startResponder } from "../fixtures/discovery-responder.js";
import { hostileAnswers } from "../fixtures/hostile-answers.js";
import { type OnvifDevice, startOnvifDevice } from "../fixtures/onvif-device.js";

/**
 * Everything here is said by one host, 127.0.0.1. Canaries listen on its neighbours (all of 127/8 is this computer), and on its own
 * ports where no camera lives: whatever reaches one of them was sent where a stranger pointed.
 */
const LOOPBACK = { name: "lo", address: "127.0.0.1", netmask: "255.0.0.0" };
const NEIGHBOURS = ["127.0.0.2", "127.0.0.3", "127.1.1.1"];
const never = new AbortController().signal;

let canaries: Canary[] = [];
let camera: OnvifDevice;
let net: DiscoveryResponder;

interface Canary {
  readonly host: string;
  readonly port: number;
  touched: number;
  close(): Promise<void>;
}

async function canary(host: string, port = 0): Promise<Canary> {
  const server = createTcpServer((socket) => {
    self.touched++;
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const self: Canary = {
    host,
    port: (server.address() as AddressInfo).port,
    touched: 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return self;
}

beforeAll(async () => {
  canaries = await Promise.all(NEIGHBOURS.map((host) => canary(host)));
  // A port of another kind of service; not there is as good when something else of this computer holds it.
  const redis = await canary("127.0.0.1", 6379).catch(() => null);
  if (redis !== null) canaries.push(redis);
  camera = await startOnvifDevice({ username: "limen", password: "pw" });
  net = await startResponder();
});

afterAll(async () => {
  await Promise.all(canaries.map((each) => each.close()));
  await net[Symbol.asyncDispose]();
  await camera[Symbol.asyncDispose]();
});

function directory(options: { locateMs?: number } = {}) {
  return createOnvifDirectory({ clock: systemClock, timeoutMs: 2_000, from: [LOOPBACK], target: net, ...options });
}

function lies(): Record<string, Answer> {
  return hostileAnswers(
    canaries.map(({ host, port }) => `${host}:${port}`),
    camera.port,
  );
}

describe("a search among liars", () => {
  it("sends nothing to anybody they point to, and still finds the one honest camera", async () => {
    const corpus = lies();
    expect(Object.keys(corpus).length).toBeGreaterThanOrEqual(40);
    const truth = honest({
      endpoint: "urn:uuid:honest",
      xaddrs: `http://127.0.0.1:${camera.port}/onvif/device_service`,
    });
    net.say(...Object.values(corpus), truth, ...Object.values(corpus));
    const { cameras, refused } = await directory().find({ seconds: 2, signal: never });

    expect(cameras.map(({ endpoint }) => endpoint)).toEqual(["urn:uuid:honest"]);
    expect(canaries.map(({ host, touched }) => [host, touched])).toEqual(canaries.map(({ host }) => [host, 0]));
    expect(refused).toBeGreaterThanOrEqual(Object.keys(corpus).length);
    expect(camera.asked.map(({ operation }) => operation)).toEqual(["GetSystemDateAndTime", "GetDeviceInformation"]);
  });

  it.each(Object.keys(hostileAnswers(["127.0.0.2:1"], 1)))("believes none alone: %s", async (name) => {
    const lie = lies()[name];
    if (lie === undefined) throw new Error(`no such lie: ${name}`);
    net.say(lie);
    const before = camera.asked.length;
    const { cameras } = await directory().find({ seconds: 0.08, signal: never });
    expect(net.probes).toBeGreaterThan(0);
    expect(cameras).toEqual([]);
    expect(canaries.every(({ touched }) => touched === 0)).toBe(true);
    expect(camera.asked.length).toBe(before);
  });

  it("sends the login of a camera named by its id nowhere they point to", async () => {
    const [first] = canaries;
    net.say(
      honest({ endpoint: "urn:uuid:wanted", xaddrs: `http://${first?.host}:${first?.port}/onvif/device_service` }),
    );
    const wanted = { id: "front", onvif: "urn:uuid:wanted", username: "limen", password: "pw", detectWidth: 640 };
    await expect(directory({ locateMs: 300 }).resolve(wanted, never)).rejects.toMatchObject({
      code: "LIMEN_CAMERA_UNREACHABLE",
    });
    expect(canaries.every(({ touched }) => touched === 0)).toBe(true);
  });

  it("asks at most 8 devices of one host, whatever it invents", async () => {
    const counted: Server = createServer((_request, response) => response.writeHead(404).end());
    let connections = 0;
    counted.on("connection", () => connections++);
    await new Promise<void>((resolve) => {
      counted.listen(0, "127.0.0.1", resolve);
    });
    const { port } = counted.address() as AddressInfo;
    net.say(
      ...Array.from({ length: 300 }, (_, n) =>
        honest({ endpoint: `urn:uuid:many-${n}`, xaddrs: `http://127.0.0.1:${port}/` }),
      ),
    );
    const { cameras } = await directory().find({ seconds: 1, signal: never });
    counted.closeAllConnections();
    await new Promise((resolve) => counted.close(resolve));
    expect(cameras).toHaveLength(8);
    expect(connections).toBeLessThanOrEqual(8);
  });
});
