import type { FrameCues } from "#core/frame-cues";

/** Cues of a person who turns their head a little and has nothing straight around them. `step` counts the visit's frames. */
export function livingCues(step: number, changes: Partial<FrameCues> = {}): FrameCues {
  return {
    place: { x: 300 + 20 * step, y: 180, height: 100 },
    nose: { across: step % 2 === 0 ? 0.03 : -0.03, down: 0.31 },
    likeness: step === 0 ? null : 0.92,
    edges: { left: null, right: null, above: null, below: null },
    repeatOfMs: null,
    alsoAt: null,
    ...changes,
  };
}
