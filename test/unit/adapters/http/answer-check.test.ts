import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAnswerCheck } from "../../../fixtures/answer-check";
import { type ApiRig, openApiRig } from "../../../fixtures/api-rig";

let rig: ApiRig;

beforeEach(async () => {
  rig = await openApiRig();
});

afterEach(() => rig[Symbol.asyncDispose]());

describe("the check every test's answer goes through", () => {
  it("lets a real answer pass, and none that has a key more, a key less, another type or no route", async () => {
    await rig.enrol("Ada", 1);
    const path = "/v2/face-recognition/persons";
    const { json } = await rig.send("GET", "/persons");
    const check = createAnswerCheck(rig.options);
    const answer = json as { data: Record<string, unknown>[]; total: number };
    const [person = {}] = answer.data;
    const { name: _, ...nameless } = person;
    expect(() => check("GET", path, 200, answer)).not.toThrow();
    expect(() => check("GET", `${path}?limit=1`, 200, { ...answer, total: "1" })).toThrow(/listPersons.*promises/);
    expect(() => check("GET", path, 200, { ...answer, data: [nameless] })).toThrow(/listPersons.*promises/);
    expect(() => check("GET", path, 200, { ...answer, data: [{ ...person, age: 7 }] })).toThrow(
      /more than it promises/,
    );
    expect(() => check("GET", "/v2/face-recognition/nowhere", 200, answer)).toThrow(/no route/);
    expect(() => check("POST", "/v2/face-recognition/liveness", 200, {})).toThrow(/liveness/);
    expect(() => check("GET", path, 404, {})).not.toThrow();
  });
});
