import type { Change } from "#config/diff";

/** What a change of the configuration does to the running daemon. */
export interface ReloadPlan {
  readonly changes: readonly Change[];
  /** Used from the next decision on; nothing opens anew, and nobody at a door notices. */
  readonly live: readonly Change[];
  /** Keys for which cameras, doors and connections must open anew; empty = none. */
  readonly restarts: readonly string[];
}

export function planReload(changes: readonly Change[]): ReloadPlan {
  const live = changes.filter(({ takes }) => takes === "live");
  const restarts = changes.flatMap(({ takes, path }) => (takes === "live" ? [] : [path]));
  return { changes, live, restarts };
}

/** The plan for people: one line a change, then what opens anew. */
export function planLines({ changes, restarts }: ReloadPlan): string[] {
  if (changes.length === 0) return ["nothing has changed"];
  const outcome =
    restarts.length === 0
      ? "nothing opens anew: whoever stands at a door notices nothing"
      : `cameras, doors and connections open anew, because of ${restarts.join(", ")}: no door opens for some seconds`;
  return [...changes.map(lineOf), outcome];
}

function lineOf({ path, before, after, takes }: Change): string {
  const when = takes === "live" ? "at once" : "opens anew";
  if (before === null) return `+ ${path}: ${after ?? ""} (${when})`;
  if (after === null) return `- ${path} (${when})`;
  return before === after ? `~ ${path}: another secret (${when})` : `~ ${path}: ${before} -> ${after} (${when})`;
}
