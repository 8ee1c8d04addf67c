import { setMaxListeners } from "node:events";
import { Agent, request } from "undici";
import { protocolFault } from "#adapters/verifik/answer";
import { connectionFault, timeoutFault, unreachable } from "#adapters/verifik/connection-fault";
import { type Deadline, openDeadline } from "#adapters/verifik/deadline";
import { type Call, endpointOf } from "#adapters/verifik/endpoint";
import { createEngineLog, type EngineLog } from "#adapters/verifik/engine-log";
import { createEngineRest } from "#adapters/verifik/engine-rest";
import { refusalOf } from "#adapters/verifik/refusal";
import { discard, readText } from "#adapters/verifik/reply";
import { askedPauseMs, backOffMs, isRetryable } from "#adapters/verifik/retry";
import { LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

export interface EngineConnectionOptions {
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
  /** For one connection. */
  readonly connectTimeoutMs?: number;
  /** Connections at once, at most. */
  readonly maxConnections?: number;
  /** Repetitions of a repeatable call, at most. */
  readonly retries?: number;
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly userAgent: string;
}

/** One kind of call, and what its answers mean. */
export interface EngineRoute<T> {
  readonly call: Call;
  /** For the whole call with every repetition of it. */
  readonly timeoutMs: number;
  /** The text of a 200 answer. Throws LIMEN_ENGINE_PROTOCOL. */
  readonly read: (text: string) => T;
  /** What a 4xx says that is an answer all the same; null = it is the refusal it looks like. */
  readonly readRefusal?: (text: string) => T | null;
}

/** Sends a body and gives what the answer was read to be; throws as SearchClient says. */
export type AskEngine<T> = (body: string, signal: AbortSignal) => Promise<T>;

export interface EngineConnection extends AsyncDisposable {
  /** True while the engine is left alone, after failures or at its own wish: a call would fail at once. */
  isResting(): boolean;
  /** Throws LIMEN_CONFIG_INVALID for an address faces must not be sent to. */
  route<T>(route: EngineRoute<T>): AskEngine<T>;
}

/** How one try ended, when not well. */
interface Failure {
  readonly error: LimenError;
  /** Another try makes sense. */
  readonly again: boolean;
  /** The engine's own wish, null when it has none. */
  readonly pauseMs: number | null;
}
type Outcome<T> = { readonly answer: T } | Failure;

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
 * Calls to one server of the face search contract, whatever is asked. Connections stay open between calls; TLS is always verified,
 * whatever the environment says; redirects are not followed, because they would carry the token elsewhere. All routes share the
 * connections and the rest the engine is given; each has a log of outages of its own, since one may work while another does not.
 */
export function openEngineConnection(options: EngineConnectionOptions): EngineConnection {
  const { clock, metrics } = options;
  const { connectTimeoutMs = 1000, maxConnections = 4, retries = 2 } = options;
  const closed = new AbortController();
  // Every call under way listens; that is no leak.
  setMaxListeners(0, closed.signal);
  const logOf = ({ host }: URL): EngineLog => createEngineLog(clock, options.logger.child({ engine: host }));
  const rest = createEngineRest({ clock, metrics, log: logOf(new URL(options.url)) });
  const agent = new Agent({
    connections: maxConnections,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connect: {
      timeout: connectTimeoutMs,
      rejectUnauthorized: true,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    },
  });

  function route<T>({ call, timeoutMs, read, readRefusal = () => null }: EngineRoute<T>): AskEngine<T> {
    const endpoint = endpointOf(options.url, call, options.allowInsecure);
    const log = logOf(endpoint);

    /** One request. Resolves with the answer or with what went wrong; rejects only when the deadline's signal says so. */
    const tryOnce = async (body: string, token: string, deadline: Deadline): Promise<Outcome<T>> => {
      let answering = false;
      try {
        // undici does not hear an abort while the request still waits for its connection, so the deadline is kept here as well.
        const response = await deadline.within(
          request(endpoint, {
            method: "POST",
            dispatcher: agent,
            signal: deadline.signal,
            headersTimeout: timeoutMs,
            bodyTimeout: timeoutMs,
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
          const answer = statusCode < 500 ? readRefusal(text) : null;
          if (answer !== null) return { answer };
          const error = refusalOf(statusCode, text, token);
          const pauseMs = askedPauseMs(headers["retry-after"], clock.now());
          return { error, again: isRetryable(statusCode), pauseMs };
        }
        if (statusCode !== 200) {
          discard(response);
          throw protocolFault(
            statusCode >= 300 ? `sends us elsewhere (${statusCode})` : `is no answer (${statusCode})`,
          );
        }
        const text = await deadline.within(readText(response));
        deadline.signal.throwIfAborted();
        return { answer: read(text) };
      } catch (error) {
        deadline.signal.throwIfAborted();
        if (error instanceof LimenError) return { error, again: false, pauseMs: null };
        return { ...connectionFault(endpoint.host, error, answering), pauseMs: null };
      }
    };

    const run = async (body: string, deadline: Deadline): Promise<T> => {
      const attemptsAtMost = call.repeatable ? retries + 1 : 1;
      for (let attempt = 1; ; attempt++) {
        const token = revealed(options.token);
        await options.admit?.();
        const outcome = await tryOnce(body, token, deadline).catch((error: unknown) => {
          const code = error instanceof LimenError ? error.code : "aborted";
          metrics.count("limen_engine_requests_total", { outcome: code });
          throw error;
        });
        if ("answer" in outcome) {
          metrics.count("limen_engine_requests_total", { outcome: "answered" });
          return outcome.answer;
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

    /** One call, unless the engine is to be left alone; and what became of it decides whether the next is. */
    const runInTurn = async (body: string, deadline: Deadline): Promise<T> => {
      await rest.leave(deadline);
      try {
        const answer = await run(body, deadline);
        // The timer may be late when this process was busy; the clock is not.
        if (deadline.leftMs() === 0) throw timeoutFault(endpoint.host);
        rest.ended(null);
        return answer;
      } catch (thrown) {
        rest.ended(deadline.signal.aborted ? deadline.signal.reason : thrown);
        throw thrown;
      }
    };

    return async (body, signal) => {
      const late = (): LimenError => timeoutFault(endpoint.host);
      using deadline = openDeadline({ clock, timeoutMs, signals: [signal, closed.signal], late });
      try {
        deadline.signal.throwIfAborted();
        const answer = await runInTurn(body, deadline);
        log.answered();
        return answer;
      } catch (thrown) {
        // What was cut short rejects in many ways: the reason why it was is what the caller has to hear.
        const error: unknown = deadline.signal.aborted ? deadline.signal.reason : thrown;
        if (error instanceof LimenError && error.code.startsWith("LIMEN_ENGINE_") && !closed.signal.aborted) {
          log.failed(error);
        }
        throw error;
      }
    };
  }

  return {
    isResting: rest.isResting,
    route,
    async [Symbol.asyncDispose]() {
      closed.abort(unreachable("the search client is closed"));
      await agent.destroy();
    },
  };
}
