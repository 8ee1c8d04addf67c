import fc from "fast-check";

/** Whom a scripted search may name: two of the door's people, one of another collection, and an id nobody has. */
export const NAMES = ["ada", "ben", "cleo", "ghost"] as const;
export type Name = (typeof NAMES)[number];

/** What the engine says to one search. */
export type ScriptedAnswer =
  | { readonly kind: "names"; readonly scores: readonly (readonly [Name, number])[] }
  /** What no engine may say: unordered, off the scale, twice the same, no number. */
  | { readonly kind: "nonsense"; readonly scores: readonly (readonly [Name, number])[] }
  | { readonly kind: "fails"; readonly code: "LIMEN_ENGINE_UNREACHABLE" | "LIMEN_SEARCH_FAILED" }
  | { readonly kind: "slow"; readonly ms: number; readonly scores: readonly (readonly [Name, number])[] };

export type DoorEvent =
  | {
      readonly kind: "look";
      readonly track: number;
      readonly answer: ScriptedAnswer;
      /** Age of the picture when it is looked at, ms; negative = its clock runs ahead. */
      readonly ageMs: number;
      readonly heightPx: number;
      readonly yaw: number;
      readonly norm: number;
      /** Stands at the door, or walks across at five face heights a second. */
      readonly gait: "stands" | "passes";
    }
  | { readonly kind: "advance"; readonly ms: number }
  | { readonly kind: "tick" }
  | { readonly kind: "left"; readonly track: number }
  | {
      readonly kind: "person";
      readonly name: "ada" | "ben";
      readonly becomes: "active" | "inactive" | "outsider" | "gone";
    }
  | { readonly kind: "camera"; readonly healthy: boolean }
  | { readonly kind: "disk"; readonly full: boolean }
  | { readonly kind: "slow_disk"; readonly ms: number }
  | { readonly kind: "controller"; readonly answer: "acked" | "failed" | "throws" }
  | { readonly kind: "reload"; readonly policy: number }
  | { readonly kind: "wall_jump"; readonly ms: number };

/** Policies a reload may bring; the oracle knows them by these words, not by the program's types. */
export const POLICIES = [
  { mode: "normal", agree: 2, of: 3, windowMs: 2000, margin: 0.06, patienceMs: 3000 },
  { mode: "normal", agree: 3, of: 4, windowMs: 2000, margin: 0.12, patienceMs: 3000 },
  { mode: "normal", agree: 1, of: 1, windowMs: 500, margin: 0, patienceMs: 1000 },
  { mode: "shadow", agree: 2, of: 3, windowMs: 2000, margin: 0.06, patienceMs: 3000 },
  { mode: "locked_down", agree: 2, of: 3, windowMs: 2000, margin: 0.06, patienceMs: 3000 },
  { mode: "disabled", agree: 2, of: 3, windowMs: 2000, margin: 0.06, patienceMs: 3000 },
] as const;

const name = fc.constantFrom(...NAMES);
const score = fc.oneof(
  { arbitrary: fc.constantFrom(0.82, 0.83, 0.8299, 0.84, 0.9, 0.95, 1), weight: 3 },
  { arbitrary: fc.double({ min: 0, max: 1, noNaN: true }), weight: 1 },
);
const strong = fc.constantFrom<ScriptedAnswer>(
  { kind: "names", scores: [["ada", 0.92]] },
  {
    kind: "names",
    scores: [
      ["ben", 0.9],
      ["ada", 0.5],
    ],
  },
  {
    kind: "names",
    scores: [
      ["ada", 0.95],
      ["ben", 0.91],
    ],
  },
);
const scores = fc
  .uniqueArray(fc.tuple(name, score), { maxLength: 3, selector: ([who]) => who })
  .map((all) => all.toSorted((a, b) => b[1] - a[1]));
