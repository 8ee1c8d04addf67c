import { systemClock } from "#adapters/clock/system-clock";
import type { H264Clip } from "#demo/camera/annexb";
import { openClipSource } from "#demo/camera/clip-source";
import { type DigestLock, newNonce } from "#demo/camera/digest";
import { sessionDescription } from "#demo/camera/rtp-h264";
import type { RtspConnection } from "#demo/camera/rtsp-connection";
import { openRtspServer } from "#demo/camera/rtsp-server";

export interface SentPicture {
  /** Place in the clip, from 0. */
  readonly index: number;
  /** How often the clip ended before, from 0. */
  readonly loop: number;
  /** True while the clip's clock stands still and its current second is repeated. */
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

/** What can go wrong with a camera, at will. Each acts on all clients. */
interface CameraFaults {
  /** Connections stay open, no more pictures. */
  freeze(): void;
  /** Pictures again, from the next key frame on. */
  thaw(): void;
  /** Ends every connection with FIN. */
  drop(): void;
  /** Ends every connection with RST. */
  reset(): void;
  /** So many bytes of nonsense into the stream. */
  garbage(byteCount: number): void;
  /** So many well-framed RTP packets of nonsense. */
  garbageRtp(packetCount: number): void;
  /** Accepts connections, answers nothing, sends nothing. */
  mute(isMute: boolean): void;
  /** Another password from now on; with `kick`, running sessions end. */
  setPassword(password: string, kick: boolean): void;
  /** Every path is unknown. */
  notFound(isNotFound: boolean): void;
  /** Pictures per second as a multiple of the normal rate: 0.1 is a tenth. */
  slow(factor: number): void;
  /** The RTP clock jumps, forward or (negative) back. */
  tsJump(seconds: number): void;
  /** Another clip, perhaps of another size, in the running stream. */
  load(clip: H264Clip): void;
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
  let isFrozen = false;
  const source = openClipSource({
    clip: options.clip,
    fps,
    isLooping: loop,
    isPaused: options.startPaused ?? false,
    emit({ unit, timestamp, ...place }) {
      if (isFrozen) return;
      for (const connection of connections) connection.send(unit, timestamp);
      onFrame?.({ ...place, atMs: systemClock.monotonicMs() });
    },
  });
  const front = {
    path,
    lock: newLock(username, options.password),
    isMute: false,
    isNotFound: false,
    get description() {
      return sessionDescription(source.clip, fps);
    },
    get timestamp() {
      return source.timestamp;
    },
  };
  const server = await openRtspServer({ host, port, front, connections }).catch((error: unknown) => {
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
  const everyone = (act: (connection: RtspConnection) => void): void => connections.forEach(act);
  return {
    url: `rtsp://${host.includes(":") ? `[${host}]` : host}:${server.port}${path}`,
    port: server.port,
    get clients() {
      return [...connections].filter((connection) => connection.isPlaying).length;
    },
    play: () => source.play(),
    pause: () => source.pause(),
    faults: {
      freeze() {
        isFrozen = true;
        everyone((connection) => connection.awaitKey());
      },
      thaw() {
        isFrozen = false;
      },
      drop: () => everyone((connection) => connection.drop()),
      reset: () => everyone((connection) => connection.reset()),
      garbage: (byteCount) => everyone((connection) => connection.sendGarbage(byteCount)),
      garbageRtp: (packetCount) => everyone((connection) => connection.sendGarbageRtp(packetCount)),
      mute(isMute) {
        front.isMute = isMute;
        everyone((connection) => connection.awaitKey());
      },
      setPassword(password, kick) {
        front.lock = newLock(username, password);
        if (kick) everyone((connection) => connection.drop());
      },
      notFound(isNotFound) {
        front.isNotFound = isNotFound;
      },
      slow: (factor) => source.slow(factor),
      tsJump: (seconds) => source.jump(seconds),
      load: (clip) => source.load(clip),
    },
    [Symbol.asyncDispose]: close,
  };
}

function newLock(username: string, password: string): DigestLock {
  return { realm: "Simulated camera", nonce: newNonce(), username, password };
}
