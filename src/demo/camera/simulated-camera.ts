import { systemClock } from "#adapters/clock/system-clock";
import type { H264Clip } from "#demo/camera/annexb";
import { type CameraFaults, createCameraFaults, newLock, type StreamState } from "#demo/camera/camera-faults";
import { openClipSource } from "#demo/camera/clip-source";
import { sessionDescription } from "#demo/camera/rtp-h264";
import type { RtspConnection } from "#demo/camera/rtsp-connection";
import { openRtspServer } from "#demo/camera/rtsp-server";

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
  /** Starts or goes on with the clip. */
  play(): void;
  /** Stops the clip's clock; the camera goes on streaming, repeating the current second. */
  pause(): void;
  readonly faults: CameraFaults;
}

/**
 * An RTSP camera in this process: H.264 over RTP, interleaved in TCP, with Digest authentication (RFC 2326, RFC 6184), played
 * from memory in real time. Throws LIMEN_DEMO_FAILED when its port is taken.
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
  const state: StreamState = {
    path,
    lock: newLock(username, options.password),
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
  const server = await openRtspServer({ host, port, front: state, connections }).catch((error: unknown) => {
    source[Symbol.dispose]();
    throw error;
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    signal?.removeEventListener("abort", onAbort);
    source[Symbol.dispose]();
    closing ??= server[Symbol.asyncDispose]();
    return closing;
  };
  const onAbort = (): void => void close();
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) await close(); // while the port was being opened
  signal?.throwIfAborted();
  return {
    url: `rtsp://${host.includes(":") ? `[${host}]` : host}:${server.port}${path}`,
    port: server.port,
    get clients() {
      return [...connections].filter((connection) => connection.isPlaying).length;
    },
    play: () => source.play(),
    pause: () => source.pause(),
    faults: createCameraFaults({ state, source, server, connections }),
    [Symbol.asyncDispose]: close,
  };
}
