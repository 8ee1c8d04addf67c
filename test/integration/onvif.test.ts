import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { createOnvifDirectory } from "#adapters/onvif/directory";
import { LimenError } from "#errors";
import type { AdoptedCamera, CameraDirectory } from "#ports/camera-directory";
import { FakeClock } from "../fakes/fake-clock.js";
import { type DiscoveryResponder, honest, startResponder } from "../fixtures/discovery-responder.js";
import { type DeviceBehaviour, type OnvifDevice, profileXml, startOnvifDevice } from "../fixtures/onvif-device.js";

const LOOPBACK = { name: "lo", address: "127.0.0.1", netmask: "255.0.0.0" };
const ENDPOINT = "urn:uuid:aaaaaaaa-0000-4000-8000-000000000001";
const never = new AbortController().signal;
const LOGIN = { username: "limen", password: 'p@ss"w<rd&1' };

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});

async function device(behaviour: DeviceBehaviour = {}): Promise<OnvifDevice> {
  const started = await startOnvifDevice({ ...LOGIN, ...behaviour });
  open.push(started);
  return started;
}

async function responder(): Promise<DiscoveryResponder> {
  const started = await startResponder();
  open.push(started);
  return started;
}

/** A directory that asks one responder on this computer instead of the multicast group. */
function directory(options: Partial<Parameters<typeof createOnvifDirectory>[0]> = {}): CameraDirectory {
  return createOnvifDirectory({ clock: systemClock, timeoutMs: 3_000, from: [LOOPBACK], ...options });
}

function camera({ host, port }: OnvifDevice, more: Partial<AdoptedCamera> = {}): AdoptedCamera {
  return { id: "front", onvif: `${host}:${port}`, ...LOGIN, detectWidth: 640, ...more };
}

async function failure(promise: Promise<unknown>): Promise<LimenError> {
  const error = await promise.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  if (error instanceof LimenError) return error;
  throw error;
}

