import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openSearchClient, type SearchClientOptions } from "#adapters/verifik/search-client";
import { LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { pictureOf } from "../fixtures/documented-search-server.js";
import { type Answer, openScriptedSearchServer } from "../fixtures/scripted-search-server.js";
import { until } from "../fixtures/until.js";

const QUERY = {
  images: [pictureOf("ana")],
  minScore: 0.7,
  mode: "ACCURATE",
  collection: null,
  maxResults: 5,
  signal: new AbortController().signal,
} as const;
const FOUND: Answer = { body: '{"data":[{"id":"a","score":0.9}]}' };
const BROKEN: Answer = { status: 500 };

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  while (opened.length > 0) await opened.pop()?.[Symbol.asyncDispose]();
});

/** A client whose monotonic clock is ahead of the real one by as much as the test says. */
async function clientOf(script: readonly Answer[], changes: Partial<SearchClientOptions> = {}) {
  const server = await openScriptedSearchServer(script);
  opened.push(server);
  const ahead = { ms: 0 };
  const clock: Clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + ahead.ms };
  const logger = new RecordingLogger();
  const metrics = new RecordingMetrics();
  const client = await openSearchClient({
    url: server.url,
    token: () => "token",
    timeoutMs: 5000,
    clock,
    random: () => 0,
    logger,
    metrics,
    userAgent: "limen-test",
    ...changes,
  });
  opened.push(client);
  const search = () =>
    client.search(QUERY).then(
      () => "answered",
      (error: unknown) => (error instanceof LimenError ? error.code : "?"),
    );
  return { server, ahead, logger, metrics, client, search };
}
const times = async (n: number, ask: () => Promise<string>): Promise<string[]> => {
  const said: string[] = [];
  for (let i = 0; i < n; i++) said.push(await ask());
  return said;
};

describe("an engine that fails five times in a row", () => {
  it("is left alone for 30 s, then asked once, and like always when that was answered", async () => {
    const s = await clientOf([...Array.from({ length: 5 }, () => BROKEN), FOUND]);
    expect(await times(8, s.search)).toEqual(Array.from({ length: 8 }, () => "LIMEN_ENGINE_FAILED"));
    expect(s.server.seen).toHaveLength(5);
    expect(s.client.isResting()).toBe(true);
    expect(s.metrics.gauges.get("limen_engine_left_alone")).toBe(1);
    expect(s.metrics.of("limen_engine_calls_saved_total")).toBe(3);
    s.ahead.ms = 31_000;
    expect(s.client.isResting()).toBe(false);
    expect(await times(3, s.search)).toEqual(["answered", "answered", "answered"]);
    expect(s.metrics.gauges.get("limen_engine_left_alone")).toBe(0);
    const told = s.logger.lines.filter(({ level }) => level !== "debug").map(({ message }) => message);
    expect(told.filter((message) => message.includes("it is asked once in 30 s"))).toHaveLength(1);
    expect(told.filter((message) => message.includes("answers again"))).toHaveLength(1);
    expect(told).toHaveLength(3);
  });

  it("is left alone again when the one question fails", async () => {
    const s = await clientOf([BROKEN]);
    await times(5, s.search);
    s.ahead.ms = 31_000;
    await times(3, s.search);
    expect(s.server.seen).toHaveLength(6);
  });

  it("is asked by one search only, however many want to know whether it is back", async () => {
    const slowly: Answer = (response) => void setTimeout(() => response.end('{"data":[]}'), 200);
    const s = await clientOf([...Array.from({ length: 5 }, () => BROKEN), slowly, FOUND]);
    await times(5, s.search);
    s.ahead.ms = 31_000;
    const said = await Promise.all([s.search(), s.search(), s.search()]);
    expect(said.toSorted()).toEqual(["LIMEN_ENGINE_FAILED", "LIMEN_ENGINE_FAILED", "answered"]);
    expect(s.server.seen).toHaveLength(6);
  });

  it("is found out about by the next one when the question was called off", async () => {
    const s = await clientOf([...Array.from({ length: 5 }, () => BROKEN), () => {}, FOUND]);
    await times(5, s.search);
    s.ahead.ms = 31_000;
    const stop = new AbortController();
    const asked = s.client.search({ ...QUERY, signal: stop.signal });
    await until("the question came", () => s.server.seen.length === 6, 5000);
    stop.abort("enough");
    await expect(asked).rejects.toBe("enough");
    expect(await s.search()).toBe("answered");
  });
});

it("an engine that refuses pictures, or does not know the collection, is not failing", async () => {
  const s = await clientOf([
    BROKEN,
    BROKEN,
    BROKEN,
    BROKEN,
    { status: 400 },
    BROKEN,
    BROKEN,
    BROKEN,
    BROKEN,
    { status: 404 },
  ]);
  await times(12, s.search);
  expect(s.server.seen).toHaveLength(12);
});

it("a pause the engine asks for is kept by every search, and ends with a single question", async () => {
  const s = await clientOf([{ status: 503, headers: { "retry-after": "20" } }, FOUND]);
  expect(await times(3, s.search)).toEqual(Array.from({ length: 3 }, () => "LIMEN_ENGINE_FAILED"));
  expect(s.server.seen).toHaveLength(1);
  s.ahead.ms = 19_000;
  expect(s.client.isResting()).toBe(true);
  s.ahead.ms = 21_000;
  expect(await s.search()).toBe("answered");
});

describe("each request is admitted before it is sent", () => {
  it("repetitions too", async () => {
    let admitted = 0;
    const seen: number[] = [];
    const s = await clientOf([{ status: 503 }, { status: 503 }, FOUND], {
      admit: async () => {
        seen.push(s.server.seen.length);
        admitted++;
      },
    });
    expect(await s.search()).toBe("answered");
    expect(admitted).toBe(3);
    expect(seen).toEqual([0, 1, 2]);
  });

  it("and is not sent when it is not; that is no fault of the engine", async () => {
    const s = await clientOf([FOUND], {
      admit: async () => {
        throw new LimenError("LIMEN_ENGINE_CAP", "no more today");
      },
    });
    expect(new Set(await times(7, s.search))).toEqual(new Set(["LIMEN_ENGINE_CAP"]));
    expect(s.server.seen).toHaveLength(0);
    expect(s.client.isResting()).toBe(false);
    expect(s.logger.lines.filter(({ level }) => level !== "debug")).toEqual([]);
  });

  it("none while the engine is left alone", async () => {
    let admitted = 0;
    const s = await clientOf([BROKEN], {
      admit: async () => {
        admitted++;
      },
    });
    await times(8, s.search);
    expect(admitted).toBe(5);
  });
});
