/** What the parts report, reduced to what keeps doors shut. */
export interface PartStates {
  readonly cameras: Readonly<Record<string, { readonly state: string; readonly code: string | null }>>;
  readonly doors: Readonly<
    Record<string, { readonly broker: string; readonly controller: string; readonly mode: string }>
  >;
  readonly broker: string;
  /** Searchable people; null when another engine holds them. */
  readonly people: number | null;
}

/** One sentence for each thing that keeps a door from opening; an empty list means everything is ready. */
export function problemsOf(parts: PartStates): string[] {
  const cameras = Object.entries(parts.cameras)
    .filter(([, { state }]) => state !== "streaming")
    .map(([id, { state, code }]) => `camera ${id} is ${state}${code === null ? "" : ` (${code})`}`);
  const doors = Object.entries(parts.doors).flatMap(([id, door]) => {
    if (door.mode !== "normal") return [`door ${id} is in mode ${door.mode} and opens for nobody`];
    return door.broker === "online" && door.controller !== "online"
      ? [`the controller of door ${id} is ${door.controller}`]
      : [];
  });
  const broker = parts.broker === "online" ? [] : ["the MQTT broker is not reachable: no door can open"];
  const people = parts.people !== 0 ? [] : ["nobody is enrolled yet"];
  return [...broker, ...cameras, ...doors, ...people];
}
