import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  disarms,
  FROZEN_MS,
  NEW_VIEW_MS,
  nextSight,
  SIGHT_STATES,
  type Sight,
  type SightSample,
  UNSEEN,
} from "#core/camera-sight";

const GOOD = {
  clockBackAtMs: null,
  light: 120,
  contrast: 30,
  sharpness: 90,
  match: 1,
  isShifted: false,
  isSteady: true,
};
const DARK = { light: 4, contrast: 1, sharpness: 6, match: 0 };
const COVERED = { light: 60, contrast: 2, sharpness: 5, match: 0 };
const ELSEWHERE = { match: 0.05 };
const BLURRED = { sharpness: 20 };

/** A camera's history: samples each `stepMs`, every picture another one unless told otherwise. */
class History {
  atMs = 100_000;
  sight: Sight = UNSEEN;
  readonly states: string[] = [];
  #picture = 0;

  see(changes: Partial<SightSample> = {}, stepMs = 500): this {
    this.atMs += stepMs;
    this.sight = nextSight(this.sight, { ...GOOD, atMs: this.atMs, fingerprint: ++this.#picture, ...changes });
    if (this.states.at(-1) !== this.sight.state) this.states.push(this.sight.state);
    return this;
  }

  for(ms: number, changes: Partial<SightSample> = {}, stepMs = 500): this {
    for (let passed = 0; passed < ms; passed += stepMs) this.see(changes, stepMs);
    return this;
  }
}
const well = () => new History().for(60_000);

describe("a camera", () => {
  it("that shows a living picture is well", () => {
    expect(well().states).toEqual(["ok"]);
  });

  it.each([
    ["dark", DARK, 5_000],
    ["covered", COVERED, 5_000],
    ["covered", { contrast: 8, sharpness: 20, match: 0 }, 5_000],
    ["moved", ELSEWHERE, 10_000],
    ["moved", { match: 0.4, isShifted: true }, 10_000],
    ["blurred", BLURRED, 10_000],
    ["frozen", { fingerprint: 7 }, FROZEN_MS],
  ] as const)("is %s with %j after a while, not before, and well again afterwards", (state, changes, enterMs) => {
    const history = well().for(enterMs, changes);
    expect(history.states).toEqual(["ok"]);
    history.for(1_000, changes);
    expect(history.states).toEqual(["ok", state]);
    history.for(12_000);
    expect(history.states).toEqual(["ok", state, "ok"]);
  });

  it("in the dusk is dark, not covered, while its view lies where it was", () => {
    expect(well().for(8_000, { light: 30, contrast: 4, match: 0.9 }).sight.state).toBe("dark");
    expect(well().for(8_000, { light: 30, contrast: 4, match: 0.1 }).sight.state).toBe("covered");
  });

  it("does not flutter at a limit", () => {
    const history = well();
    for (let i = 0; i < 60; i++) history.see({ light: i % 2 === 0 ? 15 : 18, contrast: 5.5 });
    expect(history.states).toEqual(["ok"]);
    history.for(10_000, DARK).for(10_000, { light: 20, contrast: 7, match: 1 });
    expect(history.states).toEqual(["ok", "dark"]);
  });

  it("that flutters between two faults is not well", () => {
    const history = well();
    for (let i = 0; i < 24; i++) history.see(i % 2 === 0 ? DARK : COVERED);
    expect(disarms(history.sight.state)).toBe(true);
  });

  it("stays moved until its view is back, or the new one has stood for ten minutes", () => {
    const away = well()
      .see({ ...ELSEWHERE, isSteady: false })
      .for(NEW_VIEW_MS - 60_000, ELSEWHERE);
    expect(away.sight.state).toBe("moved");
    const back = new History();
    Object.assign(back, { sight: away.sight, atMs: away.atMs });
    expect(back.for(9_000).sight.state).toBe("moved");
    expect(back.for(3_000).sight.state).toBe("ok");
    const longer = away.for(59_000, ELSEWHERE);
    expect(longer.states).toEqual(["ok", "moved"]);
    while (longer.sight.state === "moved" && longer.atMs < 900_000) longer.see(ELSEWHERE);
    expect(longer.sight).toMatchObject({ state: "ok", adoptsView: true });
  });

  it("that keeps moving is never taken for a new view", () => {
    const history = well();
    for (let minute = 0; minute < 30; minute++) history.see({ ...ELSEWHERE, isSteady: false }).for(59_500, ELSEWHERE);
    expect(history.states).toEqual(["ok", "moved"]);
  });

  it("takes the new view once, and forgets how sharp the old one was", () => {
    const history = well();
    let adoptions = 0;
    for (let passed = 0; passed < NEW_VIEW_MS + 30_000; passed += 500) {
      history.see(history.states.length < 3 ? ELSEWHERE : { sharpness: 30 });
      if (history.sight.adoptsView) adoptions++;
    }
    expect(adoptions).toBe(1);
    expect(history.sight.state).toBe("ok");
    expect(history.sight.usual?.sharpness).toBeCloseTo(30, 0);
  });

  it("whose pictures run back in time is not believed for ten seconds", () => {
    const history = well().see({}, -200);
    expect(history.sight.state).toBe("clock_back");
    expect(history.for(9_500).sight.state).toBe("clock_back");
    expect(history.for(1_500).sight.state).toBe("ok");
  });

  it("whose own clock ran back is not believed for ten seconds, and each time anew", () => {
    const back = { clockBackAtMs: 100 };
    const history = well().see(back);
    expect(history.sight.state).toBe("clock_back");
    history.for(9_000, back);
    expect(history.sight.state).toBe("clock_back");
    const again = { clockBackAtMs: 200 };
    history.see(again).for(9_000, again);
    expect(history.sight.state).toBe("clock_back");
    expect(history.for(2_000, again).sight.state).toBe("ok");
    expect(history.states).toEqual(["ok", "clock_back", "ok"]);
  });

  it("whose clock ran back before its first picture is not believed either", () => {
    expect(new History().see({ clockBackAtMs: 100 }).sight.state).toBe("clock_back");
  });

  it("whose clock ran back long ago is well, also after a gap", () => {
    const back = { clockBackAtMs: 100 };
    const history = well().see(back).for(30_000, back).see(back, 60_000).for(5_000, back);
    expect(history.states).toEqual(["ok", "clock_back", "ok"]);
  });

  it("that was away is not frozen because its first picture is the last one again", () => {
    const history = well().see({ fingerprint: 7 }).see({ fingerprint: 7 }, 60_000);
    expect(history.sight.state).toBe("ok");
  });
});

describe("whatever the pictures say", () => {
  const number = fc.oneof(fc.double({ min: 0, max: 255 }), fc.constantFrom(0, 3, 5, 15, 255, Number.NaN));
  const sample = fc.record({
    stepMs: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: -5_000, max: 900_000 })),
    light: number,
    contrast: number,
    sharpness: number,
    fingerprint: fc.integer({ min: 0, max: 3 }),
    match: fc.option(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.3, 1))),
    isShifted: fc.boolean(),
    isSteady: fc.boolean(),
    clockBackAtMs: fc.constantFrom(null, 100, 200),
  });
  const runs = (seen: readonly ({ stepMs: number } & Omit<SightSample, "atMs">)[], from = new History()): History => {
    for (const { stepMs, ...rest } of seen) from.see(rest, stepMs);
    return from;
  };
  const samples = fc.array(sample, { maxLength: 60 });

  it("the state is one of the list and began in the past", () => {
    fc.assert(
      fc.property(samples, (seen) => {
        const { sight, atMs } = runs(seen);
        expect(SIGHT_STATES).toContain(sight.state);
        expect(sight.sinceMs).toBeLessThanOrEqual(atMs);
        expect(sight.sameSinceMs).toBeLessThanOrEqual(atMs);
      }),
    );
  });

  it("one and the same picture for longer than the bound disarms", () => {
    fc.assert(
      fc.property(samples, sample, (seen, { stepMs: _, ...one }) => {
        const history = runs(seen).for(FROZEN_MS + 4_000, { ...one, fingerprint: 9 });
        expect(disarms(history.sight.state)).toBe(true);
      }),
    );
  });

  it("a picture without numbers, or in the dark, or of one surface, disarms when it stays", () => {
    const bad = fc.constantFrom({ light: Number.NaN }, { contrast: Number.NaN }, DARK, COVERED);
    fc.assert(
      fc.property(samples, bad, (seen, one) => {
        expect(disarms(runs(seen).for(11_000, one).sight.state)).toBe(true);
      }),
    );
  });

  it("good pictures in their known place end every fault within eleven seconds", () => {
    fc.assert(
      fc.property(samples, (seen) => {
        const history = runs(seen).for(11_000, { sharpness: 255 });
        expect(history.sight.state).toBe("ok");
      }),
    );
  });

  it("no single picture disarms a camera that is well, unless it runs back in time", () => {
    fc.assert(
      fc.property(sample, ({ stepMs, ...one }) => {
        const history = well().see({ ...one, clockBackAtMs: null }, Math.abs(stepMs) % FROZEN_MS);
        expect(history.sight.state).toBe("ok");
      }),
    );
  });
});
