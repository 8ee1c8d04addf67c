import type { SightState } from "#core/camera-sight";
import type { DoorAlarm, LeafWord } from "#core/door-state";
import type { LivenessMode } from "#core/liveness";
import type { LockWord } from "#core/lock-word";
import type { DoorMode } from "#core/policy";
import type { Span, SpendCounts } from "#core/spend";
import type { DoorHealth } from "#ports/door-controller";
import type { CameraHealth } from "#ports/frame-source";

/** The connection to a camera, and what its pictures say of it since when (ISO 8601). */
export interface CameraStatus extends Pick<CameraHealth, "state" | "code" | "restarts"> {
  readonly sight: SightState;
  readonly sightSince: string;
}

/** The search engine on the network: whether it is left alone because it fails, and the calls of this day and month. */
export interface NetworkEngineStatus {
  readonly leftAlone: boolean;
  readonly spent: Pick<SpendCounts, "day" | "month">;
  /** Calls that were not made since the daemon started. */
  readonly saved: number;
  /** The span whose cap refuses calls now. */
  readonly capReached: Span | null;
}

export interface DoorStatus extends DoorHealth {
  readonly mode: DoorMode;
  /** Absent = not known. */
  readonly liveness?: LivenessMode | undefined;
  /** What is seen of it; absent = not known. */
  readonly lock?: LockWord | undefined;
  readonly contact?: LeafWord | undefined;
  readonly alarm?: DoorAlarm | null | undefined;
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
  /** Missing where no engine on the network is asked. */
  readonly network?: NetworkEngineStatus;
  /** Everything that keeps a door from opening now, one sentence each; empty = ready. */
  readonly problems: readonly string[];
  /** What is wrong and keeps no door shut: controllers that are not set up as they should be. */
  readonly warnings: readonly string[];
}
