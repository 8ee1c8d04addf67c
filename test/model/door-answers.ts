import fc from "fast-check";
import type { ScriptedAnswer, ServiceWord } from "./door-events";
import { NAMES } from "./door-words";

const name = fc.constantFrom(...NAMES);
const score = fc.oneof(
  { arbitrary: fc.constantFrom(0.82, 0.83, 0.8299, 0.84, 0.85, 0.8499, 0.9, 0.95, 1), weight: 3 },
  { arbitrary: fc.double({ min: 0, max: 1, noNaN: true }), weight: 1 },
);
const names = (...scores: readonly (readonly [(typeof NAMES)[number], number])[]): ScriptedAnswer => ({
  kind: "names",
  scores,
});
const ADA = names(["ada", 0.92]);
export const strong = fc.constantFrom(
  ADA,
  ADA,
  names(["ben", 0.9], ["ada", 0.5]),
  names(["ada", 0.95], ["ben", 0.91]),
  names(["ada", 0.95], ["ben", 0.85]),
  names(["ada", 0.86]),
);
/** Like somebody enrolled, or of the guests, and not enough. */
export const weak = fc.constantFrom(
  names(["ada", 0.7]),
  names(["ben", 0.8]),
  names(["cleo", 0.65]),
  names(["cleo", 0.9]),
  names(["ada", 0.2]),
);
const scores = fc
  .uniqueArray(fc.tuple(name, score), { maxLength: 3, selector: ([who]) => who })
  .map((all) => all.toSorted((a, b) => b[1] - a[1]));
const slow = fc
  .tuple(fc.constantFrom(50, 200, 399, 401, 650, 900, 1900, 5000), scores)
  .map(([ms, all]): ScriptedAnswer => ({ kind: "slow", ms, scores: all }));
const nonsense = fc
  .array(fc.tuple(name, fc.constantFrom(Number.NaN, 1.2, -0.1, 0.9, Number.POSITIVE_INFINITY)), {
    minLength: 1,
    maxLength: 3,
  })
  .filter((all) => all.some(([, one]) => one !== 0.9) || new Set(all.map(([who]) => who)).size < all.length)
  .map((all): ScriptedAnswer => ({ kind: "nonsense", scores: all }));
const failure = fc
  .constantFrom("LIMEN_ENGINE_UNREACHABLE", "LIMEN_SEARCH_FAILED")
  .map((code): ScriptedAnswer => ({ kind: "fails", code }));
export const answer: fc.Arbitrary<ScriptedAnswer> = fc.oneof(
  { arbitrary: strong, weight: 8 },
  { arbitrary: scores.map((all): ScriptedAnswer => ({ kind: "names", scores: all })), weight: 4 },
  { arbitrary: weak, weight: 2 },
  { arbitrary: nonsense, weight: 1 },
  { arbitrary: failure, weight: 1 },
  { arbitrary: slow, weight: 1 },
);
/** Down for a while, as often as not. */
export const network: fc.Arbitrary<ScriptedAnswer> = fc.oneof(
  { arbitrary: answer, weight: 4 },
  { arbitrary: fc.constant<ScriptedAnswer>({ kind: "fails", code: "LIMEN_ENGINE_UNREACHABLE" }), weight: 2 },
  { arbitrary: slow, weight: 1 },
);

/** A live face of whoever the picture shows. */
export const passing = (shown: ScriptedAnswer, afterMs = 0): ServiceWord => {
  const first = shown.kind === "names" ? shown.scores[0]?.[0] : undefined;
  return { kind: "sees", scores: [[first ?? "ada", 0.95]], liveness: 0.9, passed: true, afterMs };
};
export const service: fc.Arbitrary<ServiceWord> = fc.oneof(
  { arbitrary: fc.constant(passing(ADA)), weight: 4 },
  {
    arbitrary: fc.record({
      kind: fc.constant("sees" as const),
      scores: fc.oneof(
        { arbitrary: fc.constant<(readonly [(typeof NAMES)[number], number])[]>([["ada", 0.95]]), weight: 3 },
        scores,
      ),
      liveness: fc.constantFrom(0.9, 0.9, 0.601, 0.6, 0.2, Number.NaN),
      passed: fc.constantFrom(true, true, true, false),
      afterMs: fc.constantFrom(0, 0, 300, 2000, 7900, 9000),
    }),
    weight: 4,
  },
  { arbitrary: fc.constant<ServiceWord>({ kind: "refuses" }), weight: 1 },
  { arbitrary: fc.constant<ServiceWord>({ kind: "fails" }), weight: 1 },
);
