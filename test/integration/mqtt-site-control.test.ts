import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openMqttConnection } from "#adapters/mqtt/connection";
import { openMqttSiteControl } from "#adapters/mqtt/remote-site";
import { keepThreshold, keptThreshold } from "#adapters/status/threshold-file";
import { openMosquitto } from "#demo/broker";
import { openSiteControl } from "#flow/site-control";
import { FakeDoor } from "../fakes/fake-door";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet";
import { until } from "../fixtures/until";

it("over a real broker: the threshold is raised and told of, a restart asked for, a door tested; retained and malformed words do nothing", async () => {
  const directory = await mkdtemp(join(tmpdir(), "limen-site-control-"));
  await using broker = await openMosquitto({ directory });
  const [user] = broker.users;
  const tools = { clock: systemClock, logger: new RecordingLogger(), metrics: new RecordingMetrics() };
  await using connection = await openMqttConnection({
    url: broker.url,
    ...user,
    clientId: "limen-control",
    name: "control",
    ...tools,
  });
  await using other = Object.assign(await connectAsync(broker.url, { ...user }), {
    [Symbol.asyncDispose]: async () => void (await other.endAsync(true)),
  });
  // Waiting on the broker before Limen comes: nobody knows how old it is.
  await other.publishAsync("limen/cmd/restart", "PRESS", { qos: 1, retain: true });
  await other.publishAsync("limen/threshold/set", "0.99", { qos: 1, retain: true });
  const file = join(directory, "threshold");
  const restarts: string[] = [];
  const control = await openSiteControl({
    floor: () => 0.85,
    kept: () => keptThreshold(file),
    keep: (score) => keepThreshold(file, score),
    restart: () => void restarts.push("restart"),
    controllers: new Map([["front", new FakeDoor("front", systemClock)]]),
    ...tools,
  });
  const heard = new Map<string, string>();
  other.on("message", (topic, payload) => void heard.set(topic, payload.toString("utf8")));
  await other.subscribeAsync(["limen/threshold", "limen/door/front/tested"], { qos: 1 });
  await until("the connection stands", () => connection.isOnline(), 10_000);
  using overSite = openMqttSiteControl({
    connection,
    prefix: "limen",
    ofSite: true,
    control,
    metrics: tools.metrics,
  });
  using _ = overSite.tests("front");
  await until("the threshold is told", () => heard.get("limen/threshold") === "0.850", 5000);

  for (const nonsense of ["", "0.5; DROP", "high", "9", "0.2"])
    await other.publishAsync("limen/threshold/set", nonsense, { qos: 1 });
  await other.publishAsync("limen/threshold/set", "0.91", { qos: 1 });
  await until("the new one is told", () => heard.get("limen/threshold") === "0.910", 5000);
  // It is told at once, and on the disk a moment later.
  await expect.poll(() => keptThreshold(file)).toBe(0.91);

  await other.publishAsync("limen/door/front/test", "PRESS", { qos: 1 });
  await until("the test is told", () => heard.has("limen/door/front/tested"), 5000);
  expect(JSON.parse(heard.get("limen/door/front/tested") ?? "")).toMatchObject({
    v: 1,
    door: "front",
    ok: true,
    controller: "online",
  });
  expect(restarts).toEqual([]);
  await other.publishAsync("limen/cmd/restart", "PRESS", { qos: 1 });
  await until("a restart is asked for", () => restarts.length === 1, 5000);

  await writeFile(file, "0.9 or so");
  await expect(keptThreshold(file)).rejects.toThrow();
  expect(await keptThreshold(join(directory, "nothing"))).toBeNull();
  await rm(directory, { recursive: true });
});
