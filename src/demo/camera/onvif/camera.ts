import type { CameraAccount } from "#demo/camera/account";

/** One way to have the pictures, as ONVIF tells of it. What the stream really holds is the clip's business. */
export interface CameraProfile {
  readonly token: string;
  readonly name: string;
  /** RTSP path, "/sub". */
  readonly path: string;
  /** Px. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Media 1 has no word for H265; cameras say it all the same. */
  readonly encoding: "H264" | "H265" | "JPEG";
}

/** Everything the ONVIF services tell about a camera. */
export interface OnvifCamera {
  /** `urn:uuid:…`, the same for as long as the camera lives. */
  readonly endpoint: string;
  readonly make: string;
  readonly model: string;
  readonly scopes: readonly string[];
  readonly profiles: readonly CameraProfile[];
  /** A JPEG; null = this camera has no snapshots. */
  readonly snapshot: Uint8Array | null;
  /** Where RTSP is served. */
  readonly rtspPort: number;
  readonly account: CameraAccount;
  /** How callers prove their password: a token in the message, or HTTP Digest. */
  readonly auth: "wsse" | "digest";
}

/** What is wrong with the camera's ONVIF at this moment. */
export interface OnvifState {
  /** Which calls need no password: those of ONVIF's PRE_AUTH class, or the time alone. */
  preAuth: "open" | "closed";
  hasProfiles: boolean;
  isMute: boolean;
  isMalformed: boolean;
  clockSkewS: number;
  /** Stands in stream addresses instead of the host the caller used; null = nothing is wrong. */
  streamHost: string | null;
}

/** What can go wrong with a camera's ONVIF, at will. */
export interface OnvifFaults {
  /** "open" (as ONVIF has it): the services are told without a password. "closed": only the time is. */
  preAuth(preAuth: "open" | "closed"): void;
  /** The list of profiles is empty. */
  noProfiles(isEmpty: boolean): void;
  /** Takes calls and never answers. */
  mute(isMute: boolean): void;
  /** Answers break off in the middle of the XML. */
  malformed(isMalformed: boolean): void;
  /** The camera's clock is so many seconds ahead (negative: behind). */
  clockSkew(seconds: number): void;
  /** Stream addresses name this host, as behind a NAT or on another network; null = the right one. */
  streamHost(host: string | null): void;
}

export function newOnvifState(): OnvifState {
  return {
    preAuth: "open",
    hasProfiles: true,
    isMute: false,
    isMalformed: false,
    clockSkewS: 0,
    streamHost: null,
  };
}

export function createOnvifFaults(state: OnvifState): OnvifFaults {
  return {
    preAuth(preAuth) {
      state.preAuth = preAuth;
    },
    noProfiles(isEmpty) {
      state.hasProfiles = !isEmpty;
    },
    mute(isMute) {
      state.isMute = isMute;
    },
    malformed(isMalformed) {
      state.isMalformed = isMalformed;
    },
    clockSkew(seconds) {
      state.clockSkewS = seconds;
    },
    streamHost(host) {
      state.streamHost = host;
    },
  };
}

/** How a camera describes itself to whoever searches the network (ONVIF Core §7.3.2.2). */
export function scopesOf(name: string, model: string): string[] {
  const scope = (kind: string, value: string): string => `onvif://www.onvif.org/${kind}/${encodeURIComponent(value)}`;
  return [
    scope("type", "video_encoder"),
    scope("type", "Network_Video_Transmitter"),
    scope("Profile", "Streaming"),
    scope("name", name),
    scope("hardware", model),
  ];
}
