import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { createLivenessCheck } from "#adapters/verifik/liveness-check";
import { openSearchClient, type SearchClientOptions } from "#adapters/verifik/search-client";
import { codeOf, LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { LIVE_ANSWERS, LIVE_PERSON } from "../fixtures/live-answers.js";
import { type Answer, openScriptedSearchServer, type SeenRequest } from "../fixtures/scripted-search-server.js";
import { REFUSALS, SILENCES, UNBELIEVABLE } from "../fixtures/search-answers.js";
import { until } from "../fixtures/until.js";

const TOKEN = randomBytes(24).toString("base64url");
const PICTURE = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, ...randomBytes(300)]);
const PICTURE_TEXT = Buffer.from(PICTURE).toString("base64");
const QUESTION = {
  image: PICTURE,
  personId: LIVE_PERSON,
  collection: "staff",
  minScore: 0.83,
  signal: new AbortController().signal,
} as const;
const PASSED_TEXT = JSON.stringify({ data: { persons: [{ id: LIVE_PERSON, score: 0.9 }], liveness_score: 0.9 } });
const PASSED: Answer = { body: PASSED_TEXT };

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  while (opened.length > 0) await opened.pop()?.[Symbol.asyncDispose]();
});

async function checkerOf(
  script: readonly Answer[] | ((request: SeenRequest) => Answer),
  changes: Partial<SearchClientOptions> = {},
) {
  const server = await openScriptedSearchServer(script);
  opened.push(server);
  const logger = new RecordingLogger();
  const metrics = new RecordingMetrics();
  const client = await openSearchClient({
    ...{ url: server.url, token: () => TOKEN, liveTimeoutMs: 5000, clock: systemClock, random: () => 0 },
    ...{ logger, metrics, userAgent: "limen-test" },
    ...changes,
  });
  opened.push(client);
  const checker = createLivenessCheck(client, { livenessMinScore: 0.6, mode: "ACCURATE" });
  const ask = (more: Partial<Parameters<typeof checker.check>[0]> = {}): Promise<string> =>
    checker.check({ ...QUESTION, ...more }).then(
      ({ outcome }) => outcome,
      (error: unknown) => (error instanceof LimenError ? error.code : String(error)),
    );
  return { server, client, checker, ask, logger, metrics };
}

