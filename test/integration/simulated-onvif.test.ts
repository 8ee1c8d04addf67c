import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { H264Clip } from "#demo/camera/annexb";
import { bye, hello, probeMatches } from "#demo/camera/onvif/discovery-message";
import type { OnvifOptions } from "#demo/camera/onvif/open-onvif";
import { openSimulatedCamera, type SimulatedCamera, type SimulatedCameraOptions } from "#demo/camera/simulated-camera";
import { connectOnvif, type OnvifAccount } from "../fixtures/onvif-client.js";
import { type RtspClient, startFfmpegClient } from "../fixtures/rtsp-clients.js";
import { makeTestClip } from "../fixtures/test-clip.js";
import { until } from "../fixtures/until.js";

const account = { user: "gate", password: 'p@ss"w<rd&1' };
const JPEG = Buffer.from("\u00ff\u00d8 stands in for a picture \u00ff\u00d9", "latin1");
let directory: string;
let clip: H264Clip;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-simulated-onvif-"));
  clip = await makeTestClip(directory);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function openCamera(onvif: OnvifOptions = {}, options: Partial<SimulatedCameraOptions> = {}) {
  const { user: username, password } = account;
  return openSimulatedCamera({ username, password, clip, fps: 20, onvif, ...options });
}

function at(camera: SimulatedCamera, changes: Partial<OnvifAccount> = {}): OnvifAccount {
  if (camera.onvif === null) throw new Error("the camera was opened without ONVIF");
  return { url: camera.onvif.url, ...account, ...changes };
}

async function pictures(client: RtspClient, count: number): Promise<void> {
  await until("pictures, or a complaint", () => client.times.length >= count || client.stderr !== "", 20_000);
  expect(client.stderr).toBe("");
}

/** What curl, with HTTP Digest, gets for a GET. User and password go in on standard input. */
function curl(
  url: string,
  { user, password }: { user: string; password: string },
): Promise<{ status: string; body: string }> {
  const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
  return new Promise((resolve, reject) => {
    const args = ["-sS", "--digest", "--max-time", "20", "-K", "-", "-w", "\n%{http_code}"];
    const child = execFile("curl", args, { encoding: "latin1" }, (error, stdout) => {
      if (error !== null) return reject(error);
      const end = stdout.lastIndexOf("\n");
      resolve({ status: stdout.slice(end + 1), body: stdout.slice(0, end) });
    });
    child.stdin?.end(`url = ${quoted(url)}\nuser = ${quoted(`${user}:${password}`)}\n`);
  });
}

