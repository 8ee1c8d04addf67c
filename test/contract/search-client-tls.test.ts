import { createServer } from "node:https";
import { afterEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openSearchClient } from "#adapters/verifik/search-client";
import { messageOf } from "#errors";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { type Certificate, selfSigned } from "../fixtures/certificate.js";
import { openScriptedSearchServer } from "../fixtures/scripted-search-server.js";

const PEOPLE = '{"data":[{"id":"a","score":0.9}]}';
const QUERY = {
  images: [new Uint8Array([0xff, 0xd8, 0xff, 0xe0])],
  minScore: 0.7,
  mode: "FAST",
  collection: null,
  maxResults: 10,
  signal: new AbortController().signal,
} as const;

describe("the search client over TLS", () => {
  const opened: AsyncDisposable[] = [];
  afterEach(async () => {
    vi.unstubAllEnvs();
    while (opened.length > 0) await opened.pop()?.[Symbol.asyncDispose]();
  });

  async function serving(certificate: Certificate) {
    let requests = 0;
    const server = createServer(certificate, (request, response) => {
      requests++;
      request.resume();
      response.end(PEOPLE);
    });
    server.on("tlsClientError", () => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    opened.push({
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        await new Promise<void>((resolve) => server.close(() => resolve()));
      },
    });
    const address = server.address();
    return {
      url: `https://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
      requests: () => requests,
    };
  }

  /** People found, or the message of what was thrown. */
  async function ask(url: string, ca?: string): Promise<string> {
    const metrics = new RecordingMetrics();
    const client = await openSearchClient({
      url,
      token: () => "a-token-of-this-test",
      ...(ca === undefined ? {} : { ca }),
      timeoutMs: 10_000,
      clock: systemClock,
      random: () => 0,
      logger: new RecordingLogger(),
      metrics,
      userAgent: "limen-test",
    });
    opened.push(client);
    const outcome = await client.search(QUERY).then(
      (people) => people.map(({ id }) => id).join(),
      (error: unknown) => messageOf(error),
    );
    // A certificate does not get better by asking again.
    expect(metrics.of("limen_engine_requests_total")).toBe(1);
    return outcome;
  }

  it("asks a server whose certificate it was told to trust", async () => {
    const certificate = selfSigned("127.0.0.1");
    const server = await serving(certificate);
    expect(await ask(server.url, certificate.cert)).toBe("a");
  });

  it("sends nothing to a certificate nobody vouches for", async () => {
    const server = await serving(selfSigned("127.0.0.1"));
    expect(await ask(server.url)).toMatch(/cannot be trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
    expect(await ask(server.url, selfSigned("127.0.0.1").cert)).toMatch(/cannot be trusted/);
    expect(server.requests()).toBe(0);
  });

  it("sends nothing to it either when the environment turns checking off", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const server = await serving(selfSigned("127.0.0.1"));
    expect(await ask(server.url)).toMatch(/cannot be trusted/);
    expect(server.requests()).toBe(0);
  });

  it("sends nothing to a certificate of another host", async () => {
    const certificate = selfSigned("api.example.com");
    const server = await serving(certificate);
    expect(await ask(server.url, certificate.cert)).toMatch(/cannot be trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
    expect(server.requests()).toBe(0);
  });

  it("sends nothing to a certificate whose time is over", async () => {
    const certificate = selfSigned("127.0.0.1", new Date(Date.now() - 86_400_000));
    const server = await serving(certificate);
    expect(await ask(server.url, certificate.cert)).toMatch(/cannot be trusted \(CERT_HAS_EXPIRED\)/);
    expect(server.requests()).toBe(0);
  });

  it("never falls back to plain text", async () => {
    const server = await openScriptedSearchServer([{ body: PEOPLE }]);
    opened.push(server);
    expect(await ask(server.url.replace("http:", "https:"))).toMatch(/cannot be trusted/);
    expect(server.seen).toHaveLength(0);
  });
});
