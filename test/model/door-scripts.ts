import fc from "fast-check";
import type { DoorEvent, Life, Script, ScriptedAnswer } from "./door-events";
import { BEGINNINGS_MS, NAMES, POLICIES } from "./door-words";

const name = fc.constantFrom(...NAMES);
const score = fc.oneof(
  { arbitrary: fc.constantFrom(0.82, 0.83, 0.8299, 0.84, 0.9, 0.95, 1), weight: 3 },
  { arbitrary: fc.double({ min: 0, max: 1, noNaN: true }), weight: 1 },
);
const names = (...scores: readonly (readonly [(typeof NAMES)[number], number])[]): ScriptedAnswer => ({
  kind: "names",
  scores,
});
const ADA = names(["ada", 0.92]);
const strong = fc.constantFrom(
  ADA,
  ADA,
  names(["ben", 0.9], ["ada", 0.5]),
  names(["ada", 0.95], ["ben", 0.91]),
  names(["ada", 0.95], ["ben", 0.85]),
  names(["ada", 0.86]),
);
/** Like somebody enrolled, or of the guests, and not enough. */
const weak = fc.constantFrom(
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
const answer: fc.Arbitrary<ScriptedAnswer> = fc.oneof(
  { arbitrary: strong, weight: 8 },
  { arbitrary: scores.map((all): ScriptedAnswer => ({ kind: "names", scores: all })), weight: 4 },
  { arbitrary: weak, weight: 2 },
  { arbitrary: nonsense, weight: 1 },
  { arbitrary: failure, weight: 1 },
  { arbitrary: slow, weight: 1 },
);
/** Down for a while, as often as not. */
const network: fc.Arbitrary<ScriptedAnswer> = fc.oneof(
  { arbitrary: answer, weight: 4 },
  { arbitrary: fc.constant<ScriptedAnswer>({ kind: "fails", code: "LIMEN_ENGINE_UNREACHABLE" }), weight: 2 },
  { arbitrary: slow, weight: 1 },
);

const track = fc.constantFrom(1, 1, 1, 2, 3);
const life = fc.constantFrom<Life>("alive", "alive", "alive", "doubtful", "doubtful", "looped", "unmeasured");
const GOOD = { kind: "look", ageMs: 40, heightPx: 100, yaw: 0.05, norm: 3.6, gait: "stands" } as const;
const look: fc.Arbitrary<DoorEvent> = fc.record({
  kind: fc.constant("look" as const),
  track,
  answer,
  network,
  life,
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
const advance = (...ms: readonly number[]): fc.Arbitrary<DoorEvent> =>
  fc.constantFrom(...ms).map((ms): DoorEvent => ({ kind: "advance", ms }));
const confirm: fc.Arbitrary<DoorEvent> = fc.record({
  kind: fc.constant("confirm" as const),
  says: fc.constantFrom("confirmed" as const, "confirmed" as const, "confirmed" as const, "declined" as const),
  about: fc.constantFrom("newest" as const, "newest" as const, "first" as const, "elsewhere" as const),
});
const reload = fc.nat({ max: POLICIES.length - 1 }).map((policy): DoorEvent => ({ kind: "reload", policy }));

const anything: fc.Arbitrary<DoorEvent> = fc.oneof(
  { arbitrary: look, weight: 14 },
  { arbitrary: advance(20, 100, 100, 100, 310, 500, 1000, 3100, 12_000), weight: 10 },
  { arbitrary: advance(29_000, 31_000, 61_000, 299_000, 301_000), weight: 1 },
  { arbitrary: fc.constant<DoorEvent>({ kind: "tick" }), weight: 2 },
  { arbitrary: track.map((id): DoorEvent => ({ kind: "left", track: id })), weight: 2 },
  {
    arbitrary: fc.record({
      kind: fc.constant("person" as const),
      name: fc.constantFrom("ada" as const, "ben" as const),
      becomes: fc.constantFrom("active", "active", "inactive", "outsider", "listed", "gone"),
    }),
    weight: 1,
  },
  { arbitrary: fc.boolean().map((are): DoorEvent => ({ kind: "alike", are })), weight: 1 },
  { arbitrary: fc.boolean().map((healthy): DoorEvent => ({ kind: "camera", healthy })), weight: 1 },
  { arbitrary: fc.boolean().map((full): DoorEvent => ({ kind: "disk", full })), weight: 1 },
  {
    arbitrary: fc.constantFrom(0, 0, 500, 2500, 4000).map((ms): DoorEvent => ({ kind: "slow_disk", ms })),
    weight: 1,
  },
  {
    arbitrary: fc
      .constantFrom("acked", "acked_late", "failed", "throws")
      .map((reply): DoorEvent => ({ kind: "controller", answer: reply })),
    weight: 1,
  },
  { arbitrary: reload, weight: 1 },
  {
    arbitrary: fc
      .constantFrom(-3_600_000, 3_600_000, 86_400_000, -86_400_000, 600_000, 59_000, -59_000, 61_000)
      .map((ms): DoorEvent => ({ kind: "wall_jump", ms })),
    weight: 1,
  },
  { arbitrary: confirm, weight: 1 },
  { arbitrary: fc.boolean().map((is): DoorEvent => ({ kind: "resting", is })), weight: 1 },
);

/** Somebody stands before the door and is looked at a few times, as a camera does. */
const visit: fc.Arbitrary<DoorEvent[]> = fc
  .record({
    track,
    answer: fc.oneof({ arbitrary: strong, weight: 3 }, { arbitrary: weak, weight: 1 }),
    network: fc.option(network, { nil: null }),
    /** What one of the pictures shows instead. */
    odd: fc.option(fc.oneof(strong, weak), { nil: null, freq: 2 }),
    life,
    looks: fc.integer({ min: 2, max: 4 }),
    gapMs: fc.constantFrom(100, 310, 800, 1001),
    leaves: fc.boolean(),
  })
  .map(({ looks, gapMs, leaves, odd, ...said }) => {
    const all = Array.from({ length: looks }, (_, i): DoorEvent[] => {
      const shown = i === 1 && odd !== null ? odd : said.answer;
      const one: DoorEvent = { ...GOOD, ...said, answer: shown, network: said.network ?? shown };
      return [one, { kind: "advance", ms: gapMs }];
    });
    return leaves ? [...all.flat(), { kind: "left", track: said.track }] : all.flat();
  });

/** Somebody the model doubts, and an answer to the question whether it is really them. */
const doubtful: fc.Arbitrary<DoorEvent[]> = fc
  .record({
    track,
    answer: strong,
    reply: confirm,
    delay: advance(100, 700, 9000, 17_000, 19_000, 20_100, 20_100),
    after: answer,
  })
  .map(({ track: id, answer: said, reply, delay, after }) => {
    const seen = (what: ScriptedAnswer): DoorEvent => {
      return { ...GOOD, track: id, answer: what, network: what, life: "doubtful" };
    };
    const pause: DoorEvent = { kind: "advance", ms: 800 };
    return [seen(said), pause, seen(said), pause, seen(said), delay, reply, seen(after), pause, seen(said)];
  });

/** Five strangers one after the other, who look a little like somebody: enough for a lock-out. */
const siege: fc.Arbitrary<DoorEvent[]> = weak.map((said) =>
  Array.from({ length: 5 }, (): DoorEvent[] => {
    const one: DoorEvent = { ...GOOD, track: 3, answer: said, network: said, life: "alive" };
    const pause: DoorEvent = { kind: "advance", ms: 310 };
    return [one, pause, one, pause, one, pause, { kind: "left", track: 3 }];
  }).flat(),
);

/** Somebody known comes with somebody who is not. */
const together: fc.Arbitrary<DoorEvent[]> = fc
  .record({ known: strong, other: weak, gap: advance(100, 900, 1100), waits: advance(100, 3100) })
  .map(({ known, other, gap, waits }) => {
    const seen = (track: number, answer: ScriptedAnswer): DoorEvent => {
      return { ...GOOD, track, answer, network: answer, life: "alive" };
    };
    const left: DoorEvent = { kind: "left", track: 1 };
    return [seen(3, other), gap, seen(1, known), gap, seen(3, other), seen(1, known), waits, seen(1, known), left];
  });

const comes = (id: number, what: ScriptedAnswer): DoorEvent[] => {
  const one: DoorEvent = { ...GOOD, track: id, answer: what, network: what, life: "alive" };
  const pause: DoorEvent = { kind: "advance", ms: 310 };
  return [one, pause, one, pause, { kind: "left", track: id }];
};
const wallJump = (...ms: readonly number[]): fc.Arbitrary<DoorEvent> =>
  fc.constantFrom(...ms).map((by): DoorEvent => ({ kind: "wall_jump", ms: by }));

/** One besieged door after the other, and a resident who comes home meanwhile. */
const sieges: fc.Arbitrary<DoorEvent[]> = fc
  .tuple(siege, advance(29_000, 31_000), siege, advance(29_000, 31_000, 61_000), strong)
  .map(([first, pause, second, wait, home]) => [...first, pause, ...second, wait, ...comes(1, home)]);

/** Somebody comes again, while the first opening is still under way, after the clock was set, or later. */
const again: fc.Arbitrary<DoorEvent[]> = fc
  .tuple(
    fc.constantFrom("acked" as const, "acked_late" as const),
    fc.oneof(advance(20, 31_000, 59_000, 61_000), wallJump(-3_600_000, 3_600_000)),
    strong,
  )
  .map(([reply, between, who]) => [{ kind: "controller", answer: reply }, ...comes(1, who), between, ...comes(2, who)]);

/** The clock is set, and somebody comes a while after. */
const setClock: fc.Arbitrary<DoorEvent[]> = fc
  .tuple(wallJump(-600_000, 600_000, 61_000, -61_000), advance(20, 61_000, 299_000, 301_000), strong)
  .map(([jump, wait, who]) => [jump, wait, ...comes(1, who)]);

const scene: fc.Arbitrary<DoorEvent[]> = fc.oneof(
  { arbitrary: anything.map((event) => [event]), weight: 20 },
  { arbitrary: visit, weight: 6 },
  { arbitrary: doubtful, weight: 1 },
  { arbitrary: siege, weight: 1 },
  { arbitrary: together, weight: 1 },
  { arbitrary: sieges, weight: 1 },
  { arbitrary: again, weight: 1 },
  { arbitrary: setClock, weight: 1 },
);

export const script: fc.Arbitrary<Script> = fc.record({
  policy: fc.nat({ max: POLICIES.length - 1 }),
  beginsMs: fc.constantFrom(...BEGINNINGS_MS),
  events: fc.array(scene, { minLength: 3, maxLength: 20 }).map((scenes) => scenes.flat()),
});
