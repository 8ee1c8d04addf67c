import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { createMemoryMetrics } from "#adapters/metrics/memory-metrics";
import { openMqttConnection } from "#adapters/mqtt/connection";
import { openWatch } from "#app-watch";
import { openMosquitto } from "#demo/broker";
import { freePort } from "#demo/free-port";
import { MemoryAuditLog } from "../fakes/memory-audit-log";
import { RecordingLogger } from "../fakes/quiet";
import { until } from "../fixtures/until";

/** What the watchdog takes for life in the MQTT machinery: every attempt is heard, while the broker is away and when it is back. */
it("a connection shows with every attempt that it goes on, and rests while it stands", async () => {
  const directory = await mkdtemp(join(tmpdir(), "limen-broker-"));
  const logger = new RecordingLogger();
  const stop = new AbortController();
  const watch = openWatch(
    { audit: new MemoryAuditLog(), env: {} },
    { logger, metrics: createMemoryMetrics() },
    { signal: stop.signal, ending: stop.signal },
  );
  const heard: string[] = [];
  const outage = watch.brokerLife({
    lost: (connection) => void heard.push(`lost ${connection}`),
    found: (connection) => void heard.push(`found ${connection}`),
  });
  const port = await freePort("127.0.0.1");
  try {
    await using connection = await openMqttConnection({
      ...{
        url: `mqtt://127.0.0.1:${port}`,
        name: "control",
        clientId: "limen-life",
        clock: systemClock,
        logger,
        outage,
      },
      ...{ username: "a", password: "b" },
    });
    await until("the third attempt", () => heard.length >= 3, 30_000);
    expect(new Set(heard)).toEqual(new Set(["lost control"]));
    await using _broker = await openMosquitto({ directory, port, users: [{ username: "a", password: "b" }] });
    await until("the connection to stand", () => connection.isOnline(), 30_000);
    expect(heard.at(-1)).toBe("found control");
  } finally {
    stop.abort();
    await watch[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  }
});
