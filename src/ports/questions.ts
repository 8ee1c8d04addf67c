import type { Instant } from "#core/instant";

/** The ways a second factor may be given. */
export type Channel = "mqtt" | "http";

/** A door asks whether the person in front of it is really there. Who it is stands nowhere in it. */
export interface AskedQuestion {
  /** Cannot be guessed, and is good for one answer. */
  readonly id: string;
  readonly door: string;
  readonly camera: string;
  readonly askedAt: Instant;
  readonly expiresAt: Instant;
  readonly channels: readonly Channel[];
}

/** How a question ended: answered, or nobody wants to know any more (too late, the person left, or was refused otherwise). */
export type QuestionEnding = "confirmed" | "declined" | "closed";

export interface Reply {
  readonly id: string;
  /** The door the answering person means: an answer for another door is none. */
  readonly door: string;
  readonly answer: "confirmed" | "declined";
  readonly channel: Channel;
}

/** The questions that are open now, for those who carry them to people and the answers back. */
export interface Questions {
  open(channel: Channel): readonly AskedQuestion[];
  /** Takes an answer, once; false when no such question is open at that door for that channel. Never throws. */
  answer(reply: Reply): boolean;
  /** Calls back when a question is asked (null) and when it has ended, until the returned function is called. */
  watch(listener: (question: AskedQuestion, ending: QuestionEnding | null) => void): () => void;
}
