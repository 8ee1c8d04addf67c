import { describe, expect, it } from "vitest";
import { createCueTaker } from "#flow/cue-taker";
import { createWhereabouts } from "#flow/whereabouts";
import { faceAt, frameAt, templateOf } from "../../fakes/faces";

const track = { id: 1, box: faceAt(100, 80).box, firstSeenAtMs: 0, lastSeenAtMs: 0, path: [] };

/** A frame with one pixel of its own. */
function pictureOf(mark: number, atMs: number) {
  const frame = frameAt(atMs);
  frame.rgb.fill(mark, 0, 60);
  return frame;
}

describe("the cues of one camera", () => {
  const read = (taker: ReturnType<typeof createCueTaker>, mark: number, atMs: number, axis = 0, id = 1) => {
    const frame = pictureOf(mark, atMs);
    taker.looked(frame);
    return taker.read({ frame, track: { ...track, id }, face: faceAt(100, 80) }, templateOf(axis));
  };

  it("compare a face with the same track's face before", () => {
    const taker = createCueTaker();
    expect(read(taker, 1, 0).likeness).toBeNull();
    expect(read(taker, 2, 100, 0, 2).likeness).toBeNull();
    expect(read(taker, 3, 200).likeness).toBe(1);
    expect(read(taker, 4, 300, 1).likeness).toBe(0);
  });

  it("know a picture that was there before, once that is long enough ago", () => {
    const taker = createCueTaker();
    expect(read(taker, 1, 0).repeatOfMs).toBeNull();
    expect(read(taker, 1, 1900).repeatOfMs).toBeNull();
    expect(read(taker, 2, 5000).repeatOfMs).toBeNull();
    expect(read(taker, 1, 9000).repeatOfMs).toBe(9000);
  });

  it("forget the oldest face when there are many", () => {
    const taker = createCueTaker();
    for (let id = 0; id <= 64; id++) read(taker, id, id, 0, id);
    expect(read(taker, 70, 1000, 0, 0).likeness).toBeNull();
    expect(read(taker, 71, 1001, 0, 64).likeness).toBe(1);
  });
});

describe("whereabouts", () => {
  it("name another camera that saw the person at the same moment, and only then", () => {
    const whereabouts = createWhereabouts();
    expect(whereabouts.seen("ada", "front", 1000)).toBeNull();
    expect(whereabouts.seen("ada", "front", 1100)).toBeNull();
    expect(whereabouts.seen("ben", "garden", 1100)).toBeNull();
    expect(whereabouts.seen("ada", "garden", 1500)).toBe("front");
    expect(whereabouts.seen("ada", "front", 4000)).toBeNull();
  });

  it("forget the oldest when there are many", () => {
    const whereabouts = createWhereabouts();
    whereabouts.seen("ada", "front", 0);
    for (let i = 0; i < 256; i++) whereabouts.seen(`person-${i}`, "front", 0);
    expect(whereabouts.seen("ada", "garden", 0)).toBeNull();
    expect(whereabouts.seen("person-200", "garden", 0)).toBe("front");
  });
});
