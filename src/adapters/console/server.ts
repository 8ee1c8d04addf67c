import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { openAccounts } from "#adapters/console/accounts";
import { createConsoleApp } from "#adapters/console/app";
import { loadAssets } from "#adapters/console/assets";
import { tokenIn } from "#adapters/console/cookie";
import { createGate } from "#adapters/console/gate";
import type { LiveRoom } from "#adapters/console/live-room";
import type { ConsoleOptions } from "#adapters/console/parts";
import { createSessions } from "#adapters/console/sessions";
import { serveViewer } from "#adapters/console/viewer-socket";
import { type HttpServer, listenHttp } from "#adapters/http/listen";
import { messageOf } from "#errors";

/** Pages watching at once, of all cameras together. */
const MAX_VIEWERS = 16;

/**
 * The console: pages for people, behind a password, and what cameras show, live. Throws LIMEN_CONSOLE_PASSWORD and
 * LIMEN_CONSOLE_LISTEN.
 */
export async function openConsole(
  options: ConsoleOptions & { readonly room: LiveRoom },
): Promise<HttpServer & { readonly firstRunLink: () => Promise<string | null> }> {
  const { clock, logger, behindTlsProxy, cameras } = options;
  const gate = createGate(options);
  const accounts = await openAccounts({ store: options.accounts, configured: options.password, clock });
  const sessions = createSessions({ store: options.accounts, accountOf: accounts.find, clock });
  const app = createConsoleApp(options, { gate, accounts, sessions, assets: await loadAssets(options.files) });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1024 });

  /** The session and the camera of a request for a socket; or the status it is refused with. */
  const admit = async (request: IncomingMessage) => {
    const { host, origin, cookie } = request.headers;
    if (!gate.knowsHost(host)) return 421;
    if (!gate.isOwnOrigin(origin, host)) return 403;
    const session = await sessions.find(tokenIn(cookie, behindTlsProxy));
    if (session === null) return 401;
    const [, id] = /^\/cameras\/([a-z0-9_-]+)\/live$/.exec(request.url ?? "") ?? [];
    const camera = cameras().find((known) => known.id === id);
    if (camera === undefined) return 404;
    return sockets.clients.size >= MAX_VIEWERS ? 503 : { session, camera };
  };

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => {});
    admit(request).then(
      (admitted) => {
        if (typeof admitted === "number") return refuse(socket, admitted);
        const { session, camera } = admitted;
        sockets.handleUpgrade(request, socket, head, (opened) => serveViewer(opened, camera, session.ended, options));
      },
      (error: unknown) => {
        logger.error({ why: messageOf(error) }, "a viewer could not be admitted");
        refuse(socket, 503);
      },
    );
  };

  const server = await listenHttp({
    listen: options.listen,
    name: "the console",
    code: "LIMEN_CONSOLE_LISTEN",
    fetch: (request, bindings) => app.fetch(request, bindings),
    upgrade,
    logger,
  });
  return {
    url: server.url,
    /** A link to set the owner's password, good for an hour and once; null when there is one. */
    async firstRunLink() {
      const token = await accounts.firstRunToken();
      return token === null ? null : `${server.url}/first-run/${token}`;
    },
    async [Symbol.asyncDispose]() {
      sessions[Symbol.dispose]();
      for (const socket of sockets.clients) socket.terminate();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Answers a request for a socket with nothing but a status. */
function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}
