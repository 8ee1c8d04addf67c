import type { Change } from "#config/diff";

/** Doors and cameras by their ids, those that are new or gone among them. */
export interface Touched {
  readonly doors: ReadonlySet<string>;
  readonly cameras: ReadonlySet<string>;
}

/** What a change of the configuration does to the running daemon. */
export interface ReloadPlan {
  /** Those that may be live are used from the next decision on: nothing opens anew for them, and nobody at a door notices. */
  readonly changes: readonly Change[];
  /** What opens anew, or for the first time, or closes, while everything else goes on. */
  readonly touched: Touched;
  /** Keys for which everything must open anew; empty = none. */
  readonly restarts: readonly string[];
}

const OWN_KEY = /^(doors|cameras)\.([^.]+)(?:\.|$)/;

export function planReload(changes: readonly Change[]): ReloadPlan {
  const doors = new Set<string>();
  const cameras = new Set<string>();
  const restarts: string[] = [];
  for (const { takes, path } of changes) {
    if (takes === "live") continue;
    const [, section, id] = OWN_KEY.exec(path) ?? [];
    if (id === undefined) restarts.push(path);
    else (section === "doors" ? doors : cameras).add(id);
  }
  return { changes, touched: { doors, cameras }, restarts };
}

export function isAnythingTouched({ doors, cameras }: Touched): boolean {
  return doors.size + cameras.size > 0;
}

/** `door back side, camera yard` */
export function touchedWords({ doors, cameras }: Touched): string {
  const named = (kind: string, ids: ReadonlySet<string>): string[] =>
    ids.size === 0 ? [] : [[kind, ...ids].join(" ")];
  return [...named("door", doors), ...named("camera", cameras)].join(", ");
}

/** The plan for people: one line a change, then what opens anew. */
export function planLines(plan: ReloadPlan): string[] {
  const { changes } = plan;
  return changes.length === 0 ? ["nothing has changed"] : [...changes.map(lineOf), outcomeOf(plan)];
}

function outcomeOf({ touched, restarts }: ReloadPlan): string {
  if (restarts.length > 0)
    return `all cameras, doors and connections open anew, because of ${restarts.join(", ")}: no door opens for some seconds`;
  if (!isAnythingTouched(touched)) return "nothing opens anew: whoever stands at a door notices nothing";
  return `only this opens anew: ${touchedWords(touched)}; nobody at another door notices`;
}

function lineOf({ path, before, after, takes }: Change): string {
  const when = takes === "live" ? "at once" : "opens anew";
  if (before === null) return `+ ${path}: ${after ?? ""} (${when})`;
  if (after === null) return `- ${path} (${when})`;
  return before === after ? `~ ${path}: another secret (${when})` : `~ ${path}: ${before} -> ${after} (${when})`;
}
