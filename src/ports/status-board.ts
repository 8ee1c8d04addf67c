import type { SightState } from "#core/camera-sight";
import type { LivenessMode } from "#core/liveness";
import type { DoorMode } from "#core/policy";
import type { DoorHealth } from "#ports/door-controller";
import type { CameraHealth } from "#ports/frame-source";

/** The connection to a camera, and what its pictures say of it since when (ISO 8601). */
export interface CameraStatus extends Pick<CameraHealth, "state" | "code" | "restarts"> {
  readonly sight: SightState;
  readonly sightSince: string;
}

export interface DoorStatus extends DoorHealth {
  readonly mode: DoorMode;
  /** Absent = not known. */
  readonly liveness?: LivenessMode | undefined;
}

/** How the daemon is, for people and supervisors; no secret and nobody's name in it. */
export interface Status {
  readonly version: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly broker: "online" | "offline";
  readonly cameras: Readonly<Record<string, CameraStatus>>;
  readonly doors: Readonly<Record<string, DoorStatus>>;
  /** `memoryMb` is what the search holds the faces in. */
  readonly gallery: { readonly people: number; readonly faces: number; readonly memoryMb: number };
  /** Everything that keeps a door from opening now, one sentence each; empty = ready. */
  readonly problems: readonly string[];
}
