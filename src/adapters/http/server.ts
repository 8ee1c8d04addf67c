import { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { createApi } from "#adapters/http/api";
import type { ApiOptions } from "#adapters/http/api-parts";
import { LimenError, messageOf } from "#errors";

export interface HttpServerOptions extends ApiOptions {
  /** Port 0: any free one. */
  readonly listen: { readonly host: string; readonly port: number };
}

export interface HttpServer extends AsyncDisposable {
  /** Where it answers, as `http://host:port`. */
  readonly url: string;
}

/** Connections at once; with a place each for those that may send a body, the rest only wait to be turned away. */
const MAX_CONNECTIONS = 128;
/** How long requests under way may still take when the server stops. */
const GRACE_MS = 1500;

/**
 * Serves the API over HTTP, without TLS: on this machine or a network of its own, or behind a proxy that adds it.
 * Stops within 2 s: requests under way have 1.5 s, then are told 503. Throws LIMEN_API_LISTEN and LIMEN_API_TOKENS.
 */
export async function openHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port } = options.listen;
  const stop = new AbortController();
  const app = createApi(options, stop.signal);
  const server = createAdaptorServer({
    fetch: app.fetch,
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 15_000,
      connectionsCheckingInterval: 5000,
      maxHeaderSize: 16 * 1024,
    },
  });
  if (!(server instanceof Server)) throw new LimenError("LIMEN_INTERNAL", "the API got a server of another kind");
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(notListening(host, port, cause)));
    server.listen(port, host, resolve);
  });
  server.on("error", (error) => options.logger.error({ why: messageOf(error) }, "the API's server failed"));
  const address = server.address();
  const actual = typeof address === "object" && address !== null ? address.port : port;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${actual}`;
  options.logger.info({ url }, "the API answers");

  let closing: Promise<void> | undefined;
  const close = () =>
    new Promise<void>((resolve) => {
      const hurry = setTimeout(() => {
        stop.abort();
        // One turn of the loop for the answers that say so, then nobody is waited for.
        setTimeout(() => server.closeAllConnections(), 100);
      }, GRACE_MS);
      server.close(() => {
        clearTimeout(hurry);
        resolve();
      });
      server.closeIdleConnections();
    });
  return {
    url,
    [Symbol.asyncDispose]() {
      closing ??= close();
      return closing;
    },
  };
}

function notListening(host: string, port: number, cause: unknown): LimenError {
  return new LimenError("LIMEN_API_LISTEN", `the API cannot listen on ${host} port ${port}: ${messageOf(cause)}`, {
    hint: "choose another address or port, or stop the program that holds it",
    cause,
  });
}
