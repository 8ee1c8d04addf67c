import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import type { SearchQuery } from "#adapters/verifik/query";
import { openSearchClient, type SearchClient } from "#adapters/verifik/search-client";
import { codeOf } from "#errors";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";

export interface SearchServerUnderTest extends AsyncDisposable {
  /** Base address and a token that may search everything. */
  readonly url: string;
  readonly token: string;
  /** Three JPEGs of one enrolled person, found with 0.81 or more, and the person's id. */
  readonly known: readonly [Uint8Array, Uint8Array, Uint8Array];
  readonly knownId: string;
  /** A JPEG of a face like nobody's who is enrolled, and one without any face. */
  readonly stranger: Uint8Array;
  readonly faceless: Uint8Array;
  /** A collection the known person is in, and one of somebody else's. */
  readonly collection: string;
  readonly otherCollection: string;
}

const SAME_PERSON = 0.81;

async function codeThrown(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "nothing",
    (error: unknown) => codeOf(error),
  );
}

/** What every server of the search contract must do when our own client asks; `open` gives one with people in it. */
export function searchContract(name: string, open: () => Promise<SearchServerUnderTest>): void {
  describe(`${name} as a search server`, () => {
    let server: SearchServerUnderTest;
    let client: SearchClient;
    let logger: RecordingLogger;
    const opened: AsyncDisposable[] = [];

    const clientWith = async (token: string): Promise<SearchClient> => {
      const made = await openSearchClient({
        url: server.url,
        token: () => token,
        timeoutMs: 20_000,
        clock: systemClock,
        random: () => 0.5,
        logger,
        metrics: new RecordingMetrics(),
        userAgent: "limen-test",
      });
      opened.push(made);
      return made;
    };
    const ask = (changes: Partial<SearchQuery & { signal: AbortSignal }> = {}) =>
      client.search({
        images: [server.known[0]],
        minScore: SAME_PERSON,
        mode: "ACCURATE",
        collection: null,
        maxResults: 10,
        signal: new AbortController().signal,
        ...changes,
      });

    beforeEach(async () => {
      logger = new RecordingLogger();
      server = await open();
      opened.push(server);
      client = await clientWith(server.token);
    });
    afterEach(async () => {
      while (opened.length > 0) await opened.pop()?.[Symbol.asyncDispose]();
    });

    it.each(["FAST", "ACCURATE"] as const)("finds somebody enrolled in %s mode", async (mode) => {
      const people = await ask({ mode });
      expect(people[0]).toMatchObject({ id: server.knownId });
      expect(people[0]?.score).toBeGreaterThanOrEqual(SAME_PERSON);
      expect(people[0]?.score).toBeLessThanOrEqual(1);
    });

    it("takes two and three pictures of one person as one search", async () => {
      expect((await ask({ images: server.known.slice(0, 2) }))[0]?.id).toBe(server.knownId);
      expect((await ask({ images: server.known }))[0]?.id).toBe(server.knownId);
    });

    it("answers with nobody for a stranger", async () => {
      expect(await ask({ images: [server.stranger] })).toEqual([]);
    });

    it("keeps nothing of a search: a stranger stays one", async () => {
      await ask({ images: [server.stranger] });
      expect(await ask({ images: [server.stranger] })).toEqual([]);
    });

    it("names nobody twice and nobody below the score, the best first", async () => {
      const people = await ask({ minScore: 0.2, maxResults: 100 });
      expect(people.length).toBeGreaterThan(0);
      expect(new Set(people.map(({ id }) => id)).size).toBe(people.length);
      expect(people.map(({ score }) => score)).toEqual(people.map(({ score }) => score).sort((a, b) => b - a));
      expect(people.every(({ score }) => score >= 0.2)).toBe(true);
    });

    it("gives no more people than asked for", async () => {
      expect(await ask({ minScore: 0.2, maxResults: 1 })).toHaveLength(1);
    });

    it("gives the same answer to the same question", async () => {
      expect(await ask({ minScore: 0.2 })).toEqual(await ask({ minScore: 0.2 }));
    });

    it("looks only in the collection it is told", async () => {
      expect((await ask({ collection: server.collection }))[0]?.id).toBe(server.knownId);
      const elsewhere = await ask({ collection: server.otherCollection, minScore: 0.2 });
      expect(elsewhere.map(({ id }) => id)).not.toContain(server.knownId);
    });

    it("knows no collection that does not exist", async () => {
      expect(await codeThrown(ask({ collection: "b6f0c1d2-0000-4000-8000-000000000000" }))).toBe(
        "LIMEN_ENGINE_NOT_FOUND",
      );
    });

    it("refuses a picture without a face, and one that is none", async () => {
      const refusals = ["LIMEN_ENGINE_INVALID", "LIMEN_ENGINE_PRECONDITION"];
      expect(refusals).toContain(await codeThrown(ask({ images: [server.faceless] })));
      const broken = new Uint8Array([0xff, 0xd8, 0xff, ...new Uint8Array(64)]);
      expect(refusals).toContain(await codeThrown(ask({ images: [broken] })));
    });

    it("refuses a token it does not know, and the token is nowhere to be read", async () => {
      const wrong = "eyJhbGciOiJIUzI1NiJ9.d3JvbmctdG9rZW4.c2lnbmF0dXJlLW9mLW5vYm9keQ";
      client = await clientWith(wrong);
      const error: unknown = await ask().catch((thrown: unknown) => thrown);
      expect(["LIMEN_ENGINE_AUTH", "LIMEN_ENGINE_FORBIDDEN"]).toContain(codeOf(error));
      expect(inspect(error, { depth: 9, showHidden: true }) + inspect(logger.lines, { depth: 9 })).not.toContain(
        wrong.slice(10, 20),
      );
    });

    it("answers eight at once like one", async () => {
      const alone = await ask();
      expect(await Promise.all(Array.from({ length: 8 }, () => ask()))).toEqual(Array.from({ length: 8 }, () => alone));
    });

    it("is not asked by a search that was called off, and heard no more by one that is", async () => {
      await expect(ask({ signal: AbortSignal.abort("called off") })).rejects.toBe("called off");
      const stop = new AbortController();
      const asked = ask({ signal: stop.signal });
      stop.abort("called off later");
      await expect(asked).rejects.toBe("called off later");
      expect((await ask())[0]?.id).toBe(server.knownId);
    });
  });
}