describe("a look at a live face", () => {
  it.each(LIVE_ANSWERS)("of $name is $comes, after one request", async ({ answer, comes }) => {
    const { server, ask, logger, metrics } = await checkerOf([answer, PASSED]);
    expect(await ask()).toBe(comes);
    expect(server.seen).toHaveLength(1);
    expect(metrics.of("limen_engine_requests_total")).toBe(1);
    const told = inspect(logger.lines, { depth: 9, maxStringLength: null });
    for (const secret of [TOKEN.slice(4, 16), PICTURE_TEXT.slice(20, 60), LIVE_PERSON])
      expect(told).not.toContain(secret);
  });

  const never = [...REFUSALS, ...UNBELIEVABLE, ...SILENCES].filter(({ name }) => name !== "409 for liveness");
  it.each(never)("passes nobody by $name, and is not repeated", async ({ script, fails, timeoutMs = 5000 }) => {
    const { server, ask } = await checkerOf(script, { liveTimeoutMs: timeoutMs });
    expect(await ask()).toBe(fails);
    expect(server.seen.length).toBeLessThanOrEqual(1);
  });

  it("sends the one documented form and nothing else", async () => {
    const { server, ask } = await checkerOf([PASSED]);
    await ask();
    await ask({ minScore: 0.2 });
    expect(server.seen[0]).toMatchObject({ method: "POST", path: "/v2/face-recognition/search-live-face" });
    expect(server.seen[0]?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}` });
    expect(JSON.parse(server.seen[0]?.text ?? "")).toEqual({
      image: PICTURE_TEXT,
      os: "DESKTOP",
      liveness_min_score: 0.6,
      min_score: 0.83,
      search_mode: "ACCURATE",
      collection_id: "staff",
    });
    // The contract's least.
    expect(JSON.parse(server.seen[1]?.text ?? "")).toMatchObject({ min_score: 0.5 });
  });

  it("asks nobody what makes no sense", async () => {
    const { server, ask, client } = await checkerOf([PASSED]);
    for (const changes of [
      { image: new Uint8Array([0x89, 0x50, 0x4e, 0x47]) },
      { image: new Uint8Array(5_000_000).fill(0xff).fill(0xd8, 1, 2) },
      { minScore: Number.NaN },
      { minScore: 1.1 },
      { collection: "" },
    ])
      expect(await ask(changes)).toBe("LIMEN_SEARCH_INVALID");
    for (const livenessMinScore of [0.4, 1.1, Number.NaN]) {
      const asked = client.searchLiveFace({ ...QUESTION, livenessMinScore, mode: "FAST" });
      await expect(asked).rejects.toMatchObject({ code: "LIMEN_SEARCH_INVALID" });
    }
    expect(server.seen).toHaveLength(0);
  });

  it("passes nobody by an answer that came after its time, and gives it to no later question", async () => {
    const late: Answer = (response) => void setTimeout(() => response.end(PASSED_TEXT), 600);
    const { ask } = await checkerOf([late, PASSED], { liveTimeoutMs: 300, maxConnections: 1 });
    expect(await ask()).toBe("LIMEN_ENGINE_TIMEOUT");
    await delay(700);
    expect(await ask({ personId: "somebody else" })).toBe("failed");
  });

  it("passes nobody when the clock says that its time was over, though no alarm had rung", async () => {
    let passedMs = 0;
    const clock: Clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + passedMs };
    const script = (): Answer => {
      passedMs = 20_000;
      return PASSED;
    };
    const { ask } = await checkerOf(script, { clock });
    expect(await ask()).toBe("LIMEN_ENGINE_TIMEOUT");
  });

  it("is given up at once when it is called off, or the client closed", async () => {
    const { server, client, ask } = await checkerOf([() => {}]);
    const stop = new AbortController();
    const first = ask({ signal: stop.signal });
    await until("the question came", () => server.seen.length === 1, 5000);
    stop.abort("enough");
    expect(await first).toBe("enough");
    const second = ask();
    await until("the second came", () => server.seen.length === 2, 5000);
    await client[Symbol.asyncDispose]();
    expect(await second).toBe("LIMEN_ENGINE_UNREACHABLE");
    expect(await ask()).toBe("LIMEN_ENGINE_UNREACHABLE");
  });

  it("is counted before it is sent, and not sent when it may not be", async () => {
    let admitted = 0;
    const admit = async (): Promise<void> => {
      admitted++;
      if (admitted > 1) throw new LimenError("LIMEN_ENGINE_CAP", "no more today");
    };
    const { server, ask } = await checkerOf([PASSED], { admit });
    expect(await ask()).toBe("passed");
    expect(await ask()).toBe("LIMEN_ENGINE_CAP");
    expect([server.seen.length, admitted]).toEqual([1, 2]);
  });

  it("shares the rest the engine is given with the searches, and its log of outages with nobody", async () => {
    const { server, client, ask, logger } = await checkerOf(({ path }) =>
      path.endsWith("/search") ? { body: '{"data":[]}' } : { status: 409, body: '{"code":"liveness_unavailable"}' },
    );
    const search = { images: [PICTURE], minScore: 0.7, mode: "FAST", collection: null, maxResults: 5 } as const;
    for (let i = 0; i < 4; i++) {
      expect(await ask()).toBe("LIMEN_ENGINE_CONFLICT");
      await client.search({ ...search, signal: QUESTION.signal });
    }
    // One line, though the searches in between were answered; and an engine that says no is not left alone.
    expect(logger.lines.filter(({ level }) => level !== "debug")).toHaveLength(1);
    expect(client.isResting()).toBe(false);

    const broken = await checkerOf([{ status: 500 }]);
    for (let i = 0; i < 5; i++) expect(await broken.ask()).toBe("LIMEN_ENGINE_FAILED");
    expect(broken.client.isResting()).toBe(true);
    const asked = broken.client.search({ ...search, signal: QUESTION.signal }).catch(codeOf);
    expect(await asked).toBe("LIMEN_ENGINE_FAILED");
    expect([server.seen.length, broken.server.seen.length]).toEqual([8, 5]);
  });
});
