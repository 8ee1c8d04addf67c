import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { type CameraFront, RtspConnection } from "#demo/camera/rtsp-connection";
import { LimenError, messageOf } from "#errors";

/** More clients at once than any test or demo has; a real camera allows about six. */
const MAX_CONNECTIONS = 32;

export interface RtspServer extends AsyncDisposable {
  readonly port: number;
  /**
   * Closes the port, so that clients are refused, or opens the same one again; the clients already there are left as they are.
   * Rejects with LIMEN_DEMO_FAILED when somebody else took the port meanwhile.
   */
  refuse(isRefusing: boolean): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface RtspServerOptions {
  readonly host: string;
  readonly port: number;
  readonly front: CameraFront;
  /** Kept up to date by the server: who is connected now. */
  readonly connections: Set<RtspConnection>;
}

/** Listens for RTSP clients. Throws LIMEN_DEMO_FAILED when the address cannot be bound. */
export async function openRtspServer({ host, port, front, connections }: RtspServerOptions): Promise<RtspServer> {
  const listen = async (onPort: number): Promise<Server> => {
    const server = createServer((socket) => {
      const connection = new RtspConnection(socket, front);
      connections.add(connection);
      connection.serve(() => connections.delete(connection));
    });
    server.maxConnections = MAX_CONNECTIONS;
    try {
      server.listen(onPort, host);
      await once(server, "listening");
    } catch (cause) {
      throw new LimenError("LIMEN_DEMO_FAILED", `the simulated camera cannot listen: ${messageOf(cause)}`, {
        hint: "Choose another port, or port 0 for any free one.",
        cause,
      });
    }
    return server;
  };
  const first = await listen(port);
  const address = first.address();
  const boundPort = address !== null && typeof address === "object" ? address.port : port;
  let listener: Server | null = first;
  let closing: Promise<void> | undefined;
  /** One change at a time: a port that is being closed must not be opened at once. */
  let turn: Promise<void> = Promise.resolve();
  const switchTo = async (isRefusing: boolean): Promise<void> => {
    if (closing !== undefined || isRefusing === (listener === null)) return;
    if (isRefusing) {
      listener?.close(); // the port is free at once; the server lingers until its last client has gone
      listener = null;
    } else {
      listener = await listen(boundPort);
    }
  };
  const close = async (): Promise<void> => {
    await turn;
    const closed = new Promise<void>((resolve) => (listener === null ? resolve() : listener.close(() => resolve())));
    for (const connection of connections) connection.destroy();
    await closed;
  };
  return {
    port: boundPort,
    refuse(isRefusing) {
      const change = turn.then(() => switchTo(isRefusing));
      turn = change.catch(() => {}); // whoever asked for the change hears of it
      return change;
    },
    async [Symbol.asyncDispose]() {
      closing ??= close();
      await closing;
    },
  };
}
