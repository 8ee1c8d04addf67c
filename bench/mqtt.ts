import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connectAsync } from "mqtt";
import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import { openMqttDoor } from "#adapters/doors/mqtt-door";
import { tasmotaProfile } from "#adapters/doors/profiles/tasmota";
import { createPinoLogger } from "#adapters/log/pino-logger";
import { createMemoryMetrics } from "#adapters/metrics/memory-metrics";
import { openMqttConnection } from "#adapters/mqtt/connection";
import { issueGrant } from "#core/grant";
import { openMosquitto } from "#demo/broker";
import { type BenchResult, columns, percentile } from "./measure.js";

const DOORS = 100;
const DECISIONS = 1000;
const EVERY_MS = 20;
const BURST = 200;
const READY_MS = 30_000;
const DECISION_TOPIC = "limen/decision";
/** About the length of a real decision. */
const DECISION = "x".repeat(500);

/**
 * 100 doors and 50 decisions a second for 20 s: each is announced (QoS 1) and its command sent, over the two real connections and a
 * real Mosquitto, to a client that hears both and answers for all controllers. Values grant_to_wire_p50_ms, grant_to_wire_p99_ms: from
 * the call with the grant to the command's arrival at that client, through the broker; lost: announcements and commands that did
 * not arrive; burst_lost: of 200 announcements made in one instant.
 */
export async function benchMqtt(): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "limen-bench-"));
  const opened: AsyncDisposable[] = [];
  try {
    const broker = await openMosquitto({ directory });
    opened.push(broker);
    const [user] = broker.users;
    const names = Array.from({ length: DOORS }, (_, i) => `door-${i}`);
    const profiles = names.map((topic) => tasmotaProfile({ topic, relay: 1, pulseMs: 500 }));
    const logger = createPinoLogger({ level: "error", readable: false, write: () => {} });
    const parts = { clock: systemClock, logger, metrics: createMemoryMetrics() };
    const shared = {
      ...user,
      url: broker.url,
      ...parts,
      commandTopics: new Set(profiles.flatMap((profile) => profile.commandTopics)),
    };
    const control = await openMqttConnection({ ...shared, name: "control", clientId: "bench-control" });
    const telemetry = await openMqttConnection({ ...shared, name: "telemetry", clientId: "bench-telemetry" });
    opened.push(control, telemetry);

    const heardAtMs = new Map<string, number[]>();
    let announced = 0;
    const others = await connectAsync(broker.url, { ...user, protocolVersion: 5, clientId: "bench-others" });
    others.on("message", (topic) => {
      if (topic === DECISION_TOPIC) announced++;
      const [, door = "", word] = topic.split("/");
      if (word !== "POWER1") return;
      heardAtMs.set(door, [...(heardAtMs.get(door) ?? []), performance.now()]);
      others.publish(`stat/${door}/RESULT`, '{"POWER":"ON"}');
    });
    await others.subscribeAsync([DECISION_TOPIC, "cmnd/#"], { qos: 1 });
    const doors = await Promise.all(
      names.map((door, i) => {
        const profile = profiles[i];
        if (profile === undefined) throw new Error("a profile is missing");
        return openMqttDoor({ ...parts, door, profile, pulseMs: 500, transport: control, newId: newUlid });
      }),
    );
    opened.push(...doors);
    for (const door of names) await others.publishAsync(`tele/${door}/LWT`, "Online", { retain: true, qos: 1 });
    const giveUpAt = Date.now() + READY_MS;
    while (!telemetry.isOnline() || doors.some((door) => door.health().controller !== "online")) {
      if (Date.now() > giveUpAt) throw new Error("the doors did not come online");
      await delay(100);
    }
    // What is asked at the start is no command to open.
    await delay(1000);

    const tookMs: number[] = [];
    const never = new AbortController().signal;
    const decide = async (index: number): Promise<void> => {
      const name = names[index % DOORS] ?? "";
      const nowMs = systemClock.monotonicMs();
      const grant = issueGrant({
        decisionId: newUlid(),
        door: name,
        personId: "0".repeat(24),
        evidenceAtMs: nowMs,
        nowMs,
        now: systemClock.now(),
      });
      void telemetry.publish(DECISION_TOPIC, DECISION, { qos: 1, retain: false, expirySeconds: 60 });
      const round = heardAtMs.get(name)?.length ?? 0;
      const startMs = performance.now();
      await doors[index % DOORS]?.open(grant, never);
      const heard = heardAtMs.get(name)?.[round];
      if (heard !== undefined) tookMs.push(heard - startMs);
    };
    const startMs = performance.now();
    const all: Promise<void>[] = [];
    for (let i = 0; i < DECISIONS; i++) {
      await delay(Math.max(0, startMs + i * EVERY_MS - performance.now()));
      all.push(decide(i));
    }
    await Promise.all(all);
    await delay(1000);
    const lost = DECISIONS - tookMs.length + (DECISIONS - announced);

    announced = 0;
    const told = { qos: 1, retain: false, expirySeconds: 60 } as const;
    await Promise.all(Array.from({ length: BURST }, () => telemetry.publish(DECISION_TOPIC, DECISION, told)));
    await delay(1000);
    const burstLost = BURST - announced;
    await others.endAsync(true);

    const [p50, p99] = [percentile(tookMs, 0.5), percentile(tookMs, 0.99)];
    const table = columns([
      ["100 doors, 50 decisions/s for 20 s", "p50 ms", "p99 ms", "lost"],
      ["grant to the command's arrival", p50.toFixed(2), p99.toFixed(2), String(lost)],
      ["200 announcements in one instant", "", "", String(burstLost)],
    ]);
    return {
      values: { grant_to_wire_p50_ms: p50, grant_to_wire_p99_ms: p99, lost, burst_lost: burstLost },
      n: tookMs.length,
      table,
    };
  } finally {
    for (const part of opened.reverse()) await part[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  }
}
