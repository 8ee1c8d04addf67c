import type { StreamProfile } from "#core/stream-choice";

/** A camera that answered a search of the network. All texts are the device's own words, made safe to print. */
export interface FoundCamera {
  /** Its lasting name, `urn:uuid:…`. */
  readonly endpoint: string;
  /** `host` or `host:port`, as the configuration wants it. */
  readonly address: string;
  readonly name: string;
  readonly make: string;
  readonly model: string;
  /**
   * `silent`: announced itself, but what it announced does not answer; `found`: answers; `needs_password`: answers and says more
   * only to somebody it knows.
   */
  readonly reach: "silent" | "found" | "needs_password";
  /** How far its clock is ahead of ours; null when it did not say. */
  readonly clockSkewMs: number | null;
}

export interface CameraSearch {
  readonly cameras: readonly FoundCamera[];
  /** Networks the question went out on, such as `eth0 192.168.1.5/24`. */
  readonly searched: readonly string[];
  /** Answers that were not believed: malformed, or naming somebody else's address. */
  readonly refused: number;
}

/** A camera the operator has put into the configuration: the only kind that is ever sent credentials. */
export interface AdoptedCamera {
  /** Name for messages. */
  readonly id: string;
  /** `host`, `host:port` or `urn:uuid:…`. */
  readonly onvif: string;
  readonly username?: string;
  readonly password?: string;
  /** Width of the picture that is searched for faces, px: decides which stream is taken. */
  readonly detectWidth: number;
}

export interface ResolvedCamera {
  /** Where its pictures come from: no credentials in the url, those of the configuration beside it. */
  readonly stream: { readonly url: string; readonly username?: string; readonly password?: string };
  readonly profile: StreamProfile;
  /** Everything it offers, the chosen one included. */
  readonly profiles: readonly StreamProfile[];
  readonly make: string;
  readonly model: string;
  /** `urn:uuid:…` when it was found by it, else null. */
  readonly endpoint: string | null;
  /** `host` or `host:port` it was reached at. */
  readonly address: string;
  readonly snapshotUrl: string | null;
  /** How far its clock is ahead of ours. */
  readonly clockSkewMs: number;
}

/** Who is there, and where their pictures come from. */
export interface CameraDirectory {
  /** Asks the networks for so many seconds; `onFound` hears of each camera as it answers. Sends nobody a password. */
  find(search: {
    readonly seconds: number;
    readonly signal: AbortSignal;
    readonly onFound?: (camera: FoundCamera) => void;
  }): Promise<CameraSearch>;
  /**
   * The stream of one camera. Rejects with LIMEN_CAMERA_AUTH, _LOCKED, _CLOCK, _NO_MEDIA, _UNREACHABLE or _NOT_ONVIF. After refused
   * credentials it answers the same for a while without asking the camera again, so that the account is not locked.
   */
  resolve(camera: AdoptedCamera, signal: AbortSignal): Promise<ResolvedCamera>;
}
