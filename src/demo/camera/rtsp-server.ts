import { once } from "node:events";
import { createServer } from "node:net";
import { type CameraFront, RtspConnection } from "#demo/camera/rtsp-connection";
import { LimenError, messageOf } from "#errors";

/** More clients at once than any test or demo has; a real camera allows about six. */
const MAX_CONNECTIONS = 32;

export interface RtspServer extends AsyncDisposable {
  readonly port: number;
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
  const server = createServer((socket) => {
    const connection = new RtspConnection(socket, front);
    connections.add(connection);
    connection.serve(() => connections.delete(connection));
  });
  server.maxConnections = MAX_CONNECTIONS;
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (cause) {
    throw new LimenError("LIMEN_DEMO_FAILED", `the simulated camera cannot listen: ${messageOf(cause)}`, {
      hint: "Choose another port, or port 0 for any free one.",
      cause,
    });
  }
  const address = server.address();
  let closing: Promise<void> | undefined;
  return {
    port: address !== null && typeof address === "object" ? address.port : port,
    async [Symbol.asyncDispose]() {
      closing ??= new Promise((resolve) => server.close(() => resolve()));
      for (const connection of connections) connection.destroy();
      await closing;
    },
  };
}
