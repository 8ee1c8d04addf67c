import type { SearchBudget } from "#core/throttle";
import { answered, askAbout, type Visit } from "#core/visit";
import type { QuestionDesk } from "#flow/questions";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";
import type { Channel } from "#ports/questions";

/** How one door asks for a second factor. */
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

/** `visits` are the desk's own; `settle` decides anew after an answer. */
export function createStepUp(parts: {
  readonly door: string;
  readonly camera: string;
  readonly rules: StepUpRules | null;
  readonly questions: QuestionDesk | undefined;
  readonly budget: SearchBudget;
  readonly visits: Map<number, Visit>;
  readonly settle: (visit: Visit, signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}): StepUp {
  const { door, camera, rules, visits, clock } = parts;
  const open = new Map<number, { close(): void }>();

  const take = (trackId: number, askedAtMs: number, answer: "confirmed" | "declined", signal: AbortSignal): void => {
    open.delete(trackId);
    const visit = visits.get(trackId);
    // The track may have begun another visit meanwhile: what was confirmed is not this one.
    if (visit === undefined || visit.asked?.atMs !== askedAtMs) return;
    const next = answered(visit, answer, parts.budget, clock.monotonicMs());
    if (next === null) return;
    parts.logger.info({ door, answer }, "a second factor was given");
    visits.set(trackId, next);
    void parts.settle(next, signal);
  };

  return {
    ask(visit, personId, nowMs, signal) {
      const next = askAbout(visit, personId, nowMs);
      if (next === null) return;
      visits.set(visit.trackId, next);
      if (rules === null || parts.questions === undefined) return;
      const question = parts.questions.ask({ door, camera, ...rules }, (answer) =>
        take(visit.trackId, nowMs, answer, signal),
      );
      if (question === null) parts.logger.warn({ door }, "too many questions are open: nobody is asked");
      else open.set(visit.trackId, question);
    },
    over(trackId) {
      open.get(trackId)?.close();
      open.delete(trackId);
    },
  };
}
