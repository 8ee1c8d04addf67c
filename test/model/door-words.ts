/** What a door's configuration says, in the oracle's own words: it knows nothing of the program's types. Hours and dates are UTC. */
export interface PolicyWords {
  readonly mode: "normal" | "shadow" | "locked_down" | "disabled" | "free_access";
  readonly agree: number;
  readonly of: number;
  readonly windowMs: number;
  readonly margin: number;
  /** A picture that is only fair must be so far over the threshold. */
  readonly fairExtra: number;
  readonly patienceMs: number;
  /** One day's hours, minutes from 00:00; an end before the beginning is the next day's. 0 = Sunday. Null = at any hour. */
  readonly hours: { readonly weekday: number; readonly from: number; readonly to: number } | null;
  /** Unix ms until which ada is valid, and from which ben is; null = for ever. */
  readonly adaUntil: number | null;
  readonly benFrom: number | null;
  /** Nobody of the guests is let in, whatever else they are. */
  readonly watchesGuests: boolean;
  /** Nobody enters twice within so many ms of the wall clock; null = they may. */
  readonly onceWithinMs: number | null;
  readonly company: "notify" | "deny";
  /** Ms somebody has to confirm whoever is not clearly alive; null = nobody has to. */
  readonly confirmWithinMs: number | null;
  /** Ms a service has to pass whoever is recognised; null = none is asked. */
  readonly serviceWithinMs: number | null;
  readonly engine: "local" | "verifik_then_local" | "both_agree";
  /** Whom the local engine alone may let in while the other is out. */
  readonly offline: readonly Name[];
  /** Score the site's own calibration asks for; null = not calibrated. */
  readonly calibrated: number | null;
}

/** Whom a scripted search may name: two of the door's people, one of another collection (guests), and an id nobody has. */
export const NAMES = ["ada", "ben", "cleo", "ghost"] as const;
export type Name = (typeof NAMES)[number];

const at = (hour: number, minute = 0): number => hour * 60 + minute;
const THURSDAY = 4;

const PLAIN: PolicyWords = {
  mode: "normal",
  ...{ agree: 2, of: 3, windowMs: 2000, margin: 0.06, fairExtra: 0.02, patienceMs: 3000 },
  hours: null,
  adaUntil: null,
  benFrom: null,
  watchesGuests: false,
  onceWithinMs: null,
  company: "notify",
  confirmWithinMs: null,
  serviceWithinMs: null,
  engine: "local",
  offline: [],
  calibrated: null,
};
const DAYTIME = { weekday: THURSDAY, from: at(11, 30), to: at(12, 30) };
const NIGHT = { weekday: THURSDAY, from: at(23), to: at(6) };
const NEXT_SHIFT = Date.UTC(2026, 0, 15, 12, 10);

/** Policies a script begins with, or a reload brings. */
export const POLICIES: readonly PolicyWords[] = [
  PLAIN,
  { ...PLAIN, agree: 3, of: 4, margin: 0.12 },
  { ...PLAIN, agree: 1, of: 1, windowMs: 500, margin: 0, patienceMs: 1000 },
  { ...PLAIN, mode: "shadow" },
  { ...PLAIN, mode: "locked_down" },
  { ...PLAIN, mode: "disabled" },
  { ...PLAIN, hours: DAYTIME },
  { ...PLAIN, hours: NIGHT },
  { ...PLAIN, adaUntil: NEXT_SHIFT, benFrom: NEXT_SHIFT },
  { ...PLAIN, mode: "free_access", hours: DAYTIME, adaUntil: NEXT_SHIFT },
  { ...PLAIN, watchesGuests: true },
  { ...PLAIN, onceWithinMs: 60_000 },
  { ...PLAIN, company: "deny" },
  { ...PLAIN, confirmWithinMs: 20_000 },
  { ...PLAIN, engine: "verifik_then_local", offline: ["ada"] },
  { ...PLAIN, engine: "both_agree" },
  { ...PLAIN, calibrated: 0.9 },
  { ...PLAIN, fairExtra: 0.1, of: 4 },
  { ...PLAIN, serviceWithinMs: 8000 },
  { ...PLAIN, serviceWithinMs: 8000, engine: "both_agree" },
];

/** Times after Thursday, 2026-01-15 12:00 UTC, at which a script may begin, ms: also seconds before hours and dates begin and end. */
export const BEGINNINGS_MS = [0, 598_000, 1_798_000, 43_198_000, 64_798_000] as const;
