import { systemClock } from "#adapters/clock/system-clock";
import { CameraAccount } from "#demo/camera/account";
import type { H264Clip } from "#demo/camera/annexb";
import { type CameraFaults, createCameraFaults, type StreamState } from "#demo/camera/camera-faults";
import { openClipSource } from "#demo/camera/clip-source";
import { newOnvifState } from "#demo/camera/onvif/camera";
import { type OnvifOptions, type OnvifPlace, openOnvif, usualProfiles } from "#demo/camera/onvif/open-onvif";
import { sessionDescription } from "#demo/camera/rtp-h264";
import type { RtspConnection } from "#demo/camera/rtsp-connection";
import { openRtspServer } from "#demo/camera/rtsp-server";
import { createClosingStack } from "#lifecycle";

export interface SentPicture {
  /** Place in the clip, from 0. */
  readonly index: number;
  /** How often the clip ended before, from 0. */
  readonly loop: number;
  /** True while the clip's clock stands still and its current second, or one picture, is repeated. */
  readonly isHeld: boolean;
  /** Monotonic ms (the system clock adapter's) when the picture was handed to the sockets. */
  readonly atMs: number;
}

export interface SimulatedCameraOptions {
  /** Loopback unless told otherwise: the pictures are nobody else's business. */
  readonly host?: string;
  /** 0 = any free port. */
  readonly port?: number;
  readonly path?: string;
  readonly username: string;
  readonly password: string;
  /** After so many wrong passwords in a row the account is locked until `faults.lockAccount(false)`; never unless given. */
  readonly locksAfter?: number;
  /** The camera also speaks ONVIF, and serves the same pictures under the path of every profile. */
  readonly onvif?: OnvifOptions;
  readonly clip: H264Clip;
  readonly fps: number;
  /** False: the clip's last second is repeated after its end. */
  readonly loop?: boolean;
  /** True: the clip's first second is repeated until play(). */
  readonly startPaused?: boolean;
  /** Called for every picture, also while nobody is connected. */
  readonly onFrame?: (sent: SentPicture) => void;
  readonly signal?: AbortSignal;
}

export interface SimulatedCamera extends AsyncDisposable {
  /** rtsp://host:port/path, without credentials. */
  readonly url: string;
  readonly port: number;
  /** Clients that are being sent pictures. */
  readonly clients: number;
  /** Wrong passwords so far, over RTSP and ONVIF together. */
  readonly loginFailures: number;
  /** Null when the camera was opened without ONVIF. */
  readonly onvif: OnvifPlace | null;
  /** Starts or goes on with the clip. */
  play(): void;
  /** Stops the clip's clock; the camera goes on streaming, repeating the current second. */
  pause(): void;
  readonly faults: CameraFaults;
}

/**
 * An RTSP camera in this process: H.264 over RTP, interleaved in TCP, with Digest authentication (RFC 2326, RFC 6184), played
 * from memory in real time; with `onvif`, one that can be asked for its streams and be found. Throws LIMEN_DEMO_FAILED when a
 * port is taken.
 */
export async function openSimulatedCamera(options: SimulatedCameraOptions): Promise<SimulatedCamera> {
  const { host = "127.0.0.1", port = 0, path = "/sub", username, fps, loop = true, signal, onFrame } = options;
  signal?.throwIfAborted();
  const connections = new Set<RtspConnection>();
  const source = openClipSource({
    clip: options.clip,
    fps,
    isLooping: loop,
    isPaused: options.startPaused ?? false,
    emit({ unit, timestamp, isHeld, ...place }) {
      if (unit.isKey) state.newestKey = unit;
      if (state.isFrozen) return;
      for (const connection of connections) connection.send(state.held ?? unit, timestamp);
      onFrame?.({ ...place, isHeld: isHeld || state.held !== null, atMs: systemClock.monotonicMs() });
    },
  });
  const account = new CameraAccount({ username, password: options.password, locksAfter: options.locksAfter ?? null });
  const onvifState = newOnvifState();
  const profiles = options.onvif === undefined ? [] : (options.onvif.profiles ?? usualProfiles(fps));
  const state: StreamState = {
    paths: [path, ...profiles.map((profile) => profile.path)],
    account,
    isMute: false,
    isNotFound: false,
    isBusy: false,
    isFrozen: false,
    newestKey: null,
    held: null,
    get description() {
      return sessionDescription(source.clip, fps);
    },
    get timestamp() {
      return source.timestamp;
    },
  };
  const closing = createClosingStack(() => {});
  closing.defer(() => source[Symbol.dispose]());
  let closed: PromiseLike<void> | undefined;
  const close = async (): Promise<void> => {
    signal?.removeEventListener("abort", onAbort);
    source[Symbol.dispose]();
    closed ??= closing[Symbol.asyncDispose]();
    await closed;
  };
  const onAbort = (): void => void close();
  try {
    const server = closing.own(await openRtspServer({ host, port, front: state, connections }));
    const parts = { host, profiles, rtspPort: server.port, account, state: onvifState };
    const onvif = options.onvif === undefined ? null : closing.own(await openOnvif(options.onvif, parts));
    signal?.throwIfAborted(); // while the ports were being opened
    signal?.addEventListener("abort", onAbort, { once: true });
    return {
      url: `rtsp://${host.includes(":") ? `[${host}]` : host}:${server.port}${path}`,
      port: server.port,
      onvif,
      get loginFailures() {
        return account.failures;
      },
      get clients() {
        return [...connections].filter((connection) => connection.isPlaying).length;
      },
      play: () => source.play(),
      pause: () => source.pause(),
      faults: createCameraFaults({ state, onvifState, source, server, connections }),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
