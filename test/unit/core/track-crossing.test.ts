import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FoundFace } from "#core/face";
import { EMPTY_TRACK_BOOK, joinTracks, DEFAULT_TRACK_RULES as RULES } from "#core/track";
import { faceAt } from "../../fakes/faces";

const at = (ms: number) => ({ atMs: ms, sceneMs: ms });

interface Walker {
  readonly name: string;
  /** Where the face is in look `i`; null = not in view, or not found in this one. */
  readonly at: (look: number) => { readonly x: number; readonly y: number; readonly height: number } | null;
}

/** Who was on which track, look by look: track ids by the walker's name, in the order they were given. */
function follow(walkers: readonly Walker[], looks: number, everyMs = 100): Map<string, number[]> {
  let book = EMPTY_TRACK_BOOK;
  const ids = new Map<string, number[]>(walkers.map(({ name }) => [name, []]));
  for (let look = 0; look < looks; look++) {
    const nameOf = new Map<FoundFace, string>();
    for (const walker of walkers) {
      const place = walker.at(look);
      if (place !== null) nameOf.set(faceAt(place.x - 0.4 * place.height, place.y, place.height), walker.name);
    }
    const step = joinTracks(book, [...nameOf.keys()], at(1000 + look * everyMs), RULES);
    book = step.book;
    for (const { face, track } of step.seen) {
      const list = ids.get(nameOf.get(face) ?? "");
      if (list !== undefined && !list.includes(track.id)) list.push(track.id);
    }
  }
  return ids;
}

const walk =
  (from: number, by: number, height = 80, y = 120) =>
  (look: number) => ({ x: from + by * look, y, height });
/** Not found in these looks. */
const hidden =
  (place: Walker["at"], ...looks: number[]): Walker["at"] =>
  (look) =>
    looks.includes(look) ? null : place(look);

describe("two people who cross", () => {
  it.each([4, 12, 25, 40])("at %i px a look keep their tracks, however near they pass each other", (by) => {
    const looks = Math.round(480 / by);
    const ids = follow(
      [
        { name: "ada", at: walk(80, by) },
        { name: "ben", at: walk(560, -by, 76, 126) },
      ],
      looks,
    );
    expect([...ids]).toEqual([
      ["ada", [1]],
      ["ben", [2]],
    ]);
  });

  it("keep them when one hides the other for half a second", () => {
    const ada = walk(80, 24);
    const ben = hidden(walk(560, -24, 70, 128), 8, 9, 10, 11, 12);
    const ids = follow(
      [
        { name: "ada", at: ada },
        { name: "ben", at: ben },
      ],
      20,
    );
    expect(ids.get("ada")).toEqual([1]);
    expect(ids.get("ben")).toEqual([2]);
  });

  it("when one stops and the other goes on behind", () => {
    const ada: Walker["at"] = (look) => ({ x: Math.min(320, 80 + 24 * look), y: 120, height: 100 });
    const ben = hidden(walk(560, -20, 66, 130), 10, 11, 12, 13);
    const ids = follow(
      [
        { name: "ada", at: ada },
        { name: "ben", at: ben },
      ],
      25,
    );
    expect(ids.get("ada")).toEqual([1]);
    expect(ids.get("ben")).toEqual([2]);
  });
});

describe("one person", () => {
  it("who walks across at 2 m/s has one track at ten looks a second, and at five", () => {
    const px = (perSecond: number) => 9 * 60 * perSecond;
    expect(follow([{ name: "ada", at: walk(30, px(0.1), 60) }], 11).get("ada")).toEqual([1]);
    expect(follow([{ name: "ada", at: walk(30, px(0.2), 60) }], 6, 200).get("ada")).toEqual([1]);
  });

  it("who is not found for 0.7 s while walking has one", () => {
    const ada = hidden(walk(30, 30, 60), 5, 6, 7, 8, 9, 10, 11);
    expect(follow([{ name: "ada", at: ada }], 18).get("ada")).toEqual([1]);
  });

  it("who stops short after a fast walk has one", () => {
    const ada: Walker["at"] = (look) => ({ x: Math.min(300, 30 + 50 * look), y: 100, height: 60 });
    expect(follow([{ name: "ada", at: ada }], 15).get("ada")).toEqual([1]);
  });

  it("does not take over the track of somebody who left at the other side of the picture", () => {
    const ada = hidden(walk(30, 0), ...Array.from({ length: 20 }, (_, i) => i + 5));
    const ben: Walker["at"] = (look) => (look < 8 ? null : { x: 560, y: 120, height: 80 });
    const ids = follow(
      [
        { name: "ada", at: ada },
        { name: "ben", at: ben },
      ],
      12,
    );
    expect(ids.get("ben")).toEqual([2]);
  });
});

describe("for any number of people who come, jitter, are missed and go", () => {
  const person = fc.record({
    from: fc.integer({ min: 20, max: 620 }),
    by: fc.integer({ min: -20, max: 20 }),
    height: fc.integer({ min: 40, max: 140 }),
    enters: fc.integer({ min: 0, max: 10 }),
    leaves: fc.integer({ min: 12, max: 30 }),
    misses: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 8 }),
    jitter: fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 30, maxLength: 30 }),
  });
  const walkerOf = (p: { name: string; lane: number } & (typeof person extends fc.Arbitrary<infer P> ? P : never)) => {
    const place: Walker["at"] = (look) => {
      if (look < p.enters || look >= p.leaves || p.misses.includes(look)) return null;
      const jitter = p.jitter[look] ?? 0;
      return { x: p.from + p.by * look + jitter, y: p.lane + jitter, height: p.height + jitter };
    };
    return { name: p.name, at: place };
  };

  it("no track ever holds two faces of one look, and no id is used again", () => {
    fc.assert(
      fc.property(fc.array(person, { minLength: 1, maxLength: 4 }), (people) => {
        let book = EMPTY_TRACK_BOOK;
        const ended = new Set<number>();
        const walkers = people.map((p, i) => walkerOf({ ...p, name: `${i}`, lane: 100 + i * 10 }));
        for (let look = 0; look < 45; look++) {
          const faces = walkers
            .map((walker) => walker.at(look))
            .filter((place) => place !== null)
            .map(({ x, y, height }) => faceAt(x, y, height));
          const step = joinTracks(book, faces, at(1000 + 100 * look), RULES);
          book = step.book;
          const ids = step.seen.map(({ track }) => track.id);
          expect(new Set(ids).size).toBe(faces.length);
          for (const id of ids) expect(ended.has(id)).toBe(false);
          for (const { id } of step.ended) ended.add(id);
          for (const { path, box } of book.tracks) {
            expect(path.length).toBeLessThanOrEqual(30);
            expect(path[path.length - 1]?.height).toBe(box.height);
          }
        }
        expect(book.tracks).toEqual([]);
      }),
    );
  });

  it("somebody who is missed in no more than five looks of 30 has one track when alone", () => {
    fc.assert(
      fc.property(person, (p) => {
        const alone = { ...p, misses: p.misses.slice(0, 5) };
        expect(follow([walkerOf({ ...alone, name: "ada", lane: 100 })], 40).get("ada")?.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
