import type { Bucket } from "#core/throttle";

/** Somebody, or a service, was asked whether the person in front of the door is really there. One a visit, about one person, answered once. */
export interface Question {
  /** Whom it is about: nobody else can be let in by its answer. */
  readonly personId: string;
  /** Monotonic ms. */
  readonly atMs: number;
  /** Monotonic ms of the answer; null = none yet. */
  readonly answeredAtMs: number | null;
  /** The answer; null = none yet. */
  readonly answer: "confirmed" | "declined" | null;
  /** Searches made since it was confirmed, out of a budget of their own. */
  readonly searches: number;
  readonly tokens: Bucket;
}

/** True while the answer may still come, or may still be acted on. */
export function isOpen(question: Question, withinMs: number, nowMs: number): boolean {
  return question.answer !== "declined" && nowMs >= question.atMs && nowMs - question.atMs <= withinMs;
}

/** When it was confirmed (monotonic ms), while that holds: given after the question, in its time, and that time is not over. Else null. */
export function confirmedAtMs(question: Question, withinMs: number, nowMs: number): number | null {
  const { answer, answeredAtMs, atMs } = question;
  const isGiven = answer === "confirmed" && answeredAtMs !== null && answeredAtMs >= atMs && answeredAtMs <= nowMs;
  return isGiven && isOpen(question, withinMs, nowMs) ? answeredAtMs : null;
}

/** True for a picture (monotonic ms) from before the answer: whoever was confirmed must be seen after it. */
export function isOutdated(asked: Question | null, capturedAtMs: number): boolean {
  return asked !== null && asked.answeredAtMs !== null && !(capturedAtMs > asked.answeredAtMs);
}
