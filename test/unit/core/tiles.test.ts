import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Point } from "#core/geometry";
import { NO_TILES, planTiles, TILES_A_LOOK, type TilePlan } from "#core/tiles";

const CLOSE_UP = { tile: { width: 480, height: 360 }, whole: { width: 640, height: 480 } };
const LARGE = { width: 1280, height: 720 };
const NOBODY = { moved: [], faces: [] };
const contains = (tile: { left: number; top: number; width: number; height: number }, { x, y }: Point): boolean =>
  x >= tile.left && y >= tile.top && x <= tile.left + tile.width && y <= tile.top + tile.height;

describe("close looks", () => {
  it("are not made at a picture that is small enough to be seen whole", () => {
    const wanted = { moved: [{ x: 100, y: 100 }], faces: [{ left: 10, top: 10, width: 40, height: 48 }] };
    expect(planTiles(NO_TILES, { width: 640, height: 360 }, CLOSE_UP, wanted).tiles).toEqual([]);
  });

  it("are made where something moved and where a small face is, far enough from the tile's border", () => {
    const moved = [{ x: 100, y: 650 }];
    const faces = [{ left: 1150, top: 40, width: 40, height: 48 }];
    const { tiles } = planTiles(NO_TILES, LARGE, CLOSE_UP, { moved, faces });
    expect(tiles).toHaveLength(2);
    expect(tiles.some((tile) => contains(tile, { x: 100, y: 650 }))).toBe(true);
    expect(tiles.some((tile) => contains(tile, { x: 1200, y: 90 }) && contains(tile, { x: 1140, y: 30 }))).toBe(true);
  });

  it("are not made for a face that fills the picture", () => {
    const faces = [{ left: 400, top: 100, width: 400, height: 500 }];
    const moved = [{ x: 100, y: 100 }];
    expect(planTiles(NO_TILES, LARGE, CLOSE_UP, { moved, faces }).tiles).toEqual([
      { left: 0, top: 0, width: 480, height: 360 },
    ]);
  });

  it("go round the whole picture where nothing moves", () => {
    let plan = NO_TILES;
    const corners = new Set<string>();
    for (let look = 0; look < 5; look++) {
      const step = planTiles(plan, LARGE, CLOSE_UP, NOBODY);
      plan = step.plan;
      for (const { left, top } of step.tiles) corners.add(`${left},${top}`);
    }
    expect(corners.size).toBe(15);
    expect([...corners]).toEqual(expect.arrayContaining(["0,0", "800,0", "400,180", "0,360", "800,360"]));
  });

  it("start anew when the picture's size changes", () => {
    const { plan } = planTiles(NO_TILES, LARGE, CLOSE_UP, NOBODY);
    const other = planTiles(plan, { width: 1920, height: 1080 }, CLOSE_UP, NOBODY);
    expect(other.tiles).toHaveLength(TILES_A_LOOK);
    expect(other.plan.servedAt).not.toHaveLength(plan.servedAt.length);
  });

  it("are few, lie inside the picture, and reach every wanted place in turn", () => {
    const size = fc.record({ width: fc.integer({ min: 90, max: 1920 }), height: fc.integer({ min: 90, max: 1920 }) });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const places = fc.array(fc.record({ x: share, y: share }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(size, places, (picture, shares) => {
        const moved = shares.map(({ x, y }) => ({ x: x * picture.width, y: y * picture.height }));
        let plan: TilePlan = NO_TILES;
        const reached = new Set<Point>();
        const isSmall = picture.width <= CLOSE_UP.whole.width && picture.height <= CLOSE_UP.whole.height;
        // No picture has more than 70 places in its grid, so 24 looks are enough for all of them.
        for (let look = 0; look < 24; look++) {
          const step = planTiles(plan, picture, CLOSE_UP, { moved, faces: [] });
          plan = step.plan;
          expect(step.tiles.length).toBeLessThanOrEqual(isSmall ? 0 : TILES_A_LOOK);
          for (const tile of step.tiles) {
            expect(tile.left + tile.width).toBeLessThanOrEqual(picture.width);
            expect(tile.top + tile.height).toBeLessThanOrEqual(picture.height);
            expect(
              [tile.left, tile.top, tile.width, tile.height].every((side) => Number.isInteger(side) && side >= 0),
            ).toBe(true);
            for (const place of moved) if (contains(tile, place)) reached.add(place);
          }
        }
        expect(reached.size).toBe(isSmall ? 0 : moved.length);
      }),
    );
  });
});
