import type { SearchBudget } from "#core/throttle";
import { answered, askAbout, type Visit } from "#core/visit";
import type { LiveQuestions } from "#flow/live-questions";
import type { QuestionDesk } from "#flow/questions";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";
import type { Channel } from "#ports/questions";

/** How one door asks people for a second factor. */
export interface StepUpRules {
  readonly channels: readonly Channel[];
  readonly withinMs: number;
}

/** The questions of one door: at most one a visit, its answer good for that visit and that person only. */
export interface StepUp {
  /** Asks about the person the visit named, and puts the visit that remembers it in its place. */
  ask(visit: Visit, personId: string, nowMs: number, signal: AbortSignal): void;
  /** The visit is decided or over: an answer would come too late. */
  over(trackId: number): void;
}

/** `visits` are the desk's own; `settle` decides anew after an answer, by pictures from after it alone. With `live` a service is asked, and people never are. */
export function createStepUp(parts: {
  readonly door: string;
  readonly camera: string;
  readonly rules: StepUpRules | null;
  readonly questions: QuestionDesk | undefined;
  readonly live: LiveQuestions | null;
  readonly budget: SearchBudget;
  readonly visits: Map<number, Visit>;
  readonly settle: (visit: Visit, signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}): StepUp {
  const { door, camera, rules, live, visits, clock } = parts;
  const open = new Map<number, { close(): void }>();

  const take = (trackId: number, askedAtMs: number, answer: "confirmed" | "declined", signal: AbortSignal): void => {
    open.delete(trackId);
    const visit = visits.get(trackId);
    // The track may have begun another visit meanwhile: what was confirmed is not this one.
    if (visit === undefined || visit.asked?.atMs !== askedAtMs) return;
    const next = answered(visit, answer, parts.budget, clock.monotonicMs());
    if (next === null) return;
    if (live === null) parts.logger.info({ door, answer }, "a second factor was given");
    visits.set(trackId, next);
    void parts.settle(next, signal);
  };

  const askPeople = (onAnswer: (answer: "confirmed" | "declined") => void): { close(): void } | null => {
    if (rules === null || parts.questions === undefined) return null;
    const question = parts.questions.ask({ door, camera, ...rules }, onAnswer);
    if (question === null) parts.logger.warn({ door }, "too many questions are open: nobody is asked");
    return question;
  };

  return {
    ask(visit, personId, nowMs, signal) {
      const next = askAbout(visit, personId, nowMs);
      if (next === null) return;
      const { trackId } = visit;
      visits.set(trackId, next);
      const onAnswer = (answer: "confirmed" | "declined"): void => take(trackId, nowMs, answer, signal);
      const question = live === null ? askPeople(onAnswer) : live.ask({ trackId, personId }, onAnswer, signal);
      if (question !== null) open.set(trackId, question);
    },
    over(trackId) {
      open.get(trackId)?.close();
      open.delete(trackId);
    },
  };
}
