import type { Clock } from "#ports/clock";
import type { Metrics } from "#ports/metrics";
import type { AskedQuestion, Channel, QuestionEnding, Questions, Reply } from "#ports/questions";

/** Questions open at once, over all doors; a further one is asked of nobody, and its visit is refused when its time is over. */
const MOST_OPEN = 32;

/** Where doors ask. */
export interface QuestionDesk extends Questions {
  /** Asks; `onAnswer` is called at most once, never after `close`. Null when too many questions are open already. */
  ask(
    order: { door: string; camera: string; channels: readonly Channel[]; withinMs: number },
    onAnswer: (answer: Reply["answer"]) => void,
  ): { close(): void } | null;
}

interface Entry {
  readonly question: AskedQuestion;
  /** Monotonic ms. */
  readonly expiresAtMs: number;
  readonly onAnswer: (answer: Reply["answer"]) => void;
}

/** `newId` must give ids nobody can guess. */
export function createQuestionDesk(parts: {
  readonly newId: () => string;
  readonly clock: Clock;
  readonly metrics: Metrics;
}): QuestionDesk {
  const { clock, metrics } = parts;
  const entries = new Map<string, Entry>();
  const listeners = new Set<Parameters<Questions["watch"]>[0]>();
  const tell = (question: AskedQuestion, ending: QuestionEnding | null): void => {
    for (const listener of [...listeners]) listener(question, ending);
  };
  const isOpen = ({ expiresAtMs }: Entry): boolean => clock.monotonicMs() < expiresAtMs;

  const end = (id: string, ending: QuestionEnding): void => {
    const entry = entries.get(id);
    if (entry === undefined) return;
    entries.delete(id);
    tell(entry.question, ending);
  };

  return {
    ask({ door, camera, channels, withinMs }, onAnswer) {
      if (entries.size >= MOST_OPEN) return null;
      const askedAt = clock.now();
      const question: AskedQuestion = {
        ...{ id: parts.newId(), door, camera, channels, askedAt },
        expiresAt: (askedAt + withinMs) as AskedQuestion["expiresAt"],
      };
      entries.set(question.id, { question, expiresAtMs: clock.monotonicMs() + withinMs, onAnswer });
      tell(question, null);
      return { close: () => end(question.id, "closed") };
    },

    answer({ id, door, answer, channel }) {
      const entry = entries.get(id);
      const fits =
        entry !== undefined &&
        isOpen(entry) &&
        entry.question.door === door &&
        entry.question.channels.includes(channel);
      metrics.count("limen_confirmations_total", { channel, outcome: fits ? answer : "ignored" });
      if (!fits) return false;
      // Gone before anybody acts on it: the same answer again finds nothing.
      end(id, answer);
      entry.onAnswer(answer);
      return true;
    },

    open: (channel) =>
      [...entries.values()]
        .filter((entry) => isOpen(entry) && entry.question.channels.includes(channel))
        .map(({ question }) => question),

    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
