import { disarms, type SightState } from "#core/camera-sight";
import { concernWords, type DoorConcern } from "#core/door-concern";
import { type DoorMode, opensIn } from "#core/policy";

/** What the parts report, reduced to what keeps doors shut. */
export interface PartStates {
  readonly cameras: Readonly<
    Record<string, { readonly state: string; readonly code: string | null; readonly sight: SightState }>
  >;
  readonly doors: Readonly<
    Record<string, { readonly broker: string; readonly controller: string; readonly mode: DoorMode }>
  >;
  readonly broker: string;
  /** What is wrong with the wall clock. */
  readonly clock?: "jumped" | "too_early" | null;
  /** Ms for which a door is locked out yet, by door. */
  readonly lockedOut?: Readonly<Record<string, number>>;
  /** Searchable people; null when another engine holds them. */
  readonly people: number | null;
  /** Why the audit log does not answer as it should. */
  readonly records?: string | null;
  /** Parts of the program that give no sign of life. */
  readonly stuck?: readonly string[];
  /** The engine on the network, where one is asked; `isNeeded` = no door opens without it, for whomever. */
  readonly network?: { readonly leftAlone: boolean; readonly capReached: string | null; readonly isNeeded: boolean };
}

/** What to do about what a camera's pictures say of it, behind "camera NAME". */
export const SIGHT_PROBLEMS: Readonly<Record<SightState, string>> = {
  ok: "is fine",
  frozen: "sends the same picture over and over: restart the camera",
  dark: "sees nothing but dark: put a light there, or switch on its infrared",
  covered: "is covered: take away whatever is before the lens, or clean it",
  moved: "looks somewhere else than it did: turn it back, or restart Limen if it is to look there from now on",
  blurred: "has lost its focus: clean or focus the lens",
  clock_back: "sends pictures whose times run backwards: set its clock, and make sure that nobody feeds a recording in",
};

const CLOCK_PROBLEMS = {
  jumped:
    "the clock was set a moment ago: whoever may pass at certain hours only must wait until it has run evenly for a while",
  too_early:
    "the clock shows a time before this program or the newest decision: set it right, until then nobody passes who may only at certain hours",
} as const;

/** One sentence for each thing that keeps a door from opening; an empty list means everything is ready. */
export function problemsOf(parts: PartStates): string[] {
  const cameras = Object.entries(parts.cameras).flatMap(([id, { state, code, sight }]) => {
    if (state !== "streaming") return [`camera ${id} is ${state}${code === null ? "" : ` (${code})`}`];
    return disarms(sight) ? [`camera ${id} ${SIGHT_PROBLEMS[sight]}`] : [];
  });
  const doors = Object.entries(parts.doors).flatMap(([id, door]) => {
    if (!opensIn(door.mode)) return [`door ${id} is in mode ${door.mode} and opens for nobody`];
    return door.broker === "online" && door.controller !== "online"
      ? [`the controller of door ${id} is ${door.controller}`]
      : [];
  });
  const broker = parts.broker === "online" ? [] : ["the MQTT broker is not reachable: no door can open"];
  const people = parts.people !== 0 ? [] : ["nobody is enrolled yet"];
  const lockedOut = Object.entries(parts.lockedOut ?? {}).map(
    ([id, ms]) => `door ${id} opens for nobody for another ${Math.ceil(ms / 1000)} s: too many strangers were refused`,
  );
  const clock = parts.clock == null ? [] : [CLOCK_PROBLEMS[parts.clock]];
  const records = parts.records == null ? [] : [`decisions cannot be recorded (${parts.records}): no door can open`];
  const stuck = (parts.stuck ?? []).map((part) => `${part} gives no sign of life: Limen has to be restarted`);
  const network = networkProblems(parts.network);
  return [...stuck, ...records, ...broker, ...cameras, ...doors, ...lockedOut, ...clock, ...people, ...network];
}

/** One sentence for each thing that is wrong and keeps no door shut. */
export function warningsOf(doors: Readonly<Record<string, { readonly concerns: readonly DoorConcern[] }>>): string[] {
  return Object.entries(doors).flatMap(([id, { concerns }]) =>
    concerns.map((concern) => `the controller of door ${id} ${concernWords(concern)}`),
  );
}

function networkProblems(network: PartStates["network"]): string[] {
  if (network === undefined) return [];
  const { leftAlone, capReached, isNeeded } = network;
  const failing = isNeeded
    ? "the search engine on the network does not answer: no door can open"
    : "the search engine on the network does not answer: doors open only for people with offline_allowed";
  const capped = `as many calls to the search engine as this ${capReached} may have were made: see search.verifik.caps`;
  return [...(leftAlone ? [failing] : []), ...(capReached === null ? [] : [capped])];
}
