import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ContractPerson, readPeople } from "#adapters/verifik/answer";
import { LimenError } from "#errors";

/** What came of a text: people, or the code of what was thrown. Anything but a LimenError fails the test. */
function outcomeOf(text: string): ContractPerson[] | string {
  try {
    return readPeople(text);
  } catch (error) {
    if (error instanceof LimenError) return error.code;
    throw error;
  }
}

function expectSound(text: string): void {
  const outcome = outcomeOf(text);
  if (typeof outcome === "string") {
    expect(outcome).toBe("LIMEN_ENGINE_PROTOCOL");
    return;
  }
  let previous = 1;
  for (const { id, score } of outcome) {
    expect(typeof id === "string" && id.trim() !== "" && id.length <= 100).toBe(true);
    expect(score >= 0 && score <= previous).toBe(true);
    previous = score;
  }
}

/** Answers that are nearly right: the right members with values of every kind. */
const anyScore = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  fc.double(),
  fc.integer(),
  fc.string(),
  fc.jsonValue(),
);
const anyId = fc.oneof(
  { weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: 30 }) },
  fc.string(),
  fc.jsonValue(),
);
const anyPerson = fc.record(
  { id: anyId, score: anyScore, name: fc.jsonValue(), thumbnails: fc.jsonValue(), __proto__: fc.jsonValue() },
  { requiredKeys: [] },
);
const anyData = fc.oneof({ weight: 4, arbitrary: fc.array(anyPerson, { maxLength: 6 }) }, fc.jsonValue());
const nearlyRight = fc.record({ id: fc.jsonValue(), data: anyData, signature: fc.jsonValue() }, { requiredKeys: [] });

describe("an answer", () => {
  it("never gives a bad score, a bad id or a wrong order, whatever JSON it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          nearlyRight.map((value) => JSON.stringify(value)),
        ),
        expectSound,
      ),
      { numRuns: 3000 },
    );
  });

  it("throws nothing but a LimenError, whatever text it is", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), expectSound), { numRuns: 2000 });
  });

  it("is spoiled by one changed character, or still sound", () => {
    const text = '{"id":"vjca2","data":[{"id":"651743f2b2eaf872c3541417","score":0.9971},{"id":"x","score":1}]}';
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.string({ maxLength: 2 }), (at, put) => {
        expectSound(text.slice(0, at) + put + text.slice(at + 1));
      }),
      { numRuns: 2000 },
    );
  });

  it("gives the same people in the same order, however the engine ordered them", () => {
    const people = fc.uniqueArray(
      fc.record({ id: fc.stringMatching(/^[a-f0-9]{24}$/), score: fc.constantFrom(0.81, 0.9, 0.9971, 1) }),
      { selector: ({ id }) => id, maxLength: 8 },
    );
    fc.assert(
      fc.property(people, (list) => {
        const forwards = readPeople(JSON.stringify({ data: list }));
        const backwards = readPeople(JSON.stringify({ data: [...list].reverse() }));
        expect(forwards).toEqual(backwards);
        expect(forwards).toHaveLength(list.length);
      }),
    );
  });

  it("keeps the name and drops the pictures", () => {
    const person = { id: "a", score: 0.9, name: "Ana", thumbnails: [{ id: "t", thumbnail: "AAAA" }] };
    expect(readPeople(JSON.stringify({ data: [person, { ...person, id: "b", name: 7 }] }))).toEqual([
      { id: "a", score: 0.9, name: "Ana" },
      { id: "b", score: 0.9, name: null },
    ]);
  });
});
