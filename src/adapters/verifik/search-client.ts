import { setMaxListeners } from "node:events";
import { Agent, request } from "undici";
import { type ContractPerson, protocolFault, readPeople } from "#adapters/verifik/answer";
import { connectionFault, timeoutFault, unreachable } from "#adapters/verifik/connection-fault";
import { type Deadline, openDeadline } from "#adapters/verifik/deadline";
import { endpointOf, SEARCH } from "#adapters/verifik/endpoint";
import { createEngineLog } from "#adapters/verifik/engine-log";
import { createEngineRest } from "#adapters/verifik/engine-rest";
import { type SearchQuery, searchBody } from "#adapters/verifik/query";
import { refusalOf } from "#adapters/verifik/refusal";
import { discard, readText } from "#adapters/verifik/reply";
import { askedPauseMs, backOffMs, isRetryable } from "#adapters/verifik/retry";
import { LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

export interface SearchClientOptions {
  /** Base address of a server that speaks the contract. */
  readonly url: string;
  /** Lets http leave this computer. */
  readonly allowInsecure?: boolean;
  /** Certificate authority (PEM) trusted instead of the usual ones, for an engine with a certificate of one's own. */
  readonly ca?: string;
  /** Asked anew for each request and kept nowhere. */
  readonly token: () => string;
  /** Asked before each request that is sent, repetitions too; what it throws keeps the request from being sent. */
  readonly admit?: () => Promise<void>;
  /** For a whole search with every repetition of it. */
  readonly timeoutMs?: number;
  /** For one connection. */
  readonly connectTimeoutMs?: number;
  /** Connections at once, at most. */
  readonly maxConnections?: number;
  /** Repetitions of a search, at most. */
  readonly retries?: number;
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly userAgent: string;
}

export interface SearchClient extends AsyncDisposable {
  /** True while the engine is left alone, after failures or at its own wish: a search would fail at once. */
  isResting(): boolean;
  /**
   * People like the one in the pictures, score descending, ties by id; nobody below `minScore`, `maxResults` at most. Throws
   * LIMEN_SEARCH_INVALID for a query that makes no sense, LIMEN_ENGINE_* for everything the engine or the way to it does, and the
   * signal's reason once it is aborted. An answer that comes after the deadline is never used.
   */
  search(query: SearchQuery & { readonly signal: AbortSignal }): Promise<ContractPerson[]>;
}

/** How one try ended, when not well. */
interface Failure {
  readonly error: LimenError;
  /** Another try makes sense. */
  readonly again: boolean;
  /** The engine's own wish, null when it has none. */
  readonly pauseMs: number | null;
}

const KEEP_ALIVE_MS = 55_000;

/** Throws LIMEN_CONFIG_SECRET without a trace of what was there. */
function revealed(token: () => string): string {
  const value = token();
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new LimenError("LIMEN_CONFIG_SECRET", "the search engine's token is empty or holds what no header can carry", {
    hint: "it is one word of letters, digits and signs, without quotes or line breaks",
  });
}

/**
 * A client of the face search contract (`POST /v2/face-recognition/search`). Connections stay open between searches; TLS is
 * always verified, whatever the environment says; redirects are not followed, because they would carry the token elsewhere.
 * Throws LIMEN_CONFIG_INVALID for an address faces must not be sent to.
 */
export async function openSearchClient(options: SearchClientOptions): Promise<SearchClient> {
  const { clock, metrics } = options;
  const { timeoutMs = 2000, connectTimeoutMs = 1000, maxConnections = 4, retries = 2 } = options;
  const endpoint = endpointOf(options.url, SEARCH, options.allowInsecure);
  const log = createEngineLog(clock, options.logger.child({ engine: endpoint.host }));
  const closed = new AbortController();
  // Every search under way listens; that is no leak.
  setMaxListeners(0, closed.signal);
  const rest = createEngineRest({ clock, metrics, log });
  const agent = new Agent({
    connections: maxConnections,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: {
      timeout: connectTimeoutMs,
      rejectUnauthorized: true,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    },
  });

  /** One request. Resolves with people or with what went wrong; rejects only when the deadline's signal says so. */
  const tryOnce = async (body: string, token: string, deadline: Deadline): Promise<ContractPerson[] | Failure> => {
    let answering = false;
    try {
      // undici does not hear an abort while the request still waits for its connection, so the deadline is kept here as well.
      const response = await deadline.within(
        request(endpoint, {
          method: "POST",
          dispatcher: agent,
          signal: deadline.signal,
          body,
          headers: {
            authorization: `Bearer ${token}`,
            "content-type": "application/json",
            accept: "application/json",
            "accept-encoding": "gzip",
            "user-agent": options.userAgent,
          },
        }),
      );
      answering = true;
      const { statusCode, headers } = response;
      if (statusCode >= 400) {
        // The status alone says enough when the rest of a refusal is unreadable.
        const text = await deadline.within(readText(response)).catch(() => "");
        deadline.signal.throwIfAborted();
        const error = refusalOf(statusCode, text, token);
        const pauseMs = askedPauseMs(headers["retry-after"], clock.now());
        return { error, again: isRetryable(statusCode), pauseMs };
      }
      if (statusCode !== 200) {
        discard(response);
        throw protocolFault(statusCode >= 300 ? `sends us elsewhere (${statusCode})` : `is no answer (${statusCode})`);
      }
      const text = await deadline.within(readText(response));
      deadline.signal.throwIfAborted();
      return readPeople(text);
    } catch (error) {
      deadline.signal.throwIfAborted();
      if (error instanceof LimenError) return { error, again: false, pauseMs: null };
      return { ...connectionFault(endpoint.host, error, answering), pauseMs: null };
    }
  };

  const run = async (body: string, deadline: Deadline): Promise<ContractPerson[]> => {
    const attemptsAtMost = SEARCH.repeatable ? retries + 1 : 1;
    for (let attempt = 1; ; attempt++) {
      const token = revealed(options.token);
      await options.admit?.();
      const outcome = await tryOnce(body, token, deadline).catch((error: unknown) => {
        metrics.count("limen_engine_requests_total", { outcome: error instanceof LimenError ? error.code : "aborted" });
        throw error;
      });
      if (Array.isArray(outcome)) {
        metrics.count("limen_engine_requests_total", { outcome: "answered" });
        return outcome;
      }
      const { error, again, pauseMs } = outcome;
      metrics.count("limen_engine_requests_total", { outcome: error.code });
      const waitMs = pauseMs ?? backOffMs(attempt, options.random());
      if (again && pauseMs !== null) rest.paused(error, pauseMs);
      if (!again || attempt >= attemptsAtMost || waitMs >= deadline.leftMs()) {
        throw error;
      }
      await clock.sleep(waitMs, deadline.signal);
    }
  };

  /** One search, unless the engine is to be left alone; and what became of it decides whether the next is. */
  const runInTurn = async (body: string, deadline: Deadline): Promise<ContractPerson[]> => {
    await rest.leave(deadline);
    try {
      const people = await run(body, deadline);
      // The timer may be late when this process was busy; the clock is not.
      if (deadline.leftMs() === 0) throw timeoutFault(endpoint.host);
      rest.ended(null);
      return people;
    } catch (thrown) {
      rest.ended(deadline.signal.aborted ? deadline.signal.reason : thrown);
      throw thrown;
    }
  };

  return {
    isResting: rest.isResting,

    async search({ signal, ...query }) {
      const body = searchBody(query);
      const deadline = openDeadline({
        clock,
        timeoutMs,
        signals: [signal, closed.signal],
        late: () => timeoutFault(endpoint.host),
      });
      try {
        deadline.signal.throwIfAborted();
        const people = await runInTurn(body, deadline);
        log.answered();
        return people.filter(({ score }) => score >= query.minScore).slice(0, query.maxResults);
      } catch (thrown) {
        // What was cut short rejects in many ways: the reason why it was is what the caller has to hear.
        const error: unknown = deadline.signal.aborted ? deadline.signal.reason : thrown;
        if (error instanceof LimenError && error.code.startsWith("LIMEN_ENGINE_") && !closed.signal.aborted) {
          log.failed(error);
        }
        throw error;
      } finally {
        deadline[Symbol.dispose]();
      }
    },

    async [Symbol.asyncDispose]() {
      closed.abort(unreachable("the search client is closed"));
      await agent.destroy();
    },
  };
}
