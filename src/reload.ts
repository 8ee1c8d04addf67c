import type { Change } from "#config/diff";

/** What a change of the configuration touches: everything else goes on as if nothing had happened. */
export interface ReloadPlan {
  readonly changes: readonly Change[];
  /** Used from the next decision on; nothing opens anew. */
  readonly live: readonly Change[];
  /** Cameras and doors that open anew, or end, by id. */
  readonly cameras: readonly string[];
  readonly doors: readonly string[];
  /** The API and the console, which open anew by themselves. */
  readonly servers: readonly ("api" | "http")[];
  /** Keys for which every part must open anew; empty = none. */
  readonly everything: readonly string[];
}

/** The plan for these changes. What it does not know touches everything: slower, and never wrong. */
export function planReload(changes: readonly Change[]): ReloadPlan {
  const cameras = new Set<string>();
  const doors = new Set<string>();
  const servers = new Set<"api" | "http">();
  const everything: string[] = [];
  const live: Change[] = [];
  for (const change of changes) {
    const [section, id] = change.path.split(".");
    if (change.takes === "live") live.push(change);
    else if (section === "cameras" && id !== undefined) cameras.add(id);
    else if (section === "doors" && id !== undefined) doors.add(id);
    else if (section === "api" || section === "http") servers.add(section);
    else everything.push(change.path);
  }
  return { changes, live, cameras: [...cameras], doors: [...doors], servers: [...servers], everything };
}

/** The plan for people: one line a change, then one for what opens anew. */
export function planLines(plan: ReloadPlan): string[] {
  if (plan.changes.length === 0) return ["nothing has changed"];
  const lines = plan.changes.map(lineOf);
  if (plan.everything.length > 0)
    return [
      ...lines,
      `everything opens anew, because of ${plan.everything.join(", ")}: no door opens for a few seconds`,
    ];
  const parts = [
    ...plan.cameras.map((id) => `camera ${id}`),
    ...plan.doors.map((id) => `door ${id}`),
    ...plan.servers.map((server) => (server === "api" ? "the API" : "the console")),
  ];
  return [
    ...lines,
    parts.length === 0 ? "nothing has to open anew" : `opens anew: ${parts.join(", ")}; the rest goes on`,
  ];
}

function lineOf({ path, before, after, takes }: Change): string {
  const when = takes === "live" ? "at once" : "opens anew";
  if (before === null) return `+ ${path}: ${after ?? ""} (${when})`;
  if (after === null) return `- ${path} (${when})`;
  return before === after ? `~ ${path}: another secret (${when})` : `~ ${path}: ${before} -> ${after} (${when})`;
}
