import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DoorHappening } from "#core/door-event";
import {
  DEFAULT_LEAF_RULE,
  type DoorInput,
  doorStateAtStart,
  doorStep,
  dueAtMs,
  type LeafRule,
} from "#core/door-state";
import { instant } from "#core/instant";
import { LOCK_WORDS } from "#core/lock-word";

const RULE = DEFAULT_LEAF_RULE;
type Timed = readonly [atMs: number, input: DoorInput];
const open: DoorInput = { is: "contact", open: true };
const shut: DoorInput = { is: "contact", open: false };
const time: DoorInput = { is: "time" };
const released = (untilMs: number, id: string | null = null): DoorInput => ({ is: "released", id, untilMs });

/** What a door says to these words, each with the ms at which it was heard. */
function told(words: readonly Timed[], rule: LeafRule = RULE) {
  let state = doorStateAtStart(0);
  const happenings: (DoorHappening & { atMs: number })[] = [];
  for (const [atMs, input] of words) {
    const step = doorStep(state, input, { nowMs: atMs, now: instant(1e12 + atMs) }, rule);
    state = step.state;
    happenings.push(...step.happenings.map((happening) => ({ ...happening, atMs })));
  }
  return { state, happenings, kinds: happenings.map(({ kind }) => kind) };
}

describe("a door whose leaf is opened", () => {
  it("by nobody who was let in is forced, three seconds later, once; and shut again when it is", () => {
    const words: Timed[] = [
      [0, shut],
      [60_000, open],
      [62_999, time],
    ];
    expect(told(words)).toMatchObject({ kinds: [], state: { alarm: null, contact: "open" } });
    const forced: Timed[] = [...words, [63_000, time], [64_000, open], [90_001, time]];
    expect(told(forced)).toMatchObject({ kinds: ["forced"], state: { alarm: "forced" } });
    const after = told([...forced, [95_000, shut], [99_000, shut]]);
    expect(after.happenings.slice(1)).toEqual([{ kind: "shut_again", after: "forced", atMs: 95_000 }]);
    expect(after.state).toMatchObject({ alarm: null, contact: "shut", since: 1e12 + 95_000 });
  });

  it("and shut within these seconds was forced all the same", () => {
    expect(
      told([
        [0, shut],
        [60_000, open],
        [61_000, shut],
        [70_000, time],
      ]).kinds,
    ).toEqual(["forced", "shut_again"]);
  });

  it.each<[string, Timed[]]>([
    [
      "while the lock was released",
      [
        [59_000, released(62_000)],
        [60_000, open],
      ],
    ],
    [
      "a moment after it was shut again",
      [
        [57_000, released(59_000)],
        [60_000, open],
      ],
    ],
    [
      "before the word of its release had come",
      [
        [60_000, open],
        [62_000, released(65_000)],
      ],
    ],
    [
      "while the lock itself says that it is unlocked",
      [
        [30_000, { is: "lock", state: "unlocked" }],
        [60_000, open],
      ],
    ],
    [
      "while an exit button released it",
      [
        [50_000, released(110_000, "p1")],
        [60_000, open],
      ],
    ],
  ])("%s is not forced", (_when, words) => {
    expect(told([[0, shut], ...words, [69_000, time]]).kinds).toEqual([]);
  });

  it("after the button's release has ended is forced, also before it would have ended by itself", () => {
    const words: Timed[] = [
      [0, shut],
      [10_000, released(70_000, "p1")],
      [20_000, { is: "relocked", id: "other" }],
    ];
    expect(told([...words, [40_000, open], [50_000, time]]).kinds).toEqual([]);
    expect(told([...words, [21_000, { is: "relocked", id: "p1" }], [40_000, open], [50_000, time]]).kinds).toEqual([
      "forced",
    ]);
  });

  it("is not forced where nobody hears of who leaves", () => {
    expect(
      told(
        [
          [0, shut],
          [60_000, open],
          [70_000, time],
        ],
        { ...RULE, forcedAlarm: false },
      ).kinds,
    ).toEqual([]);
  });

  it("after silence, or as the first word, says nothing of how it came to stand open", () => {
    expect(
      told([
        [0, open],
        [20_000, time],
      ]).kinds,
    ).toEqual([]);
    expect(
      told([
        [0, shut],
        [50_000, { is: "contact", open: null }],
        [60_000, open],
        [70_000, time],
      ]).kinds,
    ).toEqual([]);
  });

  it("and stays open is held open, after as long as the configuration says, counted from the last who was let through", () => {
    const words: Timed[] = [
      [0, shut],
      [1000, released(4000)],
      [2000, open],
    ];
    expect(told([...words, [31_999, time]]).kinds).toEqual([]);
    expect(told([...words, [32_000, time], [300_000, time]]).happenings).toEqual([
      { kind: "held_open", forMs: 30_000, atMs: 32_000 },
    ]);
    const another: Timed[] = [...words, [20_000, released(23_000)], [49_999, time]];
    expect(told(another).kinds).toEqual([]);
    expect(told([...another, [50_000, time], [51_000, shut]]).kinds).toEqual(["held_open", "shut_again"]);
  });

  it("stays an alarm while nobody can say whether it is shut", () => {
    const words: Timed[] = [
      [0, open],
      [30_000, time],
      [40_000, { is: "contact", open: null }],
    ];
    expect(told(words).state).toMatchObject({ alarm: "held_open", contact: null });
    expect(told([...words, [50_000, shut]]).kinds).toEqual(["held_open", "shut_again"]);
  });
});

