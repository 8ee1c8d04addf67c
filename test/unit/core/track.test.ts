import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EMPTY_TRACK_BOOK, joinTracks, DEFAULT_TRACK_RULES as RULES } from "#core/track";
import { faceAt } from "../../fakes/faces";

const at = (ms: number) => ({ atMs: ms, sceneMs: ms });

describe("a track", () => {
  it("follows a face that walks and grows", () => {
    let book = EMPTY_TRACK_BOOK;
    const ids = new Set<number>();
    for (let i = 0; i < 20; i++) {
      const step = joinTracks(book, [faceAt(100 + 6 * i, 80, 40 + 4 * i)], at(1000 + 100 * i), RULES);
      book = step.book;
      for (const { track } of step.seen) ids.add(track.id);
    }
    expect([...ids]).toEqual([1]);
  });

  it("survives missed frames, and ends when the face is gone for longer", () => {
    const first = joinTracks(EMPTY_TRACK_BOOK, [faceAt(100, 80)], at(1000), RULES);
    const missed = joinTracks(first.book, [], at(1500), RULES);
    expect(missed.ended).toEqual([]);
    const back = joinTracks(missed.book, [faceAt(104, 80)], at(2000), RULES);
    expect(back.seen[0]?.track.id).toBe(1);
    const gone = joinTracks(back.book, [], at(2000 + RULES.lostAfterMs + 1), RULES);
    expect(gone.ended.map(({ id }) => id)).toEqual([1]);
    expect(gone.book.tracks).toEqual([]);
  });

  it("keeps two people apart who stand side by side", () => {
    const left = faceAt(100, 80);
    const right = faceAt(300, 80);
    const first = joinTracks(EMPTY_TRACK_BOOK, [left, right], at(1000), RULES);
    const second = joinTracks(first.book, [right, left], at(1100), RULES);
    expect(second.seen.map(({ track }) => track.id)).toEqual([2, 1]);
  });

  it("does not jump across the picture", () => {
    const first = joinTracks(EMPTY_TRACK_BOOK, [faceAt(20, 80)], at(1000), RULES);
    expect(joinTracks(first.book, [faceAt(500, 80)], at(1100), RULES).seen[0]?.track.id).toBe(2);
  });

  it("is given to one face only, and ids are never used again", () => {
    const place = fc.record({
      left: fc.integer({ min: 0, max: 560 }),
      top: fc.integer({ min: 0, max: 280 }),
      height: fc.integer({ min: 20, max: 200 }),
    });
    fc.assert(
      fc.property(fc.array(fc.array(place, { maxLength: 4 }), { maxLength: 12 }), (looks) => {
        let book = EMPTY_TRACK_BOOK;
        const ended = new Set<number>();
        looks.forEach((look, i) => {
          const step = joinTracks(
            book,
            look.map(({ left, top, height }) => faceAt(left, top, height)),
            at(1000 + 400 * i),
            RULES,
          );
          book = step.book;
          const ids = step.seen.map(({ track }) => track.id);
          expect(new Set(ids).size).toBe(look.length);
          for (const id of ids) expect(ended.has(id)).toBe(false);
          for (const { id } of step.ended) ended.add(id);
        });
      }),
    );
  });
});
