import { type IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { type ErrorCode, LimenError, messageOf } from "#errors";
import type { Logger } from "#ports/logger";

export interface HttpListenerOptions {
  /** Port 0: the system chooses a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** What is listening, in logs and errors: "the API". */
  readonly name: string;
  /** The error when it cannot listen there. */
  readonly code: ErrorCode;
  readonly fetch: (request: Request, bindings: HttpBindings) => Response | Promise<Response>;
  /** Takes connections that ask for another protocol; without it they are answered as ordinary requests. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Called when requests under way must end at once. */
  readonly hurry?: () => void;
  readonly logger: Logger;
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
 * The one way anything here listens for HTTP, without TLS: on this machine or a network of its own, or behind a proxy that adds it.
 * Stops within 2 s: requests under way have 1.5 s, then `hurry` is called and the connections are closed; sockets given to `upgrade`
 * are the caller's to close, before this. Throws options.code.
 */
export async function listenHttp(options: HttpListenerOptions): Promise<HttpServer> {
  const { listen, name, logger, upgrade } = options;
  const server = createAdaptorServer({
    fetch: (request, bindings) => {
      if (!("incoming" in bindings && "socket" in bindings.incoming)) throw new TypeError("a request of another kind");
      return options.fetch(request, bindings as HttpBindings);
    },
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 15_000,
      connectionsCheckingInterval: 5000,
      maxHeaderSize: 16 * 1024,
    },
  });
  if (!(server instanceof Server)) throw new LimenError("LIMEN_INTERNAL", `${name} got a server of another kind`);
  server.maxConnections = MAX_CONNECTIONS;
  if (upgrade !== undefined) server.on("upgrade", upgrade);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(notListening(options, cause)));
    server.listen(listen.port, listen.host, resolve);
  });
  server.on("error", (error) => logger.error({ why: messageOf(error) }, `${name}'s server failed`));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : listen.port;
  const url = `http://${listen.host.includes(":") ? `[${listen.host}]` : listen.host}:${port}`;
  // Not as `url`: the log hides what is called so, for cameras' sake.
  logger.info({ address: url.slice("http://".length) }, `${name} answers`);

  let closing: Promise<void> | undefined;
  const close = () =>
    new Promise<void>((resolve) => {
      const hurry = setTimeout(() => {
        options.hurry?.();
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

function notListening({ name, code, listen: { host, port } }: HttpListenerOptions, cause: unknown): LimenError {
  return new LimenError(code, `${name} cannot listen on ${host} port ${port}: ${messageOf(cause)}`, {
    hint: "choose another address or port, or stop the program that holds it",
    cause,
  });
}
