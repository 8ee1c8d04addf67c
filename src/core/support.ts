import type { Answer, Engine } from "#core/candidate";
import type { AgreementRules, RulesOf } from "#core/decision-rules";
import type { Evidence, Visit } from "#core/visit";

/** API score in force for each engine and the number of people it searched. */
export type Thresholds = Readonly<Record<Engine, number>>;

/** Distance of the best candidate to the best other person, who counts as 0 when there is none. */
export function marginOf({ candidates }: Answer): number {
  return (candidates[0]?.score ?? 0) - (candidates[1]?.score ?? 0);
}

/** The best candidate's id, where every engine that was asked names the same; null otherwise. */
export function firstOf({ answers }: Evidence): string | null {
  const names = answers.map(({ candidates }) => candidates[0]?.personId ?? null);
  const [name = null] = names;
  return names.every((other) => other === name) ? name : null;
}

/** The last `of` evidence frames, as far as they lie within the window of the newest of them, whatever order they came in. */
export function windowOf(visit: Visit, { of, windowMs }: AgreementRules): readonly Evidence[] {
  const last = visit.evidence.slice(-of);
  const newestAtMs = Math.max(...last.map(({ capturedAtMs }) => capturedAtMs));
  return last.filter(({ capturedAtMs }) => newestAtMs - capturedAtMs <= windowMs);
}

/**
 * Frames in which, for every engine asked, `personId` is first, over its threshold (a borderline frame: clearly over it), on the scale,
 * and clear of everybody else.
 */
export function supportOf(
  personId: string,
  frames: readonly Evidence[],
  thresholds: Thresholds,
  { margin, borderlineExtra }: AgreementRules,
): Evidence[] {
  const isStrong = (answer: Answer, extra: number): boolean => {
    const [first] = answer.candidates;
    return (
      first?.personId === personId &&
      first.score >= thresholds[answer.engine] + extra &&
      first.score <= 1 &&
      marginOf(answer) >= margin
    );
  };
  return frames.filter(({ answers, isBorderline = false }) => {
    const extra = isBorderline ? borderlineExtra : 0;
    return answers.length > 0 && answers.every((answer) => isStrong(answer, extra));
  });
}

/**
 * The one person whom enough frames name strongly enough by the rules that hold for them, or null. Two people can never both have
 * support when 2·agree > of for both; if rules allow less, nobody leads unless they lead alone.
 */
export function leaderOf(visit: Visit, thresholds: Thresholds, rulesOf: RulesOf): string | null {
  const names = new Set(visit.evidence.flatMap((frame) => firstOf(frame) ?? []));
  const leaders = [...names].filter((name) => {
    const rules = rulesOf(name);
    return supportOf(name, windowOf(visit, rules), thresholds, rules).length >= rules.agree;
  });
  const [leader = null, second] = leaders;
  return second === undefined ? leader : null;
}
