import type { Name } from "./door-events";
import type { DoorTrace, Shown, Since } from "./door-trace";

/**
 * Judges what a door did by what the world showed it, from the written rules alone: nothing of the program is imported here, so that a
 * mistake in it cannot hide. Says what is wrong in words; empty = nothing.
 */

/** From the written rules: ten people or fewer, base threshold; ages and lives; what a door may open at most. */
const THRESHOLD = 0.83;
const OLDEST_EVIDENCE_MS = 2000;
const LIFE_MS = 3000;
const DEADLINE_MS = 400;
const OPENINGS_AT_ONCE = 6;
const OPENING_EACH_MS = 5000;

/** Whether something held at some moment of [from, to]. */
function everHeld<T>(history: readonly Since<T>[], fromMs: number, toMs: number, test: (value: T) => boolean): boolean {
  return history.some(({ fromMs: began, value }, i) => {
    const ended = history[i + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    return began <= toMs && ended >= fromMs && test(value);
  });
}

/** The person a picture names strongly under these numbers, or null. */
function names(picture: Shown, margin: number): Name | null {
  const { answer } = picture.look;
  if (!picture.isGood || picture.askedAtMs === null || picture.answeredAtMs === null) return null;
  if (answer.kind !== "names" && answer.kind !== "slow") return null;
  if (picture.answeredAtMs - picture.askedAtMs > DEADLINE_MS) return null;
  const [first, second] = answer.scores;
  if (first === undefined || first[1] < THRESHOLD) return null;
  return first[1] - (second?.[1] ?? 0) >= margin - 1e-12 ? first[0] : null;
}

/** True when enough pictures of one track spoke for this person in time. */
function isSupported(trace: DoorTrace, opened: DoorTrace["opened"][number], decidedAtMs: number): boolean {
  const rules = trace.policies.filter(({ fromMs }) => fromMs <= decidedAtMs);
  return rules.some(({ value: { agree, windowMs, margin } }) =>
    [...new Set(trace.shown.map(({ track }) => track))].some((track) => {
      const speaking = trace.shown.filter(
        (picture) =>
          picture.track === track &&
          names(picture, margin) === opened.name &&
          (picture.answeredAtMs ?? Number.POSITIVE_INFINITY) <= decidedAtMs &&
          picture.capturedAtMs <= decidedAtMs,
      );
      return speaking.some((newest) => {
        if (newest.capturedAtMs !== opened.evidenceAtMs) return false;
        // The last thing seen of somebody who is let in is that they stand there.
        const stands = trace.shown.some(
          (seen) =>
            seen.track === track &&
            seen.look.gait === "stands" &&
            seen.isGood &&
            (seen.answeredAtMs ?? 0) >= (newest.answeredAtMs ?? 0),
        );
        if (!stands) return false;
        const together = speaking.filter(
          ({ capturedAtMs }) => Math.abs(newest.capturedAtMs - capturedAtMs) <= windowMs,
        );
        return together.length >= agree;
      });
    }),
  );
}

function judgeOpening(trace: DoorTrace, opened: DoorTrace["opened"][number]): string[] {
  const wrong: string[] = [];
  const record = trace.recorded.find(({ id }) => id === opened.decisionId);
  if (record === undefined) return [`${opened.decisionId} opened without a record`];
  if (record.result !== "grant" || record.name !== opened.name) wrong.push("the record says something else");
  if (record.mode !== "normal") wrong.push(`opened in mode ${record.mode}`);
  if (record.atMs > opened.atMs) wrong.push("opened before it was recorded");
  if (opened.atMs - opened.evidenceAtMs > LIFE_MS) wrong.push("opened for a picture that is too old");
  if (opened.evidenceAtMs > opened.atMs) wrong.push("opened for a picture of the future");
  const decidedAtMs = record.atMs;
  const sinceMs = opened.evidenceAtMs;
  if (decidedAtMs - opened.evidenceAtMs > OLDEST_EVIDENCE_MS) wrong.push("decided on a picture that is too old");
  if (!isSupported(trace, opened, decidedAtMs)) wrong.push("not enough pictures spoke for this person");
  if (!everHeld(trace.policies, sinceMs, opened.atMs, ({ mode }) => mode === "normal"))
    wrong.push("no policy let this door open");
  if (!everHeld(trace.camera, sinceMs, opened.atMs, (healthy) => healthy))
    wrong.push("the camera could not be trusted");
  const person = opened.name === "ada" || opened.name === "ben" ? trace.people[opened.name] : null;
  if (person === null) wrong.push(`${opened.name} may never pass here`);
  else if (!everHeld(person, sinceMs, opened.atMs, (state) => state === "active"))
    wrong.push(`${opened.name} may not pass`);
  return wrong.map((words) => `${opened.decisionId}: ${words}`);
}

/** What was done that the rules forbid. */
export function wrongsOf(trace: DoorTrace): string[] {
  const wrong = trace.opened.flatMap((opened) => judgeOpening(trace, opened));
  const ids = trace.opened.map(({ decisionId }) => decisionId);
  if (new Set(ids).size !== ids.length) wrong.push("one decision opened twice");
  for (const [i, { atMs }] of trace.opened.entries()) {
    const sofar = trace.opened.slice(0, i + 1).filter((other) => other.atMs >= atMs - 30_000).length;
    if (sofar > OPENINGS_AT_ONCE + 30_000 / OPENING_EACH_MS) wrong.push("opened too often");
  }
  return wrong;
}
