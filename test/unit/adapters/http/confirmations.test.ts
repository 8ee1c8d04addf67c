import { afterEach, beforeEach, expect, it } from "vitest";
import { createQuestionDesk, type QuestionDesk } from "#flow/questions";
import { FakeClock } from "../../../fakes/fake-clock";
import { RecordingMetrics } from "../../../fakes/quiet";
import { type ApiRig, openApiRig, TOKENS } from "../../../fixtures/api-rig";

let clock: FakeClock;
let questions: QuestionDesk;
let bare: ApiRig;
let rig: ApiRig;

beforeEach(async () => {
  clock = new FakeClock();
  questions = createQuestionDesk({ newId: () => "an-id", clock, metrics: new RecordingMetrics() });
  bare = await openApiRig();
  rig = await openApiRig({ parts: { ...bare.options.parts, questions } });
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
  await bare[Symbol.asyncDispose]();
});

const ask = (channels: readonly ("http" | "mqtt")[] = ["http"]) => {
  const answers: string[] = [];
  questions.ask({ door: "front", camera: "porch", channels, withinMs: 20_000 }, (answer) => answers.push(answer));
  return answers;
};
const reply = (changes: object = {}) =>
  rig.post("/confirmations", { id: "an-id", door: "front", answer: "confirm", ...changes });

it("shows what doors ask now, and takes one answer to it", async () => {
  const answers = ask();
  expect((await rig.send("GET", "/confirmations")).json).toEqual({
    data: [
      {
        id: "an-id",
        door: "front",
        reader: "porch",
        asked_at: "2026-01-15T12:00:00.000Z",
        expires_at: "2026-01-15T12:00:20.000Z",
      },
    ],
  });
  expect(await reply()).toMatchObject({ status: 200, json: { data: { id: "an-id", answer: "confirm" } } });
  expect(answers).toEqual(["confirmed"]);
  expect(await reply()).toMatchObject({ status: 404, json: { code: "no_such_question" } });
  expect((await rig.send("GET", "/confirmations")).json).toEqual({ data: [] });
  expect(answers).toEqual(["confirmed"]);
});

it("passes a no on", async () => {
  const answers = ask();
  expect((await reply({ answer: "decline" })).status).toBe(200);
  expect(answers).toEqual(["declined"]);
});

it("confirms nothing for another door, a wrong id, a question of another channel, or one whose time is over", async () => {
  const answers = ask();
  expect((await reply({ door: "back" })).status).toBe(404);
  expect((await reply({ id: "another" })).status).toBe(404);
  await clock.advance(20_000);
  expect((await rig.send("GET", "/confirmations")).json).toEqual({ data: [] });
  expect((await reply()).status).toBe(404);
  const overMqtt = ask(["mqtt"]);
  expect((await reply()).status).toBe(404);
  expect([...answers, ...overMqtt]).toEqual([]);
});

it("takes no answer that is none, and none without the scope confirm", async () => {
  const answers = ask();
  expect((await reply({ answer: "yes" })).status).toBe(400);
  expect((await reply({ more: 1 })).status).toBe(400);
  for (const token of [TOKENS.search, TOKENS.read, TOKENS.write]) {
    const body = { id: "an-id", door: "front", answer: "confirm" };
    expect((await rig.post("/confirmations", body, { token })).status).toBe(403);
    expect((await rig.send("GET", "/confirmations", undefined, { token })).status).toBe(403);
  }
  expect(answers).toEqual([]);
});

it("has nothing to ask and nothing to answer without doors", async () => {
  expect((await bare.send("GET", "/confirmations")).json).toEqual({ data: [] });
  expect((await bare.post("/confirmations", { id: "an-id", door: "front", answer: "confirm" })).status).toBe(404);
});