/** A POST to the device service, byte for byte. */
function post(
  camera: SimulatedCamera,
  body: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(at(camera).url, { method: "POST", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += String(chunk);
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const call = (operation: string): string => `<Envelope><Body><${operation}/></Body></Envelope>`;

describe.each(["wsse", "digest"] as const)("a simulated camera that wants %s, asked by the npm client,", (auth) => {
  test("tells what it is and where its streams are, and ffmpeg plays them", async () => {
    const endpoint = "urn:uuid:11111111-2222-4333-8444-555555555555";
    await using camera = await openCamera({ auth, endpoint, model: "Door & <co>" });
    const client = await connectOnvif(at(camera));
    expect(await client.information()).toEqual({
      manufacturer: "Limen",
      model: "Door & <co>",
      serialNumber: "SIM-555555555555",
    });
    expect(client.profiles).toEqual([
      { token: "main", encoding: "H264", width: 1920, height: 1080 },
      { token: "sub", encoding: "H264", width: 640, height: 360 },
    ]);
    for (const { token } of client.profiles) {
      const url = await client.streamUri(token);
      expect(url).toBe(camera.url.replace("/sub", `/${token}`));
      await using player = startFfmpegClient({ url, ...account });
      await pictures(player, 5);
    }
    await expect(client.streamUri("other")).rejects.toThrow("Profile token does not exist");
    expect(camera.loginFailures).toBe(0);
  });

  test("refuses a wrong password, when it tells its services first and when it does not", async () => {
    await using camera = await openCamera({ auth });
    const wrong = at(camera, { password: "p@ss" });
    const client = await connectOnvif(wrong); // the services need no password; the profiles do
    expect(client.profiles).toEqual([]);
    await expect(client.information()).rejects.toThrow(auth === "wsse" ? "Sender not Authorized" : "401");
    camera.faults.onvif.preAuth("closed");
    await expect(connectOnvif(wrong)).rejects.toThrow(auth === "wsse" ? "Sender not Authorized" : "401");
    expect((await connectOnvif(at(camera))).profiles).toHaveLength(2);
    expect(camera.loginFailures).toBeGreaterThanOrEqual(4);
  });
});

test("a snapshot is there for who signs, and only with a picture to give", async () => {
  await using camera = await openCamera({ snapshot: JPEG });
  const url = await (await connectOnvif(at(camera))).snapshotUri("sub");
  expect(await curl(url, account)).toEqual({ status: "200", body: JPEG.toString("latin1") });
  expect((await curl(url, { ...account, password: "p@ss" })).status).toBe("401");
  expect((await fetch(url)).status).toBe(401);
  expect((await curl(url.replace("/sub", "/other"), account)).status).toBe("404");
  await using blind = await openCamera();
  await expect((await connectOnvif(at(blind))).snapshotUri("sub")).rejects.toThrow("Optional Action Not Implemented");
});

test("a changed password counts for stream and ONVIF at once", async () => {
  await using camera = await openCamera();
  const client = await connectOnvif(at(camera));
  camera.faults.setPassword("another", true);
  await expect(client.information()).rejects.toThrow("Sender not Authorized");
  await using old = startFfmpegClient({ url: camera.url, ...account });
  await until("the old password to be refused", () => old.stderr.includes("401"), 20_000);
  const changed = { ...account, password: "another" };
  expect((await connectOnvif(at(camera, changed))).profiles).toHaveLength(2);
  await using fresh = startFfmpegClient({ url: camera.url, ...changed });
  await pictures(fresh, 3);
});

test("an account that was tried too often is locked, says so, and is locked for the stream too", async () => {
  await using camera = await openCamera({}, { locksAfter: 3 });
  const client = await connectOnvif(at(camera));
  const guesser = await connectOnvif(at(camera, { password: "no" })); // two wrong tries: profiles and video sources
  await expect(guesser.information()).rejects.toThrow("locked");
  await expect(client.information()).rejects.toThrow("the account is locked");
  await using player = startFfmpegClient({ url: camera.url, ...account });
  await until("the stream to be refused", () => player.stderr.includes("401"), 20_000);
  expect(camera.loginFailures).toBe(3);
  camera.faults.lockAccount(false);
  await client.information();
});

test("a message that was heard is no use to who heard it", async () => {
  await using camera = await openCamera();
  const client = await connectOnvif(at(camera));
  await client.information();
  const replayed = await post(camera, client.sent);
  expect(replayed).toMatchObject({ status: 400, text: expect.stringContaining("ter:NotAuthorized") });
  expect(camera.loginFailures).toBe(0);
});

test("a camera whose clock is hours off is judged by its own clock", async () => {
  await using camera = await openCamera();
  const before = await connectOnvif(at(camera));
  camera.faults.onvif.clockSkew(5 * 3600);
  await expect(before.information()).rejects.toThrow("Sender not Authorized");
  expect(camera.loginFailures).toBe(0);
  const after = await connectOnvif(at(camera)); // asks for the time first
  await after.information();
});

test("profiles can be missing, stream addresses can name the wrong host", async () => {
  await using camera = await openCamera();
  camera.faults.onvif.noProfiles(true);
  const empty = await connectOnvif(at(camera));
  expect(empty.profiles).toEqual([]);
  await expect(empty.streamUri("sub")).rejects.toThrow("Profile token does not exist");
  camera.faults.onvif.noProfiles(false);
  camera.faults.onvif.streamHost("192.0.2.77");
  const client = await connectOnvif(at(camera));
  expect(await client.streamUri("sub")).toBe(`rtsp://192.0.2.77:${camera.port}/sub`);
});

test("a mute camera and one that breaks off its answers fail the call, and serve again afterwards", async () => {
  await using camera = await openCamera();
  camera.faults.onvif.mute(true);
  await expect(connectOnvif(at(camera), 500)).rejects.toThrow("Network timeout");
  camera.faults.onvif.mute(false);
  camera.faults.onvif.malformed(true);
  await expect(connectOnvif(at(camera))).rejects.toThrow();
  camera.faults.onvif.malformed(false);
  expect((await connectOnvif(at(camera))).profiles).toHaveLength(2);
});

test("nonsense, long messages and forged host names get an answer and nothing more", async () => {
  await using camera = await openCamera();
  expect((await post(camera, "nonsense")).status).toBe(400);
  expect((await post(camera, call("GetProfiles"))).text).toContain("ter:NotAuthorized");
  expect((await post(camera, call("GetDeviceInformation").padEnd(64 * 1024 + 1))).status).toBe(413);
  const forged = await post(camera, call("GetServices"), { Host: "a<b>.example:80" });
  expect(forged.status).toBe(200);
  expect(forged.text).not.toContain("example");
  const asked = await post(camera, call("GetServices"), { Host: "door.example:8080" });
  expect(asked.text).toContain(`http://door.example:${camera.onvif?.port}/onvif/media_service`);
  const plain = await fetch(at(camera).url, { method: "POST", body: call("GetServices") });
  expect(Number(plain.headers.get("content-length"))).toBe((await plain.text()).length); // some clients know no chunks
  expect((await fetch(at(camera).url)).status).toBe(404);
  await camera[Symbol.asyncDispose]();
  await expect(post(camera, call("GetServices"), { Connection: "close" })).rejects.toThrow();
});

test("every answer is well-formed in the eyes of a strict parser", async () => {
  await using camera = await openCamera();
  const answers: string[] = [];
  for (const operation of ["GetServices", "GetCapabilities", "GetSystemDateAndTime", "GetProfiles"]) {
    answers.push((await post(camera, call(operation))).text);
  }
  const device = { endpoint: "urn:uuid:1", scopes: ["a&b"], address: "http://127.0.0.1/" };
  const sequence = { instance: 1, number: 1 };
  answers.push(probeMatches("urn:uuid:2", [device], "urn:uuid:3", sequence));
  answers.push(hello(device, "urn:uuid:4", sequence), bye("urn:uuid:1", "urn:uuid:5", sequence));
  // Python's expat: the npm client reads what is no XML at all.
  const program = "import json,sys,xml.dom.minidom as d\nfor m in json.load(sys.stdin): d.parseString(m.encode())";
  const verdict = await new Promise<string>((resolve) => {
    const parser = execFile("/usr/bin/python3", ["-c", program], (_, __, stderr) => resolve(stderr));
    parser.stdin?.end(JSON.stringify(answers));
  });
  expect(verdict).toBe("");
});

test("a port that is taken is an error", async () => {
  await using first = await openCamera();
  const options = { port: first.onvif?.port ?? 0 };
  await expect(openCamera(options)).rejects.toMatchObject({ code: "LIMEN_DEMO_FAILED" });
});