const inputs: fc.Arbitrary<DoorInput> = fc.oneof(
  fc.record({ is: fc.constant("contact" as const), open: fc.constantFrom(true, false, null) }),
  fc.record({ is: fc.constant("lock" as const), state: fc.constantFrom(...LOCK_WORDS) }),
  fc.record({
    is: fc.constant("released" as const),
    id: fc.constantFrom(null, "a", "b"),
    untilMs: fc.integer({ min: 0, max: 400_000 }),
  }),
  fc.record({ is: fc.constant("relocked" as const), id: fc.constantFrom(null, "a", "b") }),
  fc.constant(time),
);
/** Words over time; a jump may be days. */
const scripts = fc.array(
  fc.tuple(
    fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 40_000 }) }, { weight: 1, arbitrary: fc.constant(3e8) }),
    inputs,
  ),
  { maxLength: 60 },
);
function timed(script: readonly (readonly [number, DoorInput])[]): Timed[] {
  let atMs = 0;
  return script.map(([waitMs, input]) => {
    atMs += waitMs;
    return [atMs, input];
  });
}

describe("whatever a door says in whatever order", () => {
  it("there is no alarm, and nothing happens, without a contact that said open", () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const silent = timed(script).filter(([, input]) => input.is !== "contact" || input.open !== true);
        const { state, kinds } = told(silent);
        expect(state.alarm).toBe(null);
        expect(kinds).toEqual([]);
        expect(dueAtMs(state, RULE)).toBe(null);
      }),
      { numRuns: 500 },
    );
  });

  it("each alarm is told once, and its end once, before the next", () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const { happenings, state } = told(timed(script));
        for (const [i, happening] of happenings.entries()) {
          const before = happenings[i - 1];
          if (happening.kind === "shut_again") expect(happening.after).toBe(before?.kind);
          else expect([undefined, "shut_again"]).toContain(before?.kind);
        }
        const last = happenings[happenings.length - 1];
        if (last !== undefined && last.kind !== "shut_again") expect(state.alarm).toBe(last.kind);
      }),
      { numRuns: 1000 },
    );
  });

  it("nobody is told of force while the lock is released", () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const words = timed(script).filter(([, input]) => input.is !== "relocked");
        expect(told([[0, released(1e12)], ...words]).kinds).not.toContain("forced");
      }),
      { numRuns: 500 },
    );
  });

  it("a loose contact tells of no more than six alarms at once and one a minute", () => {
    const flapping: Timed[] = [];
    for (let atMs = 10_000; atMs < 610_000; atMs += 4000)
      flapping.push([atMs, open], [atMs + 3500, time], [atMs + 3600, shut]);
    const { kinds, state } = told([[0, shut], ...flapping]);
    expect(kinds.filter((kind) => kind === "forced").length).toBeLessThanOrEqual(16);
    expect(kinds.filter((kind) => kind === "forced").length).toBe(kinds.filter((kind) => kind === "shut_again").length);
    expect(state.alarm).toBe(null);
  });
});
