import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { Agent, buildConnector, request } from "undici";
import { z } from "zod";
import type { LockWord } from "#core/lock-word";
import { LimenError } from "#errors";

/** One entity's state: a lock's word, or that nobody can reach it. */
export type EntityState = LockWord | "unavailable";

/** What a question or an order came to. `fault` = a short word; nothing that was sent is ever in it. */
export type Reply<T> = { readonly value: T } | { readonly fault: string };

export interface HomeAssistantClient extends AsyncDisposable {
  state(signal: AbortSignal): Promise<Reply<EntityState>>;
  /**
   * Calls a service of the lock's, once: nothing is ever sent again or elsewhere. The value is the lock's state where the answer names
   * it. `unsent` = no connection was made, so nothing has left.
   */
  call(service: string, signal: AbortSignal): Promise<Reply<EntityState | null> & { readonly unsent?: true }>;
  /** Breaks every connection, with what still waits in them. */
  drop(): void;
}

export interface HomeAssistantClientOptions {
  /** Base address, checked by the config. */
  readonly url: string;
  /** Asked anew for each request and kept nowhere. */
  readonly token: () => string;
  readonly entity: string;
}

const CONNECT_TIMEOUT_MS = 1000;
/** Backstop only: every request has a signal with less. */
const LONGEST_ANSWER_MS = 10_000;
const KEEP_ALIVE_MS = 20_000;
const MAX_ANSWER_BYTES = 200_000;

const WORDS: ReadonlyMap<string, EntityState> = new Map<string, EntityState>([
  ["locked", "locked"],
  ["unlocking", "unlocking"],
  ["opening", "unlocking"],
  ["unlocked", "unlocked"],
  ["open", "unlocked"],
  ["locking", "locking"],
  ["jammed", "jammed"],
  ["unavailable", "unavailable"],
]);
const entityState = z.object({ entity_id: z.string(), state: z.string().max(255) });
/** Answers to orders come with every state that changed meanwhile, or as an object around them. */
const changed = z.array(z.unknown());

function wordOf(state: string): EntityState {
  return WORDS.get(state) ?? "unknown";
}

/** What was thrown, as one word. The messages of the library are never quoted: they may hold what was sent. */
function faultOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" && /^[A-Z0-9_]{1,60}$/.test(code) ? code.toLowerCase() : "no_answer";
}

async function jsonOf(body: AsyncIterable<unknown>): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    // Leaving the loop closes the connection.
    if (size > MAX_ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks, size).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Home Assistant's REST interface, as far as one lock needs it. TLS is always verified, redirects are not followed. */
export function openHomeAssistantClient({ url, token, entity }: HomeAssistantClientOptions): HomeAssistantClient {
  const base = url.endsWith("/") ? url : `${url}/`;
  const sockets = new Set<Socket>();
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, rejectUnauthorized: true });
  const agent = new Agent({
    connections: 3,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    headersTimeout: LONGEST_ANSWER_MS,
    bodyTimeout: LONGEST_ANSWER_MS,
    connect(to, made) {
      connect(to, (...args) => {
        const [fault, socket] = args;
        if (fault !== null) return made(fault, null);
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
        made(null, socket);
      });
    },
  });
  const headers = (): Record<string, string> => {
    const value = token();
    if (!/^[\x21-\x7e]+$/.test(value))
      throw new LimenError("LIMEN_CONFIG_SECRET", "Home Assistant's token is empty or holds what no header can carry");
    return { authorization: `Bearer ${value}`, "content-type": "application/json", accept: "application/json" };
  };
  headers();

  /** The JSON of a 200; every other status and failure is a fault. */
  const ask = async (
    method: "GET" | "POST",
    path: string,
    body: string | null,
    signal: AbortSignal,
  ): Promise<Reply<unknown>> => {
    try {
      const response = await request(new URL(path, base), {
        method,
        dispatcher: agent,
        signal,
        headers: headers(),
        body,
      });
      if (response.statusCode !== 200) {
        // Destroying it makes the stream report an abort, which would end the process if nobody listened.
        response.body.on("error", () => {}).destroy();
        return { fault: `http_${response.statusCode}` };
      }
      const value = await jsonOf(response.body);
      return value === undefined ? { fault: "malformed" } : { value };
    } catch (error) {
      return { fault: faultOf(error) };
    }
  };

  return {
    async state(signal) {
      const reply = await ask("GET", `api/states/${entity}`, null, signal);
      if ("fault" in reply) return reply.fault === "http_404" ? { value: "unavailable" } : reply;
      const said = entityState.safeParse(reply.value).data;
      return said?.entity_id === entity ? { value: wordOf(said.state) } : { fault: "malformed" };
    },
    async call(service, signal) {
      const reply = await ask("POST", `api/services/lock/${service}`, JSON.stringify({ entity_id: entity }), signal);
      if ("fault" in reply)
        return /^(?:econnrefused|und_err_connect_timeout)$/.test(reply.fault) ? { ...reply, unsent: true } : reply;
      for (const one of changed.safeParse(reply.value).data ?? []) {
        const said = entityState.safeParse(one).data;
        if (said?.entity_id === entity) return { value: wordOf(said.state) };
      }
      return { value: null };
    },
    drop() {
      // A reset, because what the system still holds of a socket that is only closed is sent for minutes. Node has none under TLS.
      for (const socket of [...sockets]) {
        if (socket instanceof TLSSocket) socket.destroy();
        else socket.resetAndDestroy();
      }
    },
    async [Symbol.asyncDispose]() {
      await agent.destroy();
    },
  };
}
