import type { CameraMeasures } from "#core/camera-measures";
import type { ExplainedStep } from "#core/explanation";
import type { Picture } from "#core/face";
import type { Reason } from "#core/reason";
import type { AccountStore } from "#ports/account-store";
import type { AuditEntry, AuditLog } from "#ports/audit-log";
import type { Clock } from "#ports/clock";
import type { ConfigDesk } from "#ports/config-desk";
import type { Frame } from "#ports/frame-source";
import type { Gallery } from "#ports/gallery";
import type { GalleryAdmin } from "#ports/gallery-admin";
import type { LiveView } from "#ports/live-view";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";
import type { PeopleDesk } from "#ports/people-desk";
import type { DoorModes, RemoteUnlock } from "#ports/remote-doors";
import type { Status } from "#ports/status-board";

export interface ConsoleCamera {
  readonly id: string;
  /** The picture looked at last; null before the first. */
  newest(): Frame | null;
  /** Null: this camera's stream cannot be watched, only its single pictures. */
  readonly view: LiveView | null;
}

/** Whether a door lets somebody in at this hour, and the rule that decides it. */
export interface DoorWords {
  readonly door: string;
  readonly allowed: boolean;
  readonly words: string;
  /** Rule by rule, whose word it is. */
  readonly steps: readonly ExplainedStep[];
}

/** A camera that answered a search of the network. */
export interface CameraOnNetwork {
  /** Its name in the configuration; null = it is not there. */
  readonly camera: string | null;
  readonly endpoint: string | null;
  readonly address: string;
  readonly name: string;
  readonly make: string;
  readonly model: string;
  readonly reach: "silent" | "found" | "needs_password" | "ready";
  /** Why a camera of the configuration is not ready. */
  readonly problem: string | null;
}

/** How a recorded visit would come out. */
export interface ReplayedVisit {
  readonly result: "grant" | "deny";
  readonly reason: Reason;
  readonly personId: string | null;
}

/** How a camera was found to be; `advice`: what to change, a sentence each. */
export type CameraCheck =
  | { readonly fault: string; readonly hint: string | null }
  | { readonly fault: null; readonly measures: CameraMeasures; readonly advice: readonly string[] };

export interface ConsoleDoor {
  readonly id: string;
  readonly camera: string;
  /** Its camera can be watched live. */
  readonly isLive: boolean;
  /** API score in force for as many people as there are, what it would be without the operator's own floor, and that floor. */
  readonly threshold: number;
  readonly automatic: number;
  readonly minScore: number | null;
  /** What the configuration allows from afar: opening it, and more of its mode than locking it down. */
  readonly remote: { readonly unlock: boolean; readonly control: boolean };
  /** Decides a recorded visit again with this score for the threshold, whatever the number of people; null = it cannot be told. */
  redecideAt(score: number): (entry: AuditEntry) => ReplayedVisit | null;
}

/** What programs that watch Limen are told. */
export interface Health {
  /** What they send to be told from elsewhere; null = this computer only. */
  readonly token: string | null;
  /** Parts that give no sign of life; empty = alive. */
  stuck(): readonly string[];
  /** All numbers, and the media type they are written in. */
  metrics(): { readonly type: string; readonly text: string };
}

export interface ConsoleOptions {
  /** Port 0: the system chooses a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** The owner's password where the configuration gives one; null = it is set in the console itself. */
  readonly password: string | null;
  readonly accounts: AccountStore;
  readonly trustedHosts: readonly string[];
  readonly behindTlsProxy: boolean;
  /** Folder of console.css and the scripts. */
  readonly files: string;
  readonly siteName: string;
  /** IANA name: times are shown as a clock there shows them. */
  readonly timeZone: string;
  readonly audit: Pick<AuditLog, "list" | "entry" | "events" | "label" | "since">;
  readonly gallery: Pick<Gallery, "people" | "lookAlikesOf">;
  readonly admin: GalleryAdmin;
  readonly doors: () => Promise<readonly ConsoleDoor[]>;
  /** Opens doors from afar: judged, recorded, sent. */
  readonly remote: Pick<RemoteUnlock, "unlock">;
  readonly modes: Pick<DoorModes, "wish">;
  /** Asks the network for cameras, for some seconds. */
  readonly findCameras: () => Promise<readonly CameraOnNetwork[]>;
  /** Watches a camera for `seconds` over a connection of its own, as the doctor does; null = there is no such camera. */
  readonly checkCamera: (
    camera: string,
    seconds: number,
    onProgress: (watchedMs: number) => void,
  ) => Promise<CameraCheck> | null;
  /** What was counted since the start, by name. */
  readonly counted: () => readonly (readonly [string, number])[];
  readonly config: ConfigDesk;
  /** Codes of the collections the doors are for. */
  readonly doorCollections: () => readonly string[];
  readonly people: PeopleDesk;
  /** What each door says of somebody now, in words; empty when the person is gone. */
  readonly explained: (personId: string) => Promise<readonly DoorWords[]>;
  /** Of the moment. */
  readonly cameras: () => readonly ConsoleCamera[];
  readonly status: () => Status;
  readonly health: Health;
  /** A whole picture as JPEG. */
  readonly encode: (picture: Picture) => Promise<Uint8Array>;
  /** Aborts when Limen stops. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}
