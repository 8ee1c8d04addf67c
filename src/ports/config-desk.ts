import type { DoorMode } from "#core/policy";
import type { AccessEntry, Named, WrittenAccess } from "#core/written-access";

/** A camera somebody wants to use. */
export interface NewCamera {
  /** `[a-z0-9_-]{1,64}`. */
  readonly id: string;
  /** ONVIF address or endpoint id, or an rtsp:// address without credentials. */
  readonly address: string;
  readonly username: string | null;
  readonly password: string | null;
}

/** The configuration as the console shows and changes it. */
export interface ConfigDesk {
  /** Its path. */
  readonly file: string;
  /** What it means, a line each. */
  summary(): readonly string[];
  /** What is wrong with the file as it lies there now, a line each; empty = it is good. */
  problems(): Promise<readonly string[]>;
  /** Each changes one thing in the file, which then takes hold. Throws LIMEN_CONFIG_*: then it is as it was. */
  setDoorMode(door: string, mode: DoorMode): Promise<void>;
  setMinScore(minScore: number | null): Promise<void>;
  addCamera(camera: NewCamera): Promise<void>;
  /** What the file says of somebody as it lies there now. Throws LIMEN_CONFIG_*. */
  personAccess(person: Named): Promise<AccessEntry>;
  /** Null = nothing any more. Refused where they have two entries. */
  setPersonAccess(person: Named, access: WrittenAccess | null): Promise<void>;
}
