import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLiveFace } from "#adapters/verifik/live-answer";
import { createLivenessCheck } from "#adapters/verifik/liveness-check";
import { LimenError } from "#errors";

const ADA = "651743f2b2eaf872c3541417";
const MIN = 0.83;
const LIVE_MIN = 0.6;

/** What the check makes of a 200 answer: passed, failed, or the code of what was thrown. Anything but a LimenError fails the test. */
async function outcomeOf(text: string): Promise<string> {
  const check = createLivenessCheck(
    { searchLiveFace: async () => readLiveFace(text) },
    { livenessMinScore: LIVE_MIN, mode: "ACCURATE" },
  );
  const { signal } = new AbortController();
  try {
    const asked = { image: new Uint8Array(), personId: ADA, collection: "staff", minScore: MIN, signal };
    return (await check.check(asked)).outcome;
  } catch (error) {
    if (error instanceof LimenError) return error.code;
    throw error;
  }
}

type Json = fc.JsonValue;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every value that stands under this name, however deep. */
function everyValue(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => everyValue(item, name));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key === name ? [inner] : []),
    ...everyValue(inner, name),
  ]);
}

/** What must be so in a passed answer, judged without the reader: by every value of these names that is anywhere in it. */
function mayPass(answer: unknown): boolean {
  const live = everyValue(answer, "liveness_score");
  const lists = [...everyValue(answer, "persons"), ...everyValue(answer, "search")].filter(Array.isArray);
  const isStrong = (list: unknown[]): boolean => {
    const people = list.filter(isObject);
    const hers = people.filter(({ id }) => id === ADA).map(({ score }) => Number(score));
    const others = people.filter(({ id }) => id !== ADA).map(({ score }) => Number(score));
    return hers.length === 1 && hers.every((score) => score >= MIN && score <= 1 && others.every((one) => one < score));
  };
  return (
    live.some((score) => typeof score === "number" && score > LIVE_MIN && score <= 1) &&
    lists.some(isStrong) &&
    !(isObject(answer) && answer["passed"] === false)
  );
}

const anyScore: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0.9, 0.9, 0.9, 0.83, 0.8299, 0.6, 0.6001, 0.95, 1) },
  fc.constantFrom<Json>(1.01, -0.2, 1e300, "0.9", null, true),
  fc.jsonValue(),
);
const anyPerson: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record<Record<string, Json>>(
      { id: fc.constantFrom<Json>(ADA, ADA, "ben", "", 7, ADA.toUpperCase()), score: anyScore },
      { noNullPrototype: true },
    ),
  },
  fc.jsonValue(),
);
const anyList: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.array(anyPerson, { maxLength: 3 }) },
  { weight: 6, arbitrary: fc.constant<Json>([{ id: ADA, score: 0.9 }]) },
  fc.jsonValue(),
);
const anyPass: fc.Arbitrary<Json> = fc.oneof({ weight: 4, arbitrary: fc.boolean() }, fc.jsonValue());
const result = fc.record<Record<string, Json>>(
  { liveness_score: anyScore, passed: anyPass, min_score: anyScore },
  { requiredKeys: [], noNullPrototype: true },
);
const liveness: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: fc.record<Record<string, Json>>({ result }, { noNullPrototype: true }) },
  result,
  fc.jsonValue(),
);
const body = fc.record<Record<string, Json>>(
  { persons: anyList, search: anyList, liveness_score: anyScore, liveness, passed: anyPass },
  { requiredKeys: [], noNullPrototype: true },
);
const nearlyRight: fc.Arbitrary<Json> = fc.oneof(
  body,
  body.map((data): Json => ({ id: "SLF01", data, signature: { message: "signed" } })),
  fc.tuple(body, body).map(([outer, data]): Json => ({ ...outer, data })),
);

