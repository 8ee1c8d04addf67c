import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openSearchClient, type SearchClientOptions } from "#adapters/verifik/search-client";
import { codeOf, LimenError, messageOf } from "#errors";
import type { Clock } from "#ports/clock";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { documentedAnswers, pictureOf } from "../fixtures/documented-search-server.js";
import { type Answer, openScriptedSearchServer, type SeenRequest } from "../fixtures/scripted-search-server.js";
import { type AnswerCase, GOOD_ANSWERS, REFUSALS, SILENCES, UNBELIEVABLE } from "../fixtures/search-answers.js";
import { until } from "../fixtures/until.js";
import { searchContract } from "./search-contract.js";

const TOKEN = `eyJhbGciOiJIUzI1NiJ9.${randomBytes(24).toString("base64url")}.${randomBytes(24).toString("base64url")}`;
const PICTURE = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, ...randomBytes(300)]);
const PICTURE_TEXT = Buffer.from(PICTURE).toString("base64");
const QUERY = {
  images: [PICTURE],
  minScore: 0.7,
  mode: "ACCURATE",
  collection: "staff",
  maxResults: 10,
  signal: new AbortController().signal,
} as const;
const FOUND: Answer = { body: '{"data":[{"id":"a","score":0.9}]}' };

searchContract("a server that answers as documented", async () => {
  const people = [
    { id: "651743f2b2eaf872c3541417", whom: "ana", score: 0.97, collections: ["staff"] },
    { id: "65175ee13e81e4fad02676a3", whom: "ben", score: 0.95, collections: ["visitors"] },
  ];
  const server = await openScriptedSearchServer(documentedAnswers(TOKEN, people));
  return {
    url: server.url,
    token: TOKEN,
    known: [pictureOf("ana"), pictureOf("ana"), pictureOf("ana")],
    knownId: "651743f2b2eaf872c3541417",
    stranger: pictureOf("somebody else"),
    faceless: pictureOf("nobody"),
    collection: "staff",
    otherCollection: "visitors",
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

describe("the search client", () => {
  const opened: AsyncDisposable[] = [];
  afterEach(async () => {
    while (opened.length > 0) await opened.pop()?.[Symbol.asyncDispose]();
  });

  async function serving(script: readonly Answer[] | ((request: SeenRequest) => Answer)) {
    const server = await openScriptedSearchServer(script);
    opened.push(server);
    return server;
  }

  async function clientOf(url: string, changes: Partial<SearchClientOptions> = {}) {
    const logger = new RecordingLogger();
    const metrics = new RecordingMetrics();
    const client = await openSearchClient({
      url,
      token: () => TOKEN,
      timeoutMs: 10_000,
      clock: systemClock,
      random: () => 0,
      logger,
      metrics,
      userAgent: "limen-test",
      ...changes,
    });
    opened.push(client);
    return { client, logger, metrics };
  }

  function expectNothingSecret(...things: readonly unknown[]): void {
    for (const thing of things) {
      const stack = thing instanceof Error ? `${thing.stack}` : "";
      const told = `${inspect(thing, { depth: 12, showHidden: true, maxStringLength: null })} ${stack} ${JSON.stringify(thing)}`;
      expect(told).not.toContain(TOKEN.slice(-12));
      expect(told).not.toContain(TOKEN.slice(24, 40));
      expect(told).not.toContain(PICTURE_TEXT.slice(20, 60));
    }
  }

  async function expectCase({ script, people, fails, says, requests, timeoutMs = 10_000 }: AnswerCase): Promise<void> {
    const server = await serving(script);
    const { client, logger, metrics } = await clientOf(server.url, { timeoutMs });
    const outcome: unknown = await client.search(QUERY).catch((error: unknown) => error);
    if (fails === undefined) {
      expect(outcome).toEqual(people?.map(([id, score]) => expect.objectContaining({ id, score })));
    } else {
      expect(outcome).toBeInstanceOf(LimenError);
      expect(codeOf(outcome)).toBe(fails);
      expect(messageOf(outcome)).toContain(says ?? "");
      expect(messageOf(outcome).length).toBeLessThan(400);
    }
    expect(server.seen).toHaveLength(requests);
    expect(metrics.of("limen_engine_requests_total")).toBe(requests);
    expectNothingSecret(outcome, logger.lines);
  }

  it.each(GOOD_ANSWERS)("understands $name", expectCase);
  it.each(REFUSALS)("makes one typed error of $name", expectCase);
  it.each(UNBELIEVABLE)("does not believe $name", expectCase);
  it.each(SILENCES)("gives up on $name", expectCase);

  it("sends the one documented form and nothing else", async () => {
    const server = await serving([FOUND]);
    const { client } = await clientOf(`${server.url}/base/`);
    await client.search({ ...QUERY, images: [PICTURE, PICTURE] });
    await client.search({ ...QUERY, collection: null, mode: "FAST", minScore: 1, maxResults: 100 });
    expect(server.seen[0]).toMatchObject({ method: "POST", path: "/base/v2/face-recognition/search" });
    expect(server.seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      "content-type": "application/json",
      "user-agent": "limen-test",
    });
    expect(server.seen.map(({ text }) => JSON.parse(text))).toEqual([
      {
        images: [PICTURE_TEXT, PICTURE_TEXT],
        min_score: 0.7,
        search_mode: "ACCURATE",
        collection_id: "staff",
        max_results: 10,
      },
      { images: [PICTURE_TEXT], min_score: 1, search_mode: "FAST", max_results: 100 },
    ]);
  });

  it("sends nothing for a query that makes no sense", async () => {
    const server = await serving([FOUND]);
    const { client } = await clientOf(server.url);
    const bad = [
      { images: [] },
      { images: [PICTURE, PICTURE, PICTURE, PICTURE] },
      { images: [new Uint8Array([0x89, 0x50, 0x4e, 0x47])] },
      { images: [new Uint8Array(5_000_000).fill(0xff).fill(0xd8, 1, 2)] },
      { minScore: 0.1 },
      { minScore: 1.1 },
      { minScore: Number.NaN },
      { maxResults: 0 },
      { maxResults: 101 },
      { maxResults: 1.5 },
      { collection: "" },
    ];
    for (const changes of bad) {
      await expect(client.search({ ...QUERY, ...changes })).rejects.toMatchObject({ code: "LIMEN_SEARCH_INVALID" });
    }
    expect(server.seen).toHaveLength(0);
  });

  it.each([
    ["the token as it is", (token: string) => `bad token ${token} !`],
    ["the whole header", (token: string) => `Bearer ${token}`],
    ["half of the token", (token: string) => `"${token.slice(0, token.length / 2)}..."`],
    ["the token in capitals", (token: string) => `<${token.toUpperCase()}>`],
    ["the token in base64", (token: string) => Buffer.from(token).toString("base64")],
    ["the picture", () => `cannot read data:image/jpeg;base64,${PICTURE_TEXT}`],
  ])("does not pass on a server's echo of %s", async (_, echo) => {
    const places = (text: string) => [
      { message: text, code: text },
      { error: text },
      { data: { message: text, code: text } },
      { detail: [{ loc: [text], msg: text }] },
    ];
    const server = await serving(places(echo(TOKEN)).map((body) => ({ status: 401, body: JSON.stringify(body) })));
    const { client, logger } = await clientOf(server.url);
    for (const _body of places("")) {
      const error: unknown = await client.search(QUERY).catch((thrown: unknown) => thrown);
      expect(codeOf(error)).toBe("LIMEN_ENGINE_AUTH");
      expect(messageOf(error)).toContain("[redacted]");
      expect(messageOf(error).toLowerCase()).not.toContain(TOKEN.slice(24, 34).toLowerCase());
      expect(messageOf(error)).not.toContain(Buffer.from(TOKEN).toString("base64").slice(20, 40));
      expectNothingSecret(error, logger.lines, client);
    }
  });

  it("refuses a token no header can carry, without showing it", async () => {
    const server = await serving([FOUND]);
    for (const token of ["", "two words", `${TOKEN}\r\nx-evil: 1`, "tökén"]) {
      const { client, metrics } = await clientOf(server.url, { token: () => token });
      const error: unknown = await client.search(QUERY).catch((thrown: unknown) => thrown);
      expect(codeOf(error)).toBe("LIMEN_CONFIG_SECRET");
      expect(metrics.of("limen_engine_requests_total")).toBe(0);
      expectNothingSecret(error);
    }
    expect(server.seen).toHaveLength(0);
  });

  it("keeps its connection, and makes no more than it may", async () => {
    const server = await serving(() => (response) => void setTimeout(() => response.end('{"data":[]}'), 30));
    const { client } = await clientOf(server.url, { maxConnections: 2 });
    for (let i = 0; i < 5; i++) await client.search(QUERY);
    await Promise.all(Array.from({ length: 8 }, () => client.search(QUERY)));
    expect(server.connections()).toBe(2);
    expect(server.seen).toHaveLength(13);
  });

  it("asks an engine that is not there until its retries are over", async () => {
    const server = await openScriptedSearchServer([FOUND]);
    await server[Symbol.asyncDispose]();
    const { client, metrics } = await clientOf(server.url);
    const error: unknown = await client.search(QUERY).catch((thrown: unknown) => thrown);
    expect(codeOf(error)).toBe("LIMEN_ENGINE_UNREACHABLE");
    expect(messageOf(error)).toContain("ECONNREFUSED");
    expect(metrics.of("limen_engine_requests_total")).toBe(3);
  });

  it("goes on after a connection the server closed in the meantime", async () => {
    const server = await serving([
      (response) => {
        response.end('{"data":[]}', () => setTimeout(() => response.socket?.destroy(), 5));
      },
      FOUND,
    ]);
    const { client } = await clientOf(server.url);
    expect(await client.search(QUERY)).toEqual([]);
    await delay(50);
    expect(await client.search(QUERY)).toHaveLength(1);
  });

  it("sends nothing when called off before, and nothing more when called off in a pause", async () => {
    const server = await serving([{ status: 503, headers: { "retry-after": "5" } }, FOUND]);
    const { client } = await clientOf(server.url);
    await expect(client.search({ ...QUERY, signal: AbortSignal.abort("never mind") })).rejects.toBe("never mind");
    expect(server.seen).toHaveLength(0);
    const stop = new AbortController();
    const asked = client.search({ ...QUERY, signal: stop.signal });
    await until("the first answer came", () => server.seen.length === 1, 5000);
    await delay(50);
    stop.abort("that is all");
    await expect(asked).rejects.toBe("that is all");
    await delay(100);
    expect(server.seen).toHaveLength(1);
  });

  it("lets go of the connection when called off under way", async () => {
    const server = await serving([() => {}]);
    const { client } = await clientOf(server.url);
    const stop = new AbortController();
    const asked = client.search({ ...QUERY, signal: stop.signal });
    await until("the question came", () => server.seen.length === 1, 5000);
    stop.abort("enough");
    await expect(asked).rejects.toBe("enough");
    await until("the connection is gone", () => server.open() === 0, 5000);
  });

  it("is heard at once when called off while every connection is busy, and never asks afterwards", async () => {
    const answer: { give?: () => void } = {};
    const server = await serving([
      (response) => {
        answer.give = () => response.end('{"data":[]}');
      },
      FOUND,
    ]);
    const { client } = await clientOf(server.url, { maxConnections: 1 });
    const first = client.search(QUERY);
    await until("the first question came", () => server.seen.length === 1, 5000);
    const stop = new AbortController();
    const second = client.search({ ...QUERY, signal: stop.signal });
    await delay(20);
    stop.abort("too late");
    await expect(second).rejects.toBe("too late");
    answer.give?.();
    expect(await first).toEqual([]);
    await delay(50);
    expect(server.seen).toHaveLength(1);
  });

  it("leaves an engine alone that asked for a pause, and asks again when it is over", async () => {
    let passedMs = 0;
    const clock: Clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + passedMs };
    const server = await serving([{ status: 429, headers: { "retry-after": "999999" } }, FOUND]);
    const { client } = await clientOf(server.url, { clock });
    for (let i = 0; i < 3; i++) {
      await expect(client.search(QUERY)).rejects.toMatchObject({ code: "LIMEN_ENGINE_RATE_LIMITED" });
    }
    expect(server.seen).toHaveLength(1);
    // A minute at most, however long the engine wished.
    passedMs = 61_000;
    expect(await client.search(QUERY)).toHaveLength(1);
  });

  it("never gives a late answer to the next question", async () => {
    const late: Answer = (response) => void setTimeout(() => response.end('{"data":[{"id":"late","score":1}]}'), 600);
    const server = await serving([late, FOUND]);
    const { client } = await clientOf(server.url, { timeoutMs: 300, maxConnections: 1 });
    await expect(client.search(QUERY)).rejects.toMatchObject({ code: "LIMEN_ENGINE_TIMEOUT" });
    for (let i = 0; i < 8; i++) {
      expect(await client.search(QUERY)).toEqual([{ id: "a", score: 0.9, name: null }]);
      await delay(100);
    }
    expect(server.seen).toHaveLength(9);
  });

  it("does not use an answer when the clock says that its time was over", async () => {
    let passedMs = 0;
    const clock: Clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + passedMs };
    const server = await serving([
      (response) => {
        passedMs = 20_000;
        response.end('{"data":[{"id":"a","score":0.9}]}');
      },
    ]);
    const { client } = await clientOf(server.url, { clock });
    await expect(client.search(QUERY)).rejects.toMatchObject({ code: "LIMEN_ENGINE_TIMEOUT" });
  });

  it("logs an outage once and its end once, and a refused picture not at all", async () => {
    const out: Answer = { status: 500 };
    const server = await serving([out, out, { status: 401 }, out, { status: 400 }, FOUND, FOUND]);
    const { client, logger } = await clientOf(server.url);
    for (let i = 0; i < 7; i++) await client.search(QUERY).catch(() => {});
    const told = logger.lines.filter(({ level }) => level !== "debug");
    expect(told.map(({ level, fields }) => `${level} ${fields["code"]}`)).toEqual([
      "warn LIMEN_ENGINE_FAILED",
      "warn LIMEN_ENGINE_AUTH",
      "warn LIMEN_ENGINE_FAILED",
      "info undefined",
    ]);
  });

  it("ends what is under way when it is closed, and takes nothing more", async () => {
    const server = await serving([() => {}]);
    const { client } = await clientOf(server.url);
    const asked = client.search(QUERY);
    asked.catch(() => {});
    await until("the question came", () => server.seen.length === 1, 5000);
    await client[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
    await expect(asked).rejects.toMatchObject({ code: "LIMEN_ENGINE_UNREACHABLE" });
    await expect(client.search(QUERY)).rejects.toMatchObject({ code: "LIMEN_ENGINE_UNREACHABLE" });
    await until("the connection is gone", () => server.open() === 0, 5000);
  });
});
