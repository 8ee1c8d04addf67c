import { createHash, randomBytes } from "node:crypto";
import { Cam, type RequestCallback } from "onvif";
import type { z } from "zod";
import { deviceInformation, deviceTime, mediaUri, readProfiles } from "#adapters/onvif/answer-shapes";
import type { DeviceAddress } from "#adapters/onvif/device-address";
import { noMedia, readFault } from "#adapters/onvif/device-fault";
import { limitedAgent } from "#adapters/onvif/limited-agent";
import { escapeXml } from "#adapters/onvif/xml";
import type { StreamProfile } from "#core/stream-choice";
import { LimenError, messageOf } from "#errors";
import type { Clock } from "#ports/clock";

export interface DeviceOptions {
  /** Name for messages. */
  readonly camera: string;
  readonly address: DeviceAddress;
  /** Null = nothing is ever sent that would tell a password. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
  readonly clock: Clock;
  /** For one question and its answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** One device, asked one question at a time. Every method rejects with a LimenError that says what to do. */
export interface DeviceClient extends Disposable {
  /** How far its clock is ahead of ours, ms. To be asked first: logins are stamped with the device's time. */
  clockSkewMs(): Promise<number>;
  information(): Promise<{ readonly make: string; readonly model: string }>;
  /** Asks where its services are, then for its streams. Throws LIMEN_CAMERA_NO_MEDIA when it has none. */
  profiles(): Promise<StreamProfile[]>;
  /** As the device says it: not to be used as it stands. */
  streamUri(token: string): Promise<string>;
  snapshotUri(token: string): Promise<string>;
}

/**
 * The only place that knows the `onvif` package. Its shapes are parsed here and go no further. Not its `connect()`: that resolves
 * with a wrong password and asks for things nobody needs. Service addresses that the device names count for their path only
 * (`preserveAddress`), so it cannot send us, or a login, elsewhere.
 */
export function openDevice(options: DeviceOptions): DeviceClient {
  const { camera, address, credentials, clock, timeoutMs, signal } = options;
  const agent = limitedAgent(address.secure);
  let last: { status: number; body: string } | null = null;
  let skewMs: number | null = null;

  const cam = new Cam({
    autoconnect: false,
    hostname: address.host,
    port: address.port,
    path: address.path,
    useSecure: address.secure,
    preserveAddress: true,
    timeout: timeoutMs,
    agent,
    ...(credentials ?? {}),
  });
  // Until it has told us its time, we take it that its clock is right; the package would stamp a login with 1970.
  cam.timeShift = shiftTo(clock.now());
  if (credentials === null) {
    // Challenged, the package would log in as the user "undefined", which counts as a wrong password.
    cam.digestAuth = refuseToLogIn;
  } else {
    const { password } = credentials;
    const digest = () => passwordDigest(password, cam.timeShift ?? 0);
    // Not in its types: the package reads a password as ASCII and draws its nonces from Math.random.
    Object.defineProperty(cam, "_passwordDigest", { value: digest });
  }
  cam.on("rawResponse", (body: string, status: number) => {
    last = { status, body };
  });

  async function ask(question: (done: RequestCallback<unknown>) => void): Promise<unknown> {
    signal.throwIfAborted();
    last = null;
    const answer = new Promise<unknown>((resolve, reject) => {
      // It may be called twice: the package catches what its own reading throws and reports that too. The first call counts.
      question((error, data) => (error ? reject(error) : resolve(data)));
    });
    answer.catch(() => undefined);
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    // The package's own timeout counts silence only: a device that drips its answer would hold us for ever.
    const late = clock.sleep(timeoutMs, stop).then(
      () => new Error("Network timeout"),
      () => new Error("stopped"),
    );
    try {
      const first = await Promise.race([answer, late]);
      if (!(first instanceof Error)) return first;
      agent.destroy();
      signal.throwIfAborted();
      throw first;
    } catch (error) {
      signal.throwIfAborted();
      throw faultOf(error);
    } finally {
      over.abort();
    }
  }

  function faultOf(error: unknown): LimenError {
    const network = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
    return readFault({
      camera,
      words: messageOf(error),
      network,
      status: last?.status ?? null,
      body: last?.body ?? "",
      skewMs,
      hasCredentials: credentials !== null,
    });
  }

  function read<T extends z.ZodType>(shape: T, answer: unknown): z.output<T> {
    const { success, data } = shape.safeParse(answer);
    if (!success) throw faultOf(new Error("an answer of another shape"));
    return data;
  }

  /** Where the services are; older devices know only GetCapabilities. */
  async function findServices(): Promise<void> {
    await unlessNotOnvif(
      () => ask((done) => cam.getServices(false, done)),
      () => ask((done) => cam.getCapabilities(done)),
    );
    if (cam.uri?.media === undefined && cam.uri?.media2 === undefined) throw noMedia(camera, "has no media service");
  }

  async function askProfiles(): Promise<unknown> {
    // No profile at all is an answer the package stumbles over.
    const none = () => Promise.reject(noMedia(camera, "offers no stream"));
    return unlessNotOnvif(
      () => ask((done) => cam.getProfiles(done)),
      () => {
        if (cam.media2Support !== true || cam.uri?.media === undefined) return none();
        // Some cameras name the newer media service and cannot speak it.
        cam.media2Support = false;
        return unlessNotOnvif(() => ask((done) => cam.getProfiles(done)), none);
      },
    );
  }

  return {
    async clockSkewMs() {
      const time = read(deviceTime, await ask((done) => cam.getSystemDateAndTime(done)));
      skewMs = time.getTime() - clock.now();
      cam.timeShift = shiftTo(time.getTime());
      return skewMs;
    },
    async information() {
      const answer = await ask((done) => cam.getDeviceInformation(done));
      const { manufacturer = "", model = "" } = read(deviceInformation, answer);
      return { make: manufacturer, model };
    },
    async profiles() {
      await findServices();
      const profiles = readProfiles(await askProfiles());
      if (profiles.length === 0) throw noMedia(camera, "offers no stream");
      return profiles;
    },
    async streamUri(token) {
      const question = { protocol: "RTSP", profileToken: escapeXml(token) } as const;
      return read(mediaUri, await ask((done) => cam.getStreamUri(question, done))).uri;
    },
    async snapshotUri(token) {
      return read(mediaUri, await ask((done) => cam.getSnapshotUri({ profileToken: escapeXml(token) }, done))).uri;
    },
    [Symbol.dispose]() {
      agent.destroy();
    },
  };
}

/** The second way only when the first was not understood; every other failure is final. */
async function unlessNotOnvif(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<unknown> {
  try {
    return await first();
  } catch (error) {
    if (!(error instanceof LimenError) || error.code !== "LIMEN_CAMERA_NOT_ONVIF") throw error;
  }
  return second();
}

/** A login by WS-UsernameToken (1.0, PasswordDigest), in the package's words. The password counts as UTF-8. */
function passwordDigest(password: string, shiftMs: number): { passdigest: string; nonce: string; timestamp: string } {
  const nonce = randomBytes(16);
  const timestamp = new Date(process.uptime() * 1000 + shiftMs).toISOString();
  const passdigest = createHash("sha1").update(nonce).update(timestamp).update(password, "utf8").digest("base64");
  return { passdigest, nonce: nonce.toString("base64"), timestamp };
}

/** The package counts the device's time from the start of this process. */
function shiftTo(epochMs: number): number {
  return epochMs - process.uptime() * 1000;
}

function refuseToLogIn(): never {
  throw new Error("Digest authentication is wanted, and there is no login to give");
}
