import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";

/** The longest answer of an honest camera (all profiles of a recorder) is some 200 kB. */
const MOST_BYTES = 1024 * 1024;

/**
 * An HTTP agent for one device: every connection is its own, ends after a megabyte (the `onvif` package would take any amount), and
 * all end with `destroy()`. Certificates are not checked: cameras have home-made ones, and with plain http beside it nothing would
 * be gained.
 */
export function limitedAgent(secure: boolean): HttpAgent | HttpsAgent {
  const open = new Set<Duplex>();
  const agent = secure ? new HttpsAgent({ rejectUnauthorized: false }) : new HttpAgent();
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback);
    if (socket === null || socket === undefined) return socket;
    let bytes = 0;
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) socket.destroy(new Error("the answer is too long"));
    });
    return socket;
  };
  const destroy = agent.destroy.bind(agent);
  agent.destroy = () => {
    for (const socket of open) socket.destroy();
    destroy();
  };
  return agent;
}
