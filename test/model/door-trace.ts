import type { DoorEvent, PersonState } from "./door-events";
import type { Name } from "./door-words";

/** When an engine was asked about a picture and when it answered; null while it has not. Times are monotonic ms. */
export interface Said {
  askedAtMs: number | null;
  answeredAtMs: number | null;
}

/** A picture that the door wanted to be searched, and what the engines said to it. */
export interface Shown {
  readonly track: number;
  readonly capturedAtMs: number;
  /** A face nobody would call turned or blurred; one that is so a little; or neither. */
  readonly clarity: "clear" | "fair" | "none";
  readonly look: Extract<DoorEvent, { kind: "look" }>;
  /** Somebody beside this face whom no picture had named; it was seen at most a second before. */
  readonly stranger: boolean;
  readonly local: Said;
  readonly network: Said;
}

/** Something that held from one moment on until the next entry. */
export interface Since<T> {
  readonly fromMs: number;
  readonly value: T;
}

/** What the door decided, as handed to the log. */
export interface Decided {
  readonly id: string;
  readonly name: Name | null;
  readonly result: string;
  readonly reason: string;
  /** Place of the policy that was in force. */
  readonly policy: number;
  readonly track: number;
  readonly decidedAtMs: number;
  /** First search of the visit; null = none. */
  readonly triedAtMs: number | null;
  /** The pictures it says it rests on, in the order of their answers. */
  readonly pictures: readonly { readonly capturedAtMs: number; readonly answeredAtMs: number }[];
  readonly asked: { readonly atMs: number; readonly name: Name | null } | null;
  /** When it was on the disk; null = never. */
  keptAtMs: number | null;
}

/** A command that reached the door's controller. */
export interface Opened {
  readonly decisionId: string;
  readonly name: Name | null;
  readonly evidenceAtMs: number;
  readonly atMs: number;
  /** When the controller said what became of it, and whether it said that the door opened. */
  endedAtMs: number | null;
  isAcked: boolean;
}

/** Everything the scripted world did, in the world's own words: what the oracle judges by. Times are monotonic ms. */
export interface DoorTrace {
  readonly shown: Shown[];
  readonly policies: Since<number>[];
  readonly camera: Since<boolean>[];
  /** Wall clock minus monotonic clock, ms. */
  readonly wall: Since<number>[];
  readonly people: Record<"ada" | "ben", Since<PersonState>[]>;
  readonly alike: Since<boolean>[];
  /** Answers to questions that were given, right or wrong: which question, when it was asked, when it was answered. */
  readonly answers: {
    readonly question: string;
    readonly askedAtMs: number;
    readonly atMs: number;
    readonly isYes: boolean;
  }[];
  /** Pictures a service was sent: of which look, about whom; when it was asked, and when it said what it had to say (null = not yet). */
  readonly checked: {
    readonly look: Extract<DoorEvent, { kind: "look" }>;
    readonly capturedAtMs: number;
    readonly name: Name | null;
    readonly atMs: number;
    answeredAtMs: number | null;
  }[];
  /** When a track was begun anew: somebody left, or (track null) another desk took over. */
  readonly departed: { readonly track: number | null; readonly atMs: number }[];
  readonly decided: Decided[];
  readonly opened: Opened[];
}
