import type { AccessUnit, H264Clip } from "#demo/camera/annexb";
import type { ClipSource } from "#demo/camera/clip-source";
import { createOnvifFaults, type OnvifFaults, type OnvifState } from "#demo/camera/onvif/camera";
import type { CameraFront, RtspConnection } from "#demo/camera/rtsp-connection";
import type { RtspServer } from "#demo/camera/rtsp-server";

/** What can go wrong with a camera, at will. Each acts on all clients. */
export interface CameraFaults {
  /** Connections stay open, no more pictures. */
  freeze(): void;
  /** Pictures again, from the next key frame on. */
  thaw(): void;
  /** Pictures keep coming at their pace, but always the same one (the newest key picture); false: the scene again. */
  hold(isHeld: boolean): void;
  /** Ends every connection with FIN. */
  drop(): void;
  /** Says that the stream is over (RTCP BYE) on every connection, and leaves it open. */
  bye(): void;
  /** Ends every connection with RST. */
  reset(): void;
  /**
   * Every connection that is open now goes dead without a word, for good (no FIN, no RST, nothing is answered); new ones are
   * served. A pulled cable is this and `refuse(true)` (or `mute(true)`) until it is plugged in again.
   */
  halfOpen(): void;
  /** The port is closed and clients that are not half-open are reset; false: the same port is open again. Done when it resolves. */
  refuse(isRefusing: boolean): Promise<void>;
  /** So many bytes of nonsense into the stream. */
  garbage(byteCount: number): void;
  /** So many well-framed RTP packets of nonsense. */
  garbageRtp(packetCount: number): void;
  /** Accepts connections, answers nothing, sends nothing. */
  mute(isMute: boolean): void;
  /** Another password from now on, for stream and ONVIF alike; with `kick`, running sessions end. */
  setPassword(password: string, kick: boolean): void;
  /** The account is locked for everybody, the right password included, for stream and ONVIF alike; false: unlocked. */
  lockAccount(isLocked: boolean): void;
  /** Every path is unknown. */
  notFound(isNotFound: boolean): void;
  /** No room for one more stream: SETUP gets 453, running streams go on. */
  busy(isBusy: boolean): void;
  /** Pictures per second as a multiple of the normal rate: 0.1 is a tenth. */
  slow(factor: number): void;
  /** The RTP clock jumps, forward or (negative) back. */
  tsJump(seconds: number): void;
  /**
   * Another clip, perhaps of another size, in the running stream. With a clip of `renderViewFault`: black, covered, moved and
   * blurred pictures.
   */
  load(clip: H264Clip): void;
  readonly onvif: OnvifFaults;
}

/** What faults change and the stream reads. */
export interface StreamState extends CameraFront {
  isMute: boolean;
  isNotFound: boolean;
  isBusy: boolean;
  isFrozen: boolean;
  /** The newest key picture of the clip; null before the first. */
  newestKey: AccessUnit | null;
  /** Sent instead of every picture; null = the clip goes on. */
  held: AccessUnit | null;
}

export interface FaultyParts {
  readonly state: StreamState;
  readonly onvifState: OnvifState;
  readonly source: ClipSource;
  readonly server: RtspServer;
  readonly connections: ReadonlySet<RtspConnection>;
}

export function createCameraFaults(parts: FaultyParts): CameraFaults {
  const { state, source, server, connections } = parts;
  const everyone = (act: (connection: RtspConnection) => void): void => connections.forEach(act);
  return {
    freeze() {
      state.isFrozen = true;
      everyone((connection) => connection.awaitKey());
    },
    thaw() {
      state.isFrozen = false;
    },
    hold(isHeld) {
      // Only a key picture can be decoded over and over; after it, what follows needs its own key picture.
      state.held = isHeld ? (state.newestKey ?? source.clip.units[0] ?? null) : null;
      everyone((connection) => connection.awaitKey());
    },
    drop: () => everyone((connection) => connection.drop()),
    bye: () => everyone((connection) => connection.sendBye()),
    reset: () => everyone((connection) => connection.reset()),
    halfOpen: () => everyone((connection) => connection.abandon()),
    async refuse(isRefusing) {
      const done = server.refuse(isRefusing);
      if (isRefusing) everyone((connection) => connection.reset());
      await done;
    },
    garbage: (byteCount) => everyone((connection) => connection.sendGarbage(byteCount)),
    garbageRtp: (packetCount) => everyone((connection) => connection.sendGarbageRtp(packetCount)),
    mute(isMute) {
      state.isMute = isMute;
      everyone((connection) => connection.awaitKey());
    },
    setPassword(password, kick) {
      state.account.setPassword(password);
      if (kick) everyone((connection) => connection.drop());
    },
    lockAccount: (isLocked) => state.account.setLocked(isLocked),
    notFound(isNotFound) {
      state.isNotFound = isNotFound;
    },
    busy(isBusy) {
      state.isBusy = isBusy;
    },
    slow: (factor) => source.slow(factor),
    tsJump: (seconds) => source.jump(seconds),
    load: (clip) => source.load(clip),
    onvif: createOnvifFaults(parts.onvifState),
  };
}
