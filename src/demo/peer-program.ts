import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { connect } from "mqtt";
import type { PeerEffect } from "#demo/peers/peer";
import { type PeerSettings, peerOf, readPeerSettings } from "#demo/peers/settings";
import { exitCodeOf, messageOf } from "#errors";

/**
 * A device people have, to try Limen with: `node dist/demo/peer-program.js`, settings as JSON on standard input. Each thing it does is one JSON
 * line on standard output: ready, offline, opened, relocked, stopped. MQTT 3.1.1, like the real ones.
 */
function run(settings: PeerSettings): void {
  const peer = peerOf(settings);
  const { url, username, password, kind } = settings;
  const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
  const tell = (event: string): void => void writeSync(1, `${JSON.stringify({ event, at: monotonicMs() })}\n`);
  let timer: NodeJS.Timeout | undefined;
  const client = connect(url, {
    protocolVersion: 4,
    clean: true,
    clientId: `limen-peer-${kind}-${process.pid}`,
    keepalive: 10,
    reconnectPeriod: 500,
    queueQoSZero: false,
    resubscribe: false,
    will: { topic: peer.will.topic, payload: Buffer.from(peer.will.payload), qos: 0, retain: true },
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  });
  const carryOut = (effects: readonly PeerEffect[]): void => {
    for (const effect of effects) {
      if (effect.do === "tell") tell(effect.event);
      else client.publish(effect.topic, effect.payload, { qos: 0, retain: effect.retain }, () => {});
    }
    clearTimeout(timer);
    const due = peer.dueAtMs();
    if (due !== null)
      timer = setTimeout(() => carryOut(peer.tick(monotonicMs())), Math.max(1, Math.ceil(due - monotonicMs())));
  };
  client.on("error", () => {});
  client.on("close", () => tell("offline"));
  client.on("connect", () => {
    if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    client.subscribe([...peer.subscribes], { qos: 0 }, (error) => {
      if (error) return void client.stream.destroy();
      carryOut(peer.connected());
      tell("ready");
    });
  });
  client.on("message", (topic, payload) => carryOut(peer.message(topic, payload.toString("utf8"), monotonicMs())));
  const stop = async (): Promise<void> => {
    clearTimeout(timer);
    // The lock of a device that loses its power is shut; so is this one's.
    carryOut(peer.tick(Number.POSITIVE_INFINITY));
    await client.endAsync(true);
    tell("stopped");
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop());
}

try {
  run(readPeerSettings());
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