describe("a camera in the configuration", () => {
  it.each(["wsse", "digest", "none"] as const)("is resolved with a login by %s", async (login) => {
    const peer = await device({ login, snapshotUri: "http://192.0.2.2/snap.jpg" });
    const found = await directory().resolve(camera(peer), never);
    expect(found).toMatchObject({
      stream: { url: "rtsp://127.0.0.1:8554/sub?a=1&b=2", ...LOGIN },
      profile: { token: "sub", name: "sub", width: 640, height: 360, codec: "H264", fps: 25 },
      make: "Acme",
      model: "Eye 3",
      endpoint: null,
      address: `127.0.0.1:${peer.port}`,
      snapshotUrl: "http://127.0.0.1/snap.jpg",
    });
    expect(found.profiles).toHaveLength(2);
    expect(Math.abs(found.clockSkewMs)).toBeLessThan(60_000);
  });

  it("needs no login when the camera asks for none", async () => {
    const peer = await device({ login: "none" });
    const { stream } = await directory().resolve(
      { id: "front", onvif: `127.0.0.1:${peer.port}`, detectWidth: 640 },
      never,
    );
    expect(stream).toEqual({ url: "rtsp://127.0.0.1:8554/sub?a=1&b=2" });
    expect(peer.asked.filter(({ hadLogin }) => hadLogin)).toEqual([]);
  });

  it("may hide everything from strangers, and may have a clock that is hours off", async () => {
    const hidden = await device({ preAuth: "closed", skewMs: 0 });
    await expect(directory().resolve(camera(hidden), never)).resolves.toMatchObject({ make: "Acme" });
    const late = await device({ skewMs: 5 * 3_600_000 });
    const { clockSkewMs } = await directory().resolve(camera(late), never);
    expect(Math.round(clockSkewMs / 3_600_000)).toBe(5);
  });

  it.each(["wsse", "digest"] as const)("may have a password with letters beyond ASCII (%s)", async (login) => {
    const password = "Tür-schlüssel €";
    const peer = await device({ login, password });
    await expect(directory().resolve(camera(peer, { password }), never)).resolves.toMatchObject({ make: "Acme" });
  });

  it("may name a newer media service that does not work", async () => {
    const failing = await device({
      brokenMedia2: true,
      bodies: {},
      profiles: [profileXml("1", 640, 480, "H264")],
    });
    await expect(directory().resolve(camera(failing), never)).resolves.toMatchObject({ profile: { token: "1" } });
  });

  it("cannot send the login, or us, to another host", async () => {
    const canary = await device();
    const peer = await device({
      services: `http://127.0.0.1:${canary.port}`,
      streamUri: "rtsp://user:secret@198.51.100.7:7447/live",
      snapshotUri: "file:///etc/passwd",
    });
    const found = await directory().resolve(camera(peer), never);
    expect(found.stream.url).toBe("rtsp://127.0.0.1:7447/live");
    expect(found.snapshotUrl).toBeNull();
    expect(canary.asked).toEqual([]);
    const redirecting = await device({ mode: "redirect", redirectTo: `http://127.0.0.1:${canary.port}/` });
    expect((await failure(directory().resolve(camera(redirecting), never))).code).toBe("LIMEN_CAMERA_NOT_ONVIF");
    expect(canary.asked).toEqual([]);
  });

  it.each<[string, DeviceBehaviour, string]>([
    ["a wrong password", { password: "other" }, "LIMEN_CAMERA_AUTH"],
    ["a wrong password by Digest", { password: "other", login: "digest" }, "LIMEN_CAMERA_AUTH"],
    ["a wrong password and nothing open", { password: "other", preAuth: "closed" }, "LIMEN_CAMERA_AUTH"],
    ["a locked account", { mode: "locked" }, "LIMEN_CAMERA_LOCKED"],
    ["a login that is too old for it", { mode: "expired" }, "LIMEN_CAMERA_CLOCK"],
    ["a wrong password and a wrong clock", { password: "other", skewMs: -7_200_000 }, "LIMEN_CAMERA_CLOCK"],
    ["no profiles", { profiles: [] }, "LIMEN_CAMERA_NO_MEDIA"],
    ["JPEG only", { profiles: [profileXml("a", 640, 480, "JPEG")] }, "LIMEN_CAMERA_NO_MEDIA"],
    ["a stream that is no RTSP", { streamUri: "http://127.0.0.1/x.mjpg" }, "LIMEN_CAMERA_NO_MEDIA"],
    ["malformed answers", { mode: "malformed" }, "LIMEN_CAMERA_NOT_ONVIF"],
    ["a web page", { mode: "not_onvif" }, "LIMEN_CAMERA_NOT_ONVIF"],
    ["an answer without end", { mode: "huge" }, "LIMEN_CAMERA_NOT_ONVIF"],
    [
      "nonsense for the device's name",
      { bodies: { GetDeviceInformation: "<a/>" }, profiles: [] },
      "LIMEN_CAMERA_NO_MEDIA",
    ],
  ])("is told apart: %s", async (_, behaviour, code) => {
    const error = await failure(directory().resolve(camera(await device(behaviour)), never));
    expect(error.code).toBe(code);
    expect(error.hint?.length).toBeGreaterThan(20);
    expect(`${error.message} ${error.hint}`).not.toContain(LOGIN.password);
  });

  it.each(["mute", "drip"] as const)("is unreachable when it is %s, after the time given", async (mode) => {
    const peer = await device({ mode });
    const error = await failure(directory({ timeoutMs: 400 }).resolve(camera(peer), never));
    expect(error.code).toBe("LIMEN_CAMERA_UNREACHABLE");
    expect(peer.asked).toHaveLength(1);
  });

  it("is unreachable when nobody listens there", async () => {
    const gone = await startOnvifDevice();
    await gone[Symbol.asyncDispose]();
    expect((await failure(directory().resolve(camera(gone), never))).code).toBe("LIMEN_CAMERA_UNREACHABLE");
  });

  it("is let go of at once when the daemon stops", async () => {
    const peer = await device({ mode: "mute" });
    const stop = new AbortController();
    const resolving = directory({ timeoutMs: 60_000 }).resolve(camera(peer), stop.signal);
    setTimeout(() => stop.abort(new Error("stopping")), 100);
    await expect(resolving).rejects.toThrow("stopping");
  });
});

describe("a refused login", () => {
  it("is one try, remembered for a minute, then for five; a new password is tried at once", async () => {
    const peer = await device({ password: "other" });
    const clock = new FakeClock();
    const book = directory({ clock });
    const tries = () => peer.asked.filter(({ hadLogin }) => hadLogin).length;
    const ask = (more = {}) => failure(book.resolve(camera(peer, more), never));

    expect((await ask()).code).toMatch(/AUTH|CLOCK/);
    expect(tries()).toBe(1);
    const before = peer.asked.length;
    for (let i = 0; i < 20; i++) await ask();
    expect(peer.asked.length).toBe(before);
    await clock.advance(60_001);
    await ask();
    expect(tries()).toBe(2);
    await clock.advance(299_000);
    await ask();
    expect(tries()).toBe(2);
    await ask({ password: "yet another" });
    expect(tries()).toBe(3);
    peer.behaviour.password = LOGIN.password;
    await clock.advance(60_001);
    // The fake clock is far from the device's: only that it is asked matters here.
    await book.resolve(camera(peer), never).catch(() => undefined);
    expect(tries()).toBeGreaterThan(3);
  });
});

