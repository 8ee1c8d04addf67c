import { instant } from "#core/instant";
import { REASONS } from "#core/reason";
import type { DecisionQuery } from "#ports/audit-log";

/** What a person has chosen in the filter, as it stands in the address; texts that mean nothing are left out. */
export function decisionQueryOf(parameters: Readonly<Record<string, string>>, limit: number): DecisionQuery {
  const { door, person, result, reason, before } = parameters;
  const known = REASONS.find((word) => word === reason);
  const from = dayOf(parameters["from"]);
  const until = dayOf(parameters["until"]);
  return {
    limit,
    ...(door !== undefined && /^[a-z0-9_-]{1,64}$/.test(door) && { door }),
    ...(person !== undefined && /^[0-9a-f]{24}$/.test(person) && { personId: person }),
    ...((result === "grant" || result === "deny") && { result }),
    ...(known !== undefined && { reason: known }),
    ...(before !== undefined && /^\d{1,15}$/.test(before) && { before: Number(before) }),
    ...(from !== null && { from: instant(from) }),
    // The last day is meant whole.
    ...(until !== null && { until: instant(until + 86_400_000) }),
  };
}

/** Midnight UTC of `2026-01-15`, or null. */
function dayOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(at) ? null : at;
}

/** The same choice as an address, with something changed; null takes a word out. */
export function withParameters(
  path: string,
  parameters: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): string {
  const kept = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...parameters, ...changes }))
    if (value !== null && value !== "") kept.set(name, value);
  const text = kept.toString();
  return text === "" ? path : `${path}?${text}`;
}
