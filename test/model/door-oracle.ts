import type { DoorTrace, Opened } from "./door-trace";
import { POLICIES } from "./door-words";
import { costWrongs, personWrongs } from "./oracle-people";
import { everHeld, pictureWrongs } from "./oracle-pictures";

/**
 * Judges what a door did by what the world showed it, from the written rules alone: nothing of the program is imported here, so that a
 * mistake in it cannot hide. Says what is wrong in words; empty = nothing.
 */

/** From the written rules: ages and lives; what a door may open at most. */
const OLDEST_EVIDENCE_MS = 2000;
const LIFE_MS = 3000;
const OPENINGS_AT_ONCE = 6;
const OPENING_EACH_MS = 5000;

const opens = (policy: number): boolean => ["normal", "free_access"].includes(POLICIES[policy]?.mode ?? "");

function judgeOpening(trace: DoorTrace, opened: Opened): string[] {
  const wrong: string[] = [];
  const record = trace.decided.find(({ id }) => id === opened.decisionId);
  const policy = POLICIES[record?.policy ?? -1];
  if (record === undefined || record.keptAtMs === null || policy === undefined)
    return [`${opened.decisionId} opened without a record`];
  const { decidedAtMs, keptAtMs } = record;
  if (record.result !== "grant" || record.name !== opened.name) wrong.push("the record says something else");
  if (!opens(record.policy)) wrong.push(`opened in mode ${policy.mode}`);
  if (decidedAtMs > keptAtMs || keptAtMs > opened.atMs) wrong.push("opened before it was recorded");
  if (opened.atMs - opened.evidenceAtMs > LIFE_MS) wrong.push("opened for a picture that is too old");
  if (opened.evidenceAtMs > decidedAtMs) wrong.push("opened for a picture of the future");
  if (decidedAtMs - opened.evidenceAtMs > OLDEST_EVIDENCE_MS) wrong.push("decided on a picture that is too old");
  const sinceMs = opened.evidenceAtMs;
  if (!everHeld(trace.policies, sinceMs, opened.atMs, opens)) wrong.push("no policy let this door open");
  if (!everHeld(trace.camera, sinceMs, opened.atMs, (healthy) => healthy))
    wrong.push("the camera could not be trusted");
  wrong.push(...pictureWrongs(trace, opened, record, policy), ...personWrongs(trace, opened, record, policy));
  return wrong.map((words) => `${opened.decisionId}: ${words}`);
}

/** What was done that the rules forbid. */
export function wrongsOf(trace: DoorTrace): string[] {
  const wrong = trace.opened.flatMap((opened) => judgeOpening(trace, opened));
  wrong.push(...costWrongs(trace));
  const ids = trace.opened.map(({ decisionId }) => decisionId);
  if (new Set(ids).size !== ids.length) wrong.push("one decision opened twice");
  for (const [i, { atMs }] of trace.opened.entries()) {
    const sofar = trace.opened.slice(0, i + 1).filter((other) => other.atMs >= atMs - 30_000).length;
    if (sofar > OPENINGS_AT_ONCE + 30_000 / OPENING_EACH_MS) wrong.push("opened too often");
  }
  return wrong;
}