describe("a camera named by its endpoint id", () => {
  it("is found by it and followed to another address", async () => {
    const first = await device();
    const second = await device({ streamUri: "rtsp://10.0.0.9/other" });
    const net = await responder();
    const book = directory({ target: net });
    const named = camera(first, { onvif: ENDPOINT.toUpperCase().replace("URN:UUID", "urn:uuid") });
    const at = (port: number) =>
      honest({ endpoint: ENDPOINT, xaddrs: `http://127.0.0.1:${port}/onvif/device_service` });

    net.say(honest({ endpoint: "urn:uuid:somebody-else" }), at(first.port));
    expect(await book.resolve(named, never)).toMatchObject({ address: `127.0.0.1:${first.port}` });
    net.say(at(second.port));
    expect(await book.resolve(named, never)).toMatchObject({
      address: `127.0.0.1:${second.port}`,
      stream: { url: "rtsp://127.0.0.1/other" },
    });
  });

  it("is unreachable when nobody carries it, and then nobody is sent a login", async () => {
    const peer = await device();
    const net = await responder();
    net.say(honest({ xaddrs: `http://127.0.0.1:${peer.port}/` }));
    const error = await failure(
      directory({ target: net, locateMs: 700 }).resolve(camera(peer, { onvif: ENDPOINT }), never),
    );
    expect(error.code).toBe("LIMEN_CAMERA_UNREACHABLE");
    expect(error.message).toContain("did not answer the search");
    expect(peer.asked).toEqual([]);
  });
});

describe("a search of the network", () => {
  it("introduces every camera once, as far as it speaks to strangers, and sends nobody a login", async () => {
    const closed = await device();
    const free = await device({ login: "none", manufacturer: "Bad\u001b[31m\u202eName" });
    const hidden = await device({ preAuth: "closed", login: "digest" });
    const net = await responder();
    const at = (n: number, port: number) =>
      honest({ endpoint: `urn:uuid:cam-${n}`, xaddrs: `http://127.0.0.1:${port}/onvif/device_service` });
    net.say(at(1, closed.port), at(2, free.port), at(3, hidden.port), at(4, 9), at(5, 54_321), at(1, closed.port));
    const heard: string[] = [];
    const { cameras, searched, refused } = await directory({ target: net }).find({
      seconds: 1,
      signal: never,
      onFound: ({ endpoint }) => heard.push(endpoint),
    });

    expect(cameras.map(({ endpoint, reach }) => [endpoint, reach])).toEqual([
      ["urn:uuid:cam-1", "needs_password"],
      ["urn:uuid:cam-2", "found"],
      ["urn:uuid:cam-3", "needs_password"],
      ["urn:uuid:cam-5", "silent"],
    ]);
    expect(cameras[1]).toMatchObject({ make: "Bad [31m Name", model: "Eye 3", name: "Front door" });
    expect(heard.toSorted()).toEqual(["urn:uuid:cam-1", "urn:uuid:cam-2", "urn:uuid:cam-3", "urn:uuid:cam-5"]);
    expect(searched).toEqual(["lo 127.0.0.1/8"]);
    expect(refused).toBeGreaterThan(0);
    for (const peer of [closed, free, hidden]) {
      expect(peer.asked.map(({ operation }) => operation)).not.toContain("GetProfiles");
      expect(peer.asked.filter(({ hadLogin }) => hadLogin)).toEqual([]);
    }
  });

  it("finds both cameras of one message, which the usual client loses", async () => {
    const one = await device();
    const two = await device();
    const net = await responder();
    const { answerXml, matchXml } = await import("../fixtures/discovery-responder.js");
    const match = (n: number, port: number) =>
      matchXml({ endpoint: `uuid:cam-${n}`, xaddrs: `http://127.0.0.1:${port}/` });
    net.say((id) => answerXml(id, match(1, one.port), "<d:ProbeMatch/>", match(2, two.port)));
    const { cameras } = await directory({ target: net }).find({ seconds: 0.6, signal: never });
    expect(cameras.map(({ endpoint }) => endpoint)).toEqual(["urn:uuid:cam-1", "urn:uuid:cam-2"]);
  });

  it("is empty where nobody answers, and stops when told", async () => {
    const net = await responder();
    expect((await directory({ target: net }).find({ seconds: 0.3, signal: never })).cameras).toEqual([]);
    const stop = new AbortController();
    const searching = directory({ target: net }).find({ seconds: 600, signal: stop.signal });
    setTimeout(() => stop.abort(new Error("stopping")), 50);
    await expect(searching).rejects.toThrow("stopping");
  });
});
