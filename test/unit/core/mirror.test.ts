import { describe, expect, it } from "vitest";
import { mirrored } from "#core/mirror";
import { faceAt } from "../../fakes/faces";
import { noisePicture, pixelOf } from "../adapters/faces/pictures";

describe("the mirror image of a face", () => {
  it("shows the same pixels the other way round, around the face only", () => {
    const picture = noisePicture(100, 60);
    const face = faceAt(40, 20, 20);
    const mirror = mirrored(picture, face);
    expect(mirror.picture).toMatchObject({ width: 48, height: 60 });
    for (const [x, y] of [
      [24, 0],
      [40, 30],
      [71, 59],
    ] as const) {
      for (const channel of [0, 1, 2]) {
        expect(pixelOf(mirror.picture, 47 - (x - 24), y, channel)).toBe(pixelOf(picture, x, y, channel));
      }
    }
  });

  it("swaps what is left and right of a face, and is itself again when mirrored twice", () => {
    const picture = noisePicture(100, 60);
    const face = faceAt(10, 20, 20);
    const once = mirrored(picture, face);
    const [leftEye, rightEye, , leftMouth, rightMouth] = once.face.points;
    expect(leftEye.x).toBeLessThan(rightEye.x);
    expect(leftMouth.x).toBeLessThan(rightMouth.x);
    // Mirrored whole, in a picture that holds nothing but the face's surroundings, twice gives the same as never.
    const twice = mirrored(once.picture, once.face);
    const thrice = mirrored(twice.picture, twice.face);
    expect(thrice.picture).toEqual(once.picture);
    expect(thrice.face.box.left).toBeCloseTo(once.face.box.left);
    expect(thrice.face.points[0].x).toBeCloseTo(once.face.points[0].x);
  });
});
