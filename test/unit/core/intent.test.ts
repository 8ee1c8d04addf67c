import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Intent, intentOf, wantsIn } from "#core/intent";
import type { PathPoint } from "#core/motion";

const WIDTH = 640;
/** Px of 640 wide for a face of 23 cm one metre away, lens of 85 degrees. */
const FACE_AT_1_M = 0.23 * 0.55 * WIDTH;

interface Walk {
  /** Where it begins, m from the lens and to the right of its axis. */
  readonly metres: number;
  readonly aside?: number;
  /** m/s, towards the lens and to the right. */
  readonly nearer?: number;
  readonly right?: number;
  readonly looks?: number;
  readonly everyMs?: number;
  /** What a detector gets wrong: up to so much of a face's height, in place and in size. */
  readonly noise?: readonly number[];
}

/** The path of somebody who walks like this, as a pinhole camera sees it. */
function walking({
  metres,
  aside = 0,
  nearer = 0,
  right = 0,
  looks = 8,
  everyMs = 100,
  noise = [0],
}: Walk): PathPoint[] {
  return Array.from({ length: looks }, (_, i) => {
    const seconds = (i * everyMs) / 1000;
    const depth = metres - nearer * seconds;
    const height = FACE_AT_1_M / depth;
    const wrong = (shift: number): number => (noise[(3 * i + shift) % noise.length] ?? 0) * height;
    const x = WIDTH / 2 + (0.55 * WIDTH * (aside + right * seconds)) / depth + wrong(0);
    return { atMs: 1000 + i * everyMs, x, y: 150 + wrong(1), height: height + wrong(2) };
  });
}
const intent = (walk: Walk): Intent => intentOf(walking(walk), WIDTH);

describe("somebody who", () => {
  it.each<[string, Walk, Intent]>([
    ["walks up", { metres: 2, nearer: 1.2 }, "approaching"],
    ["walks up slowly from afar", { metres: 2.5, nearer: 0.5 }, "approaching"],
    ["walks up from one side", { metres: 2.2, aside: 1, nearer: 1, right: -0.5 }, "approaching"],
    ["stands there", { metres: 0.8 }, "dwelling"],
    ["stands there, swaying", { metres: 0.6, right: 0.15 }, "dwelling"],
    ["walks past at 0.8 m/s", { metres: 1.5, aside: -0.6, right: 0.8 }, "passing"],
    ["walks past at 1.2 m/s", { metres: 1.5, aside: -0.8, right: 1.2 }, "passing"],
    ["walks past at 2 m/s", { metres: 1.8, aside: 1, right: -2 }, "passing"],
    ["walks past and a little nearer", { metres: 2, aside: -1, right: 1.2, nearer: 0.3 }, "passing"],
    ["walks away", { metres: 0.8, nearer: -1.2 }, "leaving"],
    ["walks away slowly", { metres: 0.7, nearer: -0.6 }, "leaving"],
    ["walks away, already small", { metres: 1.6, nearer: -1 }, "leaving"],
  ])("%s", (_, walk, expected) => {
    expect(intent(walk)).toBe(expected);
  });

  it("stops after walking past is at the door half a second later", () => {
    const past = walking({ metres: 1.5, aside: -0.8, right: 1.2 });
    const last = past[past.length - 1] ?? { atMs: 0, x: 0, y: 0, height: 1 };
    const stopped = Array.from({ length: 5 }, (_, i) => ({ ...last, atMs: last.atMs + 100 * (i + 1) }));
    expect(intentOf([...past, ...stopped], WIDTH)).toBe("dwelling");
  });
});

describe("a camera looked at only so often, or a busy machine", () => {
  it.each([1000, 500, 334])("(every %i ms) still tells who comes, stands, passes and goes", (everyMs) => {
    const looks = 3;
    expect(intent({ metres: 3, nearer: 0.6, everyMs, looks })).toBe("approaching");
    expect(intent({ metres: 1, everyMs, looks })).toBe("dwelling");
    expect(intent({ metres: 1.5, aside: -0.8, right: 1.2, everyMs, looks })).toBe("passing");
    expect(intent({ metres: 0.8, nearer: -0.8, everyMs, looks })).toBe("leaving");
  });
});

describe("a short history", () => {
  it("says nothing of somebody who walks up or stands", () => {
    expect(intentOf([], WIDTH)).toBe("unknown");
    expect(intent({ metres: 2, nearer: 1.2, looks: 1 })).toBe("unknown");
    expect(intent({ metres: 2, nearer: 1.2, looks: 2 })).toBe("unknown");
    expect(intent({ metres: 1, looks: 5, everyMs: 30 })).toBe("unknown");
  });

  it("is enough for somebody who rushes past", () => {
    expect(intent({ metres: 1.5, right: 1.2, looks: 2 })).toBe("passing");
  });

  it("is long enough after three pictures", () => {
    expect(intent({ metres: 2, nearer: 1.2, looks: 3 })).toBe("approaching");
    expect(intent({ metres: 2, nearer: 1.2, looks: 2, everyMs: 200 })).toBe("unknown");
    expect(intent({ metres: 2, nearer: 1.2, looks: 3, everyMs: 200 })).toBe("approaching");
  });
});

it("a face without a height is nobody's business", () => {
  expect(intentOf([{ atMs: 0, x: 1, y: 1, height: Number.NaN }], WIDTH)).toBe("unknown");
  const broken = walking({ metres: 1 }).map((point) => ({ ...point, x: Number.NaN, height: 50 }));
  expect(wantsIn(intentOf(broken, WIDTH))).toBe(false);
});

it("for any path, nobody is unknown for ever, and who is carried past at a walking pace is never let in", () => {
  const noise = fc.array(fc.double({ min: -0.03, max: 0.03, noNaN: true }), { minLength: 24, maxLength: 24 });
  const pace = fc.double({ min: 1, max: 2, noNaN: true });
  const metres = fc.double({ min: 0.7, max: 2, noNaN: true });
  fc.assert(
    fc.property(noise, pace, metres, fc.integer({ min: 2, max: 12 }), (wrong, right, depth, looks) => {
      expect(wantsIn(intent({ metres: depth, aside: -0.5, right, looks, noise: wrong }))).toBe(false);
    }),
  );
  fc.assert(
    fc.property(noise, metres, fc.integer({ min: 7, max: 20 }), (wrong, depth, looks) => {
      expect(wantsIn(intent({ metres: depth, looks, noise: wrong }))).toBe(true);
    }),
  );
});
