import { allKeys } from "#config/known-keys";
import type { Plain } from "#config/plain";
import { formatDuration } from "#config/units";

/** The range of a key that holds a time: it is kept in ms and shown as it is written. */
const TIME_RANGE = /^\d+(?:ms|s|m|h|d) to /;

/** One key that differs between two configurations. */
export interface Change {
  /** `doors.front.policy.agree`; a whole group where it is new or gone: `doors.back`. */
  readonly path: string;
  /** As it stands there, secrets by name; null = not there. */
  readonly before: string | null;
  readonly after: string | null;
  /** `live`: the next decision uses the new value. `restart-part`: what it belongs to opens anew. */
  readonly takes: "live" | "restart-part";
}

/** Every key in which two configurations differ, in the order of the newer. `secrets` names the places at which another secret stands now. */
export function changesBetween(
  before: Plain,
  after: Plain,
  secrets: ReadonlySet<string> = new Set(),
): readonly Change[] {
  // Which profile a key belongs to makes no difference to when it takes hold.
  const notes = new Map(allKeys().map((key) => [key.path.replace(/\[\w+\]/, ""), key]));
  /** A whole group takes what the slowest of its keys takes. */
  const takesOf = (steps: readonly string[], value: Plain | undefined): Change["takes"] => {
    if (isGroup(value) && Object.keys(value).length > 0)
      return Object.entries(value).every(([key, inner]) => takesOf([...steps, key], inner) === "live")
        ? "live"
        : "restart-part";
    // The key itself, or the nearest group around it that says something.
    for (let length = steps.length; length > 0; length--) {
      const note = notes.get(starred(steps.slice(0, length), notes))?.reload;
      if (note === "live" || note === "restart-part") return note;
    }
    return "restart-part";
  };
  const found: Change[] = [];
  const compare = (steps: readonly string[], old: Plain | undefined, now: Plain | undefined): void => {
    if (isGroup(old) && isGroup(now)) {
      for (const key of new Set([...Object.keys(now), ...Object.keys(old)]))
        compare([...steps, key], old[key], now[key]);
      return;
    }
    const path = steps.join(".");
    if (written(old) === written(now) && !secrets.has(path)) return;
    const isTime = TIME_RANGE.test(notes.get(starred(steps, notes))?.range ?? "");
    const shown = (value: Plain | undefined): string | null =>
      isTime && typeof value === "number" ? formatDuration(value) : written(value);
    found.push({ path, before: shown(old), after: shown(now), takes: takesOf(steps, now ?? old) });
  };
  compare([], before, after);
  return found;
}

function isGroup(value: Plain | undefined): value is { readonly [key: string]: Plain } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function written(value: Plain | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `doors.front.mode` → `doors.*.mode`: ids of the user's choice become the star under which the key is known. */
function starred(steps: readonly string[], known: ReadonlyMap<string, unknown>): string {
  return steps.reduce((at, step) => {
    const exact = at === "" ? step : `${at}.${step}`;
    return known.has(exact) || at === "" ? exact : `${at}.*`;
  }, "");
}
