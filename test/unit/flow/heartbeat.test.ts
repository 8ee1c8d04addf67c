import { expect, it } from "vitest";
import { LimenError } from "#errors";
import { createAuditWatch } from "#flow/audit-watch";
import { createHeartbeat } from "#flow/heartbeat";
import { FakeClock } from "../../fakes/fake-clock";
import { RecordingLogger, RecordingMetrics } from "../../fakes/quiet";
import { RecordingSupervisor } from "../../fakes/recording-supervisor";

const WATCHDOG_MS = 12_000;

function beating(watchdogMs: number | null = WATCHDOG_MS) {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const metrics = new RecordingMetrics();
  const supervisor = new RecordingSupervisor(watchdogMs);
  const heart = createHeartbeat({ supervisor, clock, logger, metrics });
  const stop = new AbortController();
  const running = heart.run(stop.signal);
  /** Second by second, with what happens in each. */
  const pass = async (seconds: number, each: () => void = () => {}): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      each();
      await clock.advance(1000);
    }
  };
  const fed = (): number => supervisor.heard.filter((word) => word === "alive").length;
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  return { clock, logger, metrics, heart, pass, fed, end, signal: stop.signal };
}

it("while every part goes on, the watchdog is fed at least twice in its period", async () => {
  const { heart, pass, fed, end } = beating();
  const life = heart.ticker("camera front", 3000);
  await pass(60, life.beat);
  expect(fed()).toBeGreaterThanOrEqual(2 * 5);
  expect(fed()).toBeLessThanOrEqual(60 / 3);
  expect(heart.stuck()).toEqual([]);
  await end();
});

it("a part that falls silent starves the watchdog, is named once, and is forgiven when it goes on", async () => {
  const { heart, pass, fed, logger, metrics, end } = beating();
  const silent = heart.ticker("camera front", 3000);
  const other = heart.ticker("audit log", 3000);
  await pass(10, other.beat);
  const before = fed();
  await pass(30, other.beat);
  expect(fed()).toBe(before);
  expect(heart.stuck().map(({ part }) => part)).toEqual(["camera front"]);
  expect(metrics.gauges.get("limen_stuck_parts")).toBe(1);
  await pass(10, () => {
    silent.beat();
    other.beat();
  });
  expect(fed()).toBeGreaterThan(before);
  expect(logger.lines.map(({ level, fields }) => [level, fields["part"]])).toEqual([
    ["error", "camera front"],
    ["info", undefined],
  ]);
  await end();
});

it("a part that waits, for work or for a broker that is away, is not stuck; work that does not end is", async () => {
  const { heart, pass, end } = beating();
  const pictures = heart.worker("camera front", 3000);
  const broker = heart.ticker("MQTT connection", 3000);
  broker.rest();
  await pass(60);
  expect(heart.stuck()).toEqual([]);
  pictures.begin();
  await pass(2);
  pictures.end();
  await pass(20);
  expect(heart.stuck()).toEqual([]);
  pictures.begin();
  await pass(5);
  expect(heart.stuck().map(({ part }) => part)).toEqual(["camera front"]);
  await end();
});

it("after a halt of the whole program no part is accused of what the program missed", async () => {
  const { clock, heart, pass, fed, metrics, end } = beating();
  const life = heart.ticker("camera front", 3000);
  await pass(5, life.beat);
  await clock.advance(60_000);
  expect(heart.stuck()).toEqual([]);
  expect(metrics.observed.at(-1)).toEqual({ name: "limen_event_loop_delay_seconds", value: 59 });
  const before = fed();
  await pass(10);
  expect(heart.stuck().map(({ part }) => part)).toEqual(["camera front"]);
  expect(fed() - before).toBeLessThanOrEqual(2);
  await end();
});

it("without a watchdog nobody is fed, and who is stuck is known all the same", async () => {
  const { heart, pass, fed, end } = beating(null);
  heart.ticker("camera front", 3000);
  await pass(10);
  expect(fed()).toBe(0);
  expect(heart.stuck()).toHaveLength(1);
  await end();
});

it("an audit log that fails is alive and a problem; one that hangs is stuck", async () => {
  const { clock, heart, pass, end, signal } = beating();
  const answers: (() => Promise<[]>)[] = [
    async () => [],
    async () => {
      throw new LimenError("LIMEN_STORE_FULL", "the disk is full");
    },
  ];
  const list = (): Promise<[]> => (answers.shift() ?? (() => new Promise<[]>(() => {})))();
  const watch = createAuditWatch({ audit: { list }, life: heart.ticker("audit log", 8000), clock });
  void watch.run(signal);
  await pass(4);
  expect(watch.fault()).toBeNull();
  await pass(4);
  expect(watch.fault()).toBe("LIMEN_STORE_FULL");
  expect(heart.stuck()).toEqual([]);
  await pass(20);
  expect(heart.stuck().map(({ part }) => part)).toEqual(["audit log"]);
  await end();
});