const answer: fc.Arbitrary<ScriptedAnswer> = fc.oneof(
  { arbitrary: strong, weight: 8 },
  { arbitrary: scores.map((all) => ({ kind: "names", scores: all }) as const), weight: 4 },
  {
    arbitrary: fc
      .array(fc.tuple(name, fc.constantFrom(Number.NaN, 1.2, -0.1, 0.9, Number.POSITIVE_INFINITY)), {
        minLength: 1,
        maxLength: 3,
      })
      .filter((all) => all.length > 1 || !(all[0]?.[1] === 0.9))
      .map((all) => ({ kind: "nonsense", scores: all }) as const),
    weight: 1,
  },
  {
    arbitrary: fc
      .constantFrom("LIMEN_ENGINE_UNREACHABLE", "LIMEN_SEARCH_FAILED")
      .map((code) => ({ kind: "fails", code }) as const),
    weight: 1,
  },
  {
    arbitrary: fc
      .tuple(fc.constantFrom(50, 200, 399, 401, 900, 5000), scores)
      .map(([ms, all]) => ({ kind: "slow", ms, scores: all }) as const),
    weight: 1,
  },
);

const track = fc.constantFrom(1, 1, 1, 2, 3);
const look: fc.Arbitrary<DoorEvent> = fc.record({
  kind: fc.constant("look" as const),
  track,
  answer,
  ageMs: fc.oneof(
    { arbitrary: fc.constant(40), weight: 6 },
    { arbitrary: fc.constantFrom(-200, -1, 0, 700, 1400, 1999, 2001, 2900, 6000), weight: 2 },
  ),
  heightPx: fc.oneof(
    { arbitrary: fc.constant(100), weight: 8 },
    { arbitrary: fc.constantFrom(40, 47, 48, 125, 160), weight: 2 },
  ),
  yaw: fc.oneof(
    { arbitrary: fc.constant(0.05), weight: 8 },
    { arbitrary: fc.constantFrom(0.26, 0.5, Number.NaN), weight: 1 },
  ),
  norm: fc.oneof(
    { arbitrary: fc.constant(3.6), weight: 8 },
    { arbitrary: fc.constantFrom(2.9, Number.NaN), weight: 1 },
  ),
  gait: fc.oneof(
    { arbitrary: fc.constant("stands" as const), weight: 8 },
    { arbitrary: fc.constant("passes" as const), weight: 1 },
  ),
});

export const doorEvent: fc.Arbitrary<DoorEvent> = fc.oneof(
  { arbitrary: look, weight: 14 },
  {
    arbitrary: fc
      .constantFrom(20, 100, 100, 100, 310, 500, 1000, 3100, 12_000)
      .map((ms) => ({ kind: "advance", ms }) as const),
    weight: 10,
  },
  { arbitrary: fc.constant({ kind: "tick" } as const), weight: 2 },
  { arbitrary: track.map((id) => ({ kind: "left", track: id }) as const), weight: 2 },
  {
    arbitrary: fc.record({
      kind: fc.constant("person" as const),
      name: fc.constantFrom("ada" as const, "ben" as const),
      becomes: fc.constantFrom(
        "active" as const,
        "active" as const,
        "inactive" as const,
        "outsider" as const,
        "gone" as const,
      ),
    }),
    weight: 1,
  },
  { arbitrary: fc.boolean().map((healthy) => ({ kind: "camera", healthy }) as const), weight: 1 },
  { arbitrary: fc.boolean().map((full) => ({ kind: "disk", full }) as const), weight: 1 },
  { arbitrary: fc.constantFrom(0, 0, 500, 2500, 4000).map((ms) => ({ kind: "slow_disk", ms }) as const), weight: 1 },
  {
    arbitrary: fc
      .constantFrom("acked", "failed", "throws")
      .map((reply) => ({ kind: "controller", answer: reply }) as const),
    weight: 1,
  },
  { arbitrary: fc.nat({ max: POLICIES.length - 1 }).map((policy) => ({ kind: "reload", policy }) as const), weight: 1 },
  {
    arbitrary: fc.constantFrom(-3_600_000, 3_600_000, 86_400_000).map((ms) => ({ kind: "wall_jump", ms }) as const),
    weight: 1,
  },
);
