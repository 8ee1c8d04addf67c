import { describe, expect, it } from "vitest";
import { bestShots, qualityOf } from "#core/best-shots";
import { cutOut } from "#core/cut-out";
import { faceAt } from "../../fakes/faces";

const NOW = 10_000;

describe("a cut-out", () => {
  /** Each pixel says where it is: red = column, green = row. */
  const picture = {
    width: 40,
    height: 30,
    rgb: Uint8Array.from(
      { length: 40 * 30 * 3 },
      (_, i) => [Math.floor(i / 3) % 40, Math.floor(i / 120), 7][i % 3] ?? 0,
    ),
  };
  const pixel = (cut: ReturnType<typeof cutOut>, x: number, y: number): number[] => {
    const at = (y * (cut?.picture.width ?? 0) + x) * 3;
    return [...(cut?.picture.rgb.subarray(at, at + 3) ?? [])];
  };

  it("has the face's pixels and as many around it, and says where the face is", () => {
    const cut = cutOut(picture, { left: 10, top: 12, width: 8, height: 6 }, 2);
    expect(cut).toMatchObject({ picture: { width: 16, height: 12 }, box: { left: 4, top: 3, width: 8, height: 6 } });
    expect(pixel(cut, 0, 0)).toEqual([6, 9, 7]);
    expect(pixel(cut, 15, 11)).toEqual([21, 20, 7]);
  });

  it("ends at the picture's border", () => {
    const cut = cutOut(picture, { left: -2, top: 26, width: 8, height: 6 }, 2);
    expect(cut).toMatchObject({ picture: { width: 10, height: 7 }, box: { left: -2, top: 3 } });
    expect(pixel(cut, 0, 0)).toEqual([0, 23, 7]);
  });

  it("of a face outside is none", () => {
    expect(cutOut(picture, { left: 90, top: 0, width: 8, height: 6 }, 2)).toBeNull();
    expect(cutOut(picture, { left: 5, top: Number.NaN, width: 8, height: 6 }, 2)).toBeNull();
  });
});

describe("the best shots", () => {
  const none = { picture: { width: 1, height: 1, rgb: new Uint8Array(3) }, box: faceAt(0, 0).box };
  const shot = (quality: number, ageMs: number) => ({ cutOut: none, quality, capturedAtMs: NOW - ageMs });

  it("are the best few that are young enough, the newer first of two that are equal", () => {
    const shots = [shot(0.9, 700), shot(0.5, 100), shot(0.7, 600), shot(0.5, 50), shot(0.2, 0)];
    const best = bestShots(shots, 3, NOW).map(({ quality, capturedAtMs }) => [quality, NOW - capturedAtMs]);
    expect(best).toEqual([
      [0.7, 600],
      [0.5, 50],
      [0.5, 100],
    ]);
  });

  it("are large, sharp and straight ahead", () => {
    const quality = (height: number, sharpness: number, yaw: number): number =>
      qualityOf(faceAt(0, 0, height, { sharpness, yaw }));
    expect(quality(120, 20, 0)).toBe(1);
    expect(quality(400, 200, 0)).toBe(1);
    expect(quality(60, 20, 0)).toBeLessThan(quality(100, 20, 0));
    expect(quality(100, 5, 0)).toBeLessThan(quality(100, 15, 0));
    expect(quality(100, 20, 0.2)).toBeLessThan(quality(100, 20, 0.1));
    expect(quality(100, 20, 0.9)).toBe(0);
  });
});
