import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openMqttConnection } from "#adapters/mqtt/connection";
import { openMqttQuestions } from "#adapters/mqtt/questions";
import { openMosquitto } from "#demo/broker";
import { createQuestionDesk, type QuestionDesk } from "#flow/questions";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { type Outsider, openOutsider } from "../fixtures/outsider.js";
import { until } from "../fixtures/until.js";

const opened: AsyncDisposable[] = [];
function later<T extends AsyncDisposable>(part: T): T {
  opened.push(part);
  return part;
}

const QUESTION = "limen/door/front/question";
const ANSWER = "limen/door/front/answer";
const SOON_MS = 10_000;
let metrics: RecordingMetrics;
let questions: QuestionDesk;
let home: Outsider;
let answers: string[];
let broker: Awaited<ReturnType<typeof openMosquitto>>;
let ids = 0;

beforeEach(async () => {
  const directory = await mkdtemp(join(tmpdir(), "limen-questions-"));
  later({ [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) });
  broker = later(await openMosquitto({ directory }));
  home = later(await openOutsider(broker));
  metrics = new RecordingMetrics();
  questions = createQuestionDesk({ newId: () => `question-${++ids}`, clock: systemClock, metrics });
  answers = [];
  await connect();
});
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part[Symbol.asyncDispose]();
});

/** Limen's side of the broker. */
async function connect(): Promise<void> {
  const [user] = broker.users;
  const connection = later(
    await openMqttConnection({
      url: broker.url,
      ...user,
      clientId: "limen-test-control",
      name: "control",
      clock: systemClock,
      logger: new RecordingLogger(),
    }),
  );
  const overMqtt = openMqttQuestions({ connection, prefix: "limen", questions, metrics });
  overMqtt.door("front");
  later({ [Symbol.asyncDispose]: async () => overMqtt[Symbol.dispose]() });
  await until("Limen is online", () => connection.isOnline(), SOON_MS);
}

/** Asks, and waits until home automation has heard it; its id. */
async function ask(channels: readonly ("mqtt" | "http")[] = ["mqtt"]): Promise<string> {
  const before = home.on(QUESTION).length;
  const order = { door: "front", camera: "porch", channels, withinMs: 20_000 };
  questions.ask(order, (answer) => answers.push(answer));
  if (channels.includes("mqtt")) await until("the question is heard", () => home.on(QUESTION).length > before, SOON_MS);
  return `question-${ids}`;
}
const say = (body: unknown, options = {}): Promise<void> =>
  home.say(ANSWER, typeof body === "string" ? body : JSON.stringify(body), options);
/** Waits until Limen has looked at so many answers. */
const looked = (count: number): Promise<void> => {
  const seen = (): number => metrics.of("limen_confirmations_total");
  return until(`Limen has looked at ${count} answers`, () => seen() >= count, SOON_MS);
};

it("a question goes out once, not retained and about nobody by name, and its answer comes back", async () => {
  const id = await ask();
  const [heard] = home.on(QUESTION);
  expect(heard?.retain).toBe(false);
  expect(JSON.parse(heard?.payload ?? "")).toEqual({
    ...{ v: 1, id, door: "front", reader: "porch", state: "open" },
    ...{ asked_at: expect.any(String), expires_at: expect.any(String) },
  });
  await say({ v: 1, id, answer: "confirm" });
  await until("the answer arrives", () => answers.length > 0, SOON_MS);
  expect(answers).toEqual(["confirmed"]);
  await until("its end is told", () => home.on(QUESTION).length === 2, SOON_MS);
  expect(JSON.parse(home.on(QUESTION)[1]?.payload ?? "")).toMatchObject({ id, state: "confirmed" });
});

it("an answer counts once: sent again, it does nothing", async () => {
  const id = await ask();
  await say({ v: 1, id, answer: "confirm" });
  await say({ v: 1, id, answer: "confirm" });
  await looked(2);
  expect(answers).toEqual(["confirmed"]);
});

it("nothing else is an answer: retained, malformed, too long, made up, or to a question asked elsewhere", async () => {
  const id = await ask();
  await say({ v: 1, id, answer: "confirm" }, { retain: true });
  const nonsense = ["", "confirm", "[]", "null", "\u0000", JSON.stringify({ v: 2, id, answer: "confirm" })];
  for (const body of nonsense) await say(body);
  await say({ v: 1, id, answer: "yes" });
  await say({ v: 1, id, answer: "confirm", padding: "x".repeat(600) });
  await say({ v: 1, id: "question-0", answer: "confirm" });
  const overHttp = await ask(["http"]);
  await say({ v: 1, id: overHttp, answer: "confirm" });
  await say({ v: 1, id, answer: "decline" });
  await until("the only real answer arrives", () => answers.length > 0, SOON_MS);
  expect(answers).toEqual(["declined"]);
  expect(home.on(QUESTION).some(({ payload }) => payload.includes(overHttp))).toBe(false);
});

it("an answer kept by the broker is not heard by a Limen that comes later", async () => {
  const id = `question-${ids + 1}`;
  await say({ v: 1, id, answer: "confirm" }, { retain: true });
  for (const part of opened.splice(3).reverse()) await part[Symbol.asyncDispose]();
  questions = createQuestionDesk({ newId: () => `question-${++ids}`, clock: systemClock, metrics });
  await connect();
  expect(await ask()).toBe(id);
  await say({ v: 1, id, answer: "decline" });
  await until("the answer given after the question arrives", () => answers.length > 0, SOON_MS);
  expect(answers).toEqual(["declined"]);
});