describe("an answer to a look at a live face", () => {
  it("passes nobody unless it is well formed and says both, whatever JSON it is", async () => {
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(nearlyRight, async (answer) => {
        const outcome = await outcomeOf(JSON.stringify(answer));
        if (outcome === "passed") {
          passed++;
          expect(mayPass(answer)).toBe(true);
        } else expect(["failed", "LIMEN_ENGINE_PROTOCOL"]).toContain(outcome);
      }),
      { numRuns: 20_000 },
    );
    // Otherwise the above would say nothing.
    expect(passed).toBeGreaterThan(20);
  });

  it("throws nothing but a LimenError, and passes nobody, whatever text it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        expect(await outcomeOf(text)).toBe("LIMEN_ENGINE_PROTOCOL");
      }),
      { numRuns: 2000 },
    );
  });

  it("that is right passes nobody any more once any single place of it is spoilt", async () => {
    const right = {
      data: {
        search: [
          { id: ADA, score: 0.9 },
          { id: "ben", score: 0.5 },
        ],
        liveness: { result: { liveness_score: 0.8, passed: true, min_score: 0.6 } },
      },
    };
    expect(await outcomeOf(JSON.stringify(right))).toBe("passed");
    const spoilt: [string, (copy: typeof right) => unknown][] = [
      ["no list", ({ data }) => Reflect.deleteProperty(data, "search")],
      ["no liveness", ({ data }) => Reflect.deleteProperty(data, "liveness")],
      ["no result", ({ data }) => Reflect.deleteProperty(data.liveness, "result")],
      ["no score", ({ data }) => Reflect.deleteProperty(data.liveness.result, "liveness_score")],
      ["a score as text", ({ data }) => Object.assign(data.liveness.result, { liveness_score: "0.8" })],
      ["a score that is none", ({ data }) => Object.assign(data.liveness.result, { liveness_score: null })],
      ["a score off the scale", ({ data }) => Object.assign(data.liveness.result, { liveness_score: 80 })],
      ["exactly the limit", ({ data }) => Object.assign(data.liveness.result, { liveness_score: LIVE_MIN })],
      ["passed: false", ({ data }) => Object.assign(data.liveness.result, { passed: false })],
      ["passed as text", ({ data }) => Object.assign(data.liveness.result, { passed: "true" })],
      ["passed: null", ({ data }) => Object.assign(data.liveness.result, { passed: null })],
      ["passed: false further out", ({ data }) => Object.assign(data.liveness, { passed: false })],
      ["another score further out", ({ data }) => Object.assign(data, { liveness_score: 0.7 })],
      ["another list beside it", ({ data }) => Object.assign(data, { persons: [] })],
      ["nobody", ({ data }) => data.search.splice(0)],
      ["somebody else first", ({ data }) => Object.assign(data.search[1] ?? {}, { score: 0.95 })],
      ["somebody else as strong", ({ data }) => Object.assign(data.search[1] ?? {}, { score: 0.9 })],
      ["somebody else alone", ({ data }) => data.search.shift()],
      ["her score too low", ({ data }) => Object.assign(data.search[0] ?? {}, { score: 0.8299 })],
      ["her score off the scale", ({ data }) => Object.assign(data.search[0] ?? {}, { score: 1.1 })],
      ["her twice", ({ data }) => Object.assign(data.search[1] ?? {}, { id: ADA })],
      ["nobody's id", ({ data }) => Object.assign(data.search[1] ?? {}, { id: "" })],
      ["the list in another place", (copy) => Object.assign(copy, { data: { ...copy.data, search: undefined } })],
      ["data as a list", (copy) => Object.assign(copy, { data: copy.data.search })],
    ];
    for (const [name, spoil] of spoilt) {
      const copy = structuredClone(right);
      spoil(copy);
      expect([name, await outcomeOf(JSON.stringify(copy))]).toEqual([
        name,
        expect.stringMatching(/^(failed|LIMEN_ENGINE_PROTOCOL)$/),
      ]);
    }
  });
});

describe("a liveness check", () => {
  const face = { people: [{ id: ADA, score: 0.9, name: null }], liveness: 0.8, passed: true };
  const ask = (minScore: number, livenessMinScore: number) =>
    createLivenessCheck({ searchLiveFace: async () => face }, { livenessMinScore, mode: "FAST" })
      .check({
        image: new Uint8Array(),
        personId: ADA,
        collection: "c",
        minScore,
        signal: new AbortController().signal,
      })
      .then(({ outcome }) => outcome);

  it("whose limits are no numbers passes nobody", async () => {
    expect(await ask(0.83, 0.6)).toBe("passed");
    expect(await ask(Number.NaN, 0.6)).toBe("failed");
    expect(await ask(0.83, Number.NaN)).toBe("failed");
  });
});
