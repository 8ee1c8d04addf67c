import type { DoorEvent, Name, POLICIES } from "./door-events";

/** A picture that was shown to the door, and what the engine said to it. */
export interface Shown {
  readonly track: number;
  readonly capturedAtMs: number;
  readonly isGood: boolean;
  readonly look: Extract<DoorEvent, { kind: "look" }>;
  /** When the engine was asked and when it answered; null while it has not. */
  askedAtMs: number | null;
  answeredAtMs: number | null;
}

/** Something that held from one moment on until the next entry. */
export interface Since<T> {
  readonly fromMs: number;
  readonly value: T;
}

/** Everything the scripted world did, in the world's own words: what the oracle judges by. Times are monotonic ms. */
export interface DoorTrace {
  readonly shown: Shown[];
  readonly policies: Since<(typeof POLICIES)[number]>[];
  readonly camera: Since<boolean>[];
  readonly people: Record<"ada" | "ben", Since<"active" | "inactive" | "outsider" | "gone">[]>;
  /** Grants that are on disk. */
  readonly recorded: {
    readonly id: string;
    readonly name: Name | null;
    readonly result: string;
    readonly mode: string;
    readonly atMs: number;
  }[];
  /** Commands that reached the door's controller. */
  readonly opened: {
    readonly decisionId: string;
    readonly name: Name | null;
    readonly evidenceAtMs: number;
    readonly atMs: number;
  }[];
}
