import fc from "fast-check";
import { answer, network, passing, service, strong, weak } from "./door-answers";
import type { DoorEvent, Life, Script, ScriptedAnswer } from "./door-events";
import { BEGINNINGS_MS, POLICIES } from "./door-words";

const track = fc.constantFrom(1, 1, 1, 2, 3);
const life = fc.constantFrom<Life>("alive", "alive", "alive", "doubtful", "doubtful", "looped", "unmeasured");
const GOOD = { kind: "look", ageMs: 40, heightPx: 100, yaw: 0.05, norm: 3.6, gait: "stands" } as const;
const look: fc.Arbitrary<DoorEvent> = fc.record({
  kind: fc.constant("look" as const),
  track,
  answer,
  network,
  life,
  service,
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
    { arbitrary: fc.constantFrom(0.25, 0.26, 0.4, 0.41, 0.5, Number.NaN), weight: 2 },
  ),
  norm: fc.oneof(
    { arbitrary: fc.constant(3.6), weight: 8 },
    { arbitrary: fc.constantFrom(3, 2.9, 2.4, 2.3, Number.NaN), weight: 2 },
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
    service: fc.option(service, { nil: null }),
    looks: fc.integer({ min: 2, max: 4 }),
    gapMs: fc.constantFrom(100, 310, 800, 1001),
    leaves: fc.boolean(),
  })
  .map(({ looks, gapMs, leaves, odd, ...said }) => {
    const all = Array.from({ length: looks }, (_, i): DoorEvent[] => {
      const shown = i === 1 && odd !== null ? odd : said.answer;
      const word = said.service ?? passing(said.answer);
      const one: DoorEvent = { ...GOOD, ...said, answer: shown, network: said.network ?? shown, service: word };
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
      return { ...GOOD, track: id, answer: what, network: what, life: "doubtful", service: passing(what) };
    };
    const pause: DoorEvent = { kind: "advance", ms: 800 };
    return [seen(said), pause, seen(said), pause, seen(said), delay, reply, seen(after), pause, seen(said)];
  });

/** Somebody recognised, a service that looks at them, and somebody who stands there afterwards. */
const served: fc.Arbitrary<DoorEvent[]> = fc
  .record({
    track,
    answer: strong,
    word: fc.oneof(service, fc.constant(null)),
    life,
    // A paid engine is asked once a second.
    gap: advance(310, 1001, 1001),
    delay: advance(100, 700, 3000, 7000, 7900, 8100),
    after: fc.oneof({ arbitrary: answer, weight: 1 }, { arbitrary: fc.constant(null), weight: 2 }),
  })
  .map(({ track: id, answer: said, word, life: looks, gap, delay, after }) => {
    const seen = (what: ScriptedAnswer): DoorEvent => {
      return { ...GOOD, track: id, answer: what, network: what, life: looks, service: word ?? passing(said) };
    };
    const end = [delay, seen(after ?? said), gap, seen(said), gap, seen(said)];
    return [seen(said), gap, seen(said), gap, seen(said), ...end];
  });

/** Five strangers one after the other, who look a little like somebody: enough for a lock-out. */
const siege: fc.Arbitrary<DoorEvent[]> = weak.map((said) =>
  Array.from({ length: 5 }, (): DoorEvent[] => {
    const one: DoorEvent = {
      ...{ ...GOOD, track: 3, answer: said, network: said, life: "alive", service: passing(said) },
    };
    const pause: DoorEvent = { kind: "advance", ms: 310 };
    return [one, pause, one, pause, one, pause, { kind: "left", track: 3 }];
  }).flat(),
);

/** Somebody known comes with somebody who is not, both at the door or the other a little or far behind. */
const together: fc.Arbitrary<DoorEvent[]> = fc
  .record({
    known: strong,
    other: weak,
    gap: advance(100, 900, 1100),
    waits: advance(100, 3100),
    sizes: fc.constantFrom([100, 100] as const, [100, 100] as const, [50, 47] as const, [50, 29] as const),
  })
  .map(({ known, other, gap, waits, sizes }) => {
    const seen = (track: number, answer: ScriptedAnswer): DoorEvent => {
      const heightPx = sizes[track === 1 ? 0 : 1];
      return { ...GOOD, heightPx, track, answer, network: answer, life: "alive", service: passing(answer) };
    };
    const left: DoorEvent = { kind: "left", track: 1 };
    return [seen(3, other), gap, seen(1, known), gap, seen(3, other), seen(1, known), waits, seen(1, known), left];
  });

const comes = (id: number, what: ScriptedAnswer): DoorEvent[] => {
  const one: DoorEvent = {
    ...{ ...GOOD, track: id, answer: what, network: what, life: "alive", service: passing(what) },
  };
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
  { arbitrary: served, weight: 4 },
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
