import { describe, expect, it } from "vitest";
import { nextSceneTime, type SceneTime } from "#core/scene-time";

/** The scene's time in each of these pictures, [sequence, arrival]. */
function timesOf(...pictures: [number, number][]): number[] {
  let time: SceneTime | null = null;
  return pictures.map(([sequence, capturedAtMs]) => {
    time = nextSceneTime(time, { sequence, capturedAtMs }, 100);
    return time.atMs;
  });
}

describe("the scene's time", () => {
  it("is that of the arrivals while pictures come as they should", () => {
    expect(timesOf([0, 5000], [1, 5098], [2, 5195], [4, 5390])).toEqual([0, 98, 195, 390]);
  });

  it("does not wait for a picture that came late", () => {
    expect(timesOf([0, 5000], [1, 5400], [2, 5401], [3, 5500])).toEqual([0, 100, 101, 200]);
  });

  it("counts the pictures nobody looked at", () => {
    expect(timesOf([0, 5000], [5, 5900])).toEqual([0, 500]);
  });

  it("stands still rather than running back", () => {
    expect(timesOf([7, 5000], [6, 4900], [6, 4950])).toEqual([0, 0, 50]);
  });
});
