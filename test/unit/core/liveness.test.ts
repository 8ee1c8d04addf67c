import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FrameCues } from "#core/frame-cues";
import { isJudged, livenessOf } from "#core/liveness";
import type { Evidence } from "#core/visit";
import { livingCues } from "../../fakes/cues";
import { evidenceAt } from "../../fakes/situations";

/** A visit of so many frames, one each 300 ms. */
function visitOf(
  frames: number,
  cuesAt: (step: number) => FrameCues | null,
  liveness: number | null = 0.9,
): Evidence[] {
  return Array.from({ length: frames }, (_, step) => ({
    ...evidenceAt(300 * step, [["ada", 0.9]]),
    liveness,
    cues: cuesAt(step),
  }));
}

/** Straight edges at these distances, whatever the face does. */
const framed = (step: number, edges: Partial<FrameCues["edges"]>): FrameCues => {
  const living = livingCues(step);
  return {
    ...living,
    place: { ...living.place, y: 180 + 20 * step },
    edges: { ...living.edges, ...edges },
  };
};

describe("liveness", () => {
  it("finds nothing where nothing was measured, and no frame at all is nothing either", () => {
    expect(livenessOf([])).toEqual({ level: "none", score: null, cues: [] });
    expect(livenessOf(visitOf(5, () => null, null))).toEqual({ level: "none", score: null, cues: [] });
  });

  it("finds nothing in a person who moves", () => {
    expect(livenessOf(visitOf(5, livingCues))).toEqual({ level: "none", score: 0.9, cues: [] });
  });

  it("is low, never high, from the passive model alone: its median counts", () => {
    expect(livenessOf(visitOf(5, livingCues, 0))).toEqual({ level: "low", score: 0, cues: ["passive_model"] });
    const mixed = visitOf(3, livingCues).map((frame, i) => ({ ...frame, liveness: [0, 0.9, null][i] ?? null }));
    expect(livenessOf(mixed).cues).toEqual([]);
  });

  it("is low for a face that hardly varies", () => {
    const still = (step: number) => livingCues(step, { likeness: step === 0 ? null : 0.99 });
    expect(livenessOf(visitOf(5, still))).toMatchObject({ level: "low", cues: ["still_face"] });
    expect(livenessOf(visitOf(2, still)).cues).toEqual([]);
  });

  it("is low for a face whose nose lies in its plane whatever it does", () => {
    const flat = (step: number) => livingCues(step, { nose: { across: 0.03, down: 0.31 + 0.001 * (step % 2) } });
    expect(livenessOf(visitOf(5, flat))).toMatchObject({ level: "low", cues: ["flat_motion"] });
    expect(livenessOf(visitOf(5, (step) => livingCues(step, { nose: null }))).cues).toEqual([]);
  });

  it("is high when three straight edges go along with a moving face, low when two do, and nothing when one does", () => {
    const three = visitOf(5, (step) => framed(step, { left: 1.1, right: 1.1, above: 1.2 }));
    expect(livenessOf(three)).toMatchObject({ level: "high", cues: ["frame_around_face"] });
    const two = visitOf(5, (step) => framed(step, { left: 1.1, below: 1.05 }));
    expect(livenessOf(two)).toMatchObject({ level: "low", cues: ["frame_around_face"] });
    expect(livenessOf(visitOf(5, (step) => framed(step, { above: 1.1 }))).level).toBe("none");
  });

  it("knows a door frame behind the person: it stays where it is while the face moves", () => {
    const behind = visitOf(5, (step) => {
      const { place } = framed(step, {});
      const edges = { left: (place.x - 200) / 100, right: (480 - place.x) / 100, above: (place.y - 60) / 100 };
      return framed(step, edges);
    });
    expect(livenessOf(behind)).toMatchObject({ level: "none", cues: [] });
  });

  it("cannot tell a frame from a door frame while the face stands still", () => {
    const standing = visitOf(5, (step) => ({
      ...framed(step, { left: 1.1, right: 1.1, above: 1.2, below: 1 }),
      place: { x: 300, y: 180, height: 100 },
    }));
    expect(livenessOf(standing).level).toBe("none");
  });

  it("needs the edges in most frames, and in three at least", () => {
    const edges = { left: 1.1, right: 1.1, above: 1.2 };
    expect(livenessOf(visitOf(6, (step) => framed(step, step < 3 ? edges : {}))).level).toBe("none");
    expect(livenessOf(visitOf(2, (step) => framed(step, edges))).level).toBe("none");
  });

  it("is high when pictures come again, and one alone may be chance", () => {
    const again = (count: number) =>
      livenessOf(visitOf(5, (step) => livingCues(step, { repeatOfMs: step < count ? 60_000 : null })));
    expect(again(2)).toMatchObject({ level: "high", cues: ["looped_stream"] });
    expect(again(1).level).toBe("none");
  });

  it("is low when the same person stands somewhere else at the same moment", () => {
    const doubled = visitOf(5, (step) => livingCues(step, { alsoAt: step === 3 ? "garden" : null }));
    expect(livenessOf(doubled)).toMatchObject({ level: "low", cues: ["two_places"] });
  });

  it("says something for any numbers, and the same after a way through JSON", () => {
    const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 1, -1));
    const distance = fc.option(number);
    const cues = fc.record({
      place: fc.record({ x: number, y: number, height: number }),
      nose: fc.option(fc.record({ across: number, down: number })),
      likeness: fc.option(number),
      edges: fc.record({ left: distance, right: distance, above: distance, below: distance }),
      repeatOfMs: fc.option(number),
      alsoAt: fc.option(fc.constant("garden")),
    });
    fc.assert(
      fc.property(fc.array(fc.option(cues), { maxLength: 8 }), (all) => {
        const evidence = all.map((found, i) => ({ ...evidenceAt(i * 300, []), cues: found }));
        const told = livenessOf(evidence);
        expect(["none", "low", "high"]).toContain(told.level);
        const kept = JSON.parse(JSON.stringify(evidence).replaceAll("-0,", "0,").replaceAll("-0}", "0}"));
        expect(livenessOf(kept)).toEqual(told);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a visit is judged", () => {
  it("when enough was measured over enough time", () => {
    expect(isJudged(visitOf(6, livingCues))).toBe(true);
    expect(isJudged(visitOf(5, livingCues))).toBe(false);
    expect(isJudged([])).toBe(false);
    // A broken model is no living face.
    expect(isJudged(visitOf(6, livingCues, Number.NaN))).toBe(false);
  });

  it("by measured frames only: neither without cues nor without the passive model", () => {
    expect(isJudged(visitOf(9, () => null))).toBe(false);
    expect(isJudged(visitOf(9, livingCues, null))).toBe(false);
    expect(isJudged(visitOf(9, (step) => (step % 8 === 0 ? livingCues(step) : null)))).toBe(false);
  });
});
