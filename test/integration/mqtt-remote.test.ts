import { createHmac, randomBytes } from "node:crypto";
import { beforeEach, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import { openMqttConnection } from "#adapters/mqtt/connection";
import { openMqttRemote } from "#adapters/mqtt/remote";
import type { Grant } from "#core/grant";
import { openMosquitto } from "#demo/broker";
import { createDoorModes } from "#flow/door-modes";
import { createDoorStanding } from "#flow/door-standing";
import { guardedDoor } from "#flow/guarded-door";
import { createRemoteUnlock } from "#flow/remote-unlock";
import { MemoryAuditLog } from "../fakes/memory-audit-log.js";
import { MemoryStandingStore } from "../fakes/memory-standing-store.js";
import { RecordingAnnouncer, RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { doorPolicy } from "../fakes/situations.js";
import { disposeAfterEach, folderUntilLater } from "../fixtures/dispose-after-each.js";
import { type Outsider, openOutsider } from "../fixtures/outsider.js";
import { until } from "../fixtures/until.js";

const SET = "limen/door/front/set";
const UNLOCK = "limen/cmd/unlock";
const SOON_MS = 15_000;
const key = randomBytes(32);
const later = disposeAfterEach();
let home: Outsider;
let audit: MemoryAuditLog;
let grants: Grant[];
let metrics: RecordingMetrics;
let waited: number;
let relocks: number;

/** Limen's side: a real broker, a door that always opens. The clock is moved on so that no test waits for the settling time. */
beforeEach(async () => {
  const directory = await folderUntilLater(later, "limen-remote-");
  const broker = later(await openMosquitto({ directory }));
  home = later(await openOutsider(broker));
  await home.say(SET, "UNLOCK", { retain: true });
  waited = 0;
  relocks = 0;
  const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + waited };
  audit = new MemoryAuditLog();
  grants = [];
  metrics = new RecordingMetrics();
  const tools = { logger: new RecordingLogger(), metrics };
  const [user] = broker.users;
  const control = { clientId: "limen-test-control", name: "control" } as const;
  const connection = later(await openMqttConnection({ url: broker.url, ...user, ...control, clock, ...tools }));
  const modes = createDoorModes({ store: new MemoryStandingStore(), ...tools });
  const modeRules = () => ({ configured: "normal", control: false }) as const;
  await modes.joined({ id: "front", rules: modeRules, report: async () => {} });
  const mode = () => modes.mode("front");
  const controller = {
    open: async (grant: Grant) => {
      grants.push(grant);
      return { commandId: "c", actuation: "acked", why: "ok", sentAtMs: 1, ackedAtMs: 2 } as const;
    },
    async *feedback() {},
    relock: async () => ++relocks > 0,
    health: () => ({ broker: "online", controller: "online", concerns: [] }) as const,
  };
  const standing = createDoorStanding(clock.monotonicMs());
  const policy = () => doorPolicy({ mode: mode() });
  const rules = { unlock: true, unsigned: true };
  const doors = new Map([["front", { rules, policy, standing, controller: guardedDoor(controller, mode) }]]);
  const remote = createRemoteUnlock({
    ...{
      doors,
      audit,
      isClockTrusted: () => true,
      announcer: new RecordingAnnouncer(),
      newId: newUlid,
      clock,
      ...tools,
    },
  });
  const { signal } = new AbortController();
  const keys = new Map([["panel", key]]);
  const overMqtt = openMqttRemote({
    ...{ connection, prefix: "limen", keys, remote, modes, clock, metrics, signal },
  });
  overMqtt.door("front");
  later({ [Symbol.asyncDispose]: async () => overMqtt[Symbol.dispose]() });
  await until("how the door stands is told", () => home.on("limen/door/front/lockdown").length > 0, SOON_MS);
});

function signed(id: string, { lifeMs = 5000, topic = UNLOCK, agoMs = 0 } = {}): string {
  const now = Date.now();
  const inner = JSON.stringify({ id, door: "front", iat: now - agoMs, exp: now + lifeMs });
  const body = Buffer.from(inner).toString("base64url");
  const sig = createHmac("sha256", key).update(`limen-req-1.${topic}.${body}`).digest("base64url");
  return JSON.stringify({ v: 1, kid: "panel", body, sig });
}
const asked = (count: number): Promise<void> =>
  until(`${count} requests are answered`, () => metrics.of("limen_remote_requests_total") >= count, SOON_MS);
const refusals = () => audit.notes.map((note) => (note.kind === "remote_unlock" ? note.why : note.kind));

it("UNLOCK as Home Assistant sends it opens: not one the broker kept, nor retained, nor right after connecting", async () => {
  await home.say(SET, "UNLOCK");
  await asked(1);
  expect(refusals()).toEqual(["just_connected"]);
  waited = 4000;
  await home.say(SET, "UNLOCK", { retain: true });
  await home.say(SET, "UNLOCK plus");
  await asked(3);
  expect(refusals()).toEqual(["just_connected", "retained"]);
  expect(grants).toEqual([]);
  await home.say(SET, "UNLOCK");
  await asked(4);
  await home.say(SET, JSON.stringify({ a: "UNLOCK", t: Date.now() / 1000 - 40 }));
  await asked(5);
  expect(refusals()).toEqual(["just_connected", "retained", "ok", "expired"]);
  expect(grants).toHaveLength(1);
});

it("LOCK ends a release early, unless the broker kept it", async () => {
  await home.say(SET, "LOCK", { retain: true });
  await asked(1);
  expect(relocks).toBe(0);
  await home.say(SET, "LOCK");
  await asked(2);
  expect([relocks, grants.length]).toEqual([1, 0]);
});

it("a signed request opens once and is answered; again, late, for another topic, unsigned and in a burst it does not", async () => {
  const first = signed("a");
  await home.say(UNLOCK, first);
  await home.say(UNLOCK, first);
  await asked(2);
  await home.say(UNLOCK, signed("b", { lifeMs: -1, agoMs: 1 }));
  await home.say(UNLOCK, signed("c", { lifeMs: 31_000 }));
  await home.say(UNLOCK, signed("d", { topic: "limen/other" }));
  await home.say(UNLOCK, JSON.stringify({ v: 1, door: "front", id: "e" }));
  await asked(6);
  expect(refusals()).toEqual(["ok", "replay", "expired", "expired"]);
  for (let i = 0; i < 6; i++) await home.say(UNLOCK, signed(`burst-${i}`));
  await asked(12);
  expect(grants).toHaveLength(3);
  expect(refusals().filter((why) => why === "rate_limited")).toHaveLength(4);
  await until("every signed request is answered", () => home.on("limen/reply/panel").length === 10, SOON_MS);
  const replies = home.on("limen/reply/panel").map(({ payload }) => JSON.parse(payload));
  expect(replies[0]).toMatchObject({ id: "a", ok: true, result: { actuated: "acked" } });
  expect(replies[1]).toEqual({ v: 1, id: "a", ok: false, error: { code: "replay" } });
});

it("locking down takes no permission and holds against every request; leaving it does", async () => {
  waited = 4000;
  const lockdown = (): string | undefined => home.on("limen/door/front/lockdown").at(-1)?.payload;
  expect(lockdown()).toBe("OFF");
  await home.say("limen/door/front/lockdown/set", "ON", { retain: true });
  await asked(1);
  await home.say("limen/door/front/lockdown/set", "ON");
  await until("the door is locked down", () => lockdown() === "ON", SOON_MS);
  await home.say("limen/door/front/lockdown/set", "OFF");
  await home.say("limen/door/front/mode/set", "normal");
  await home.say("limen/door/front/shadow/set", "OFF");
  await home.say(UNLOCK, signed("x"));
  await asked(6);
  expect(refusals()).toEqual(["door_locked_down"]);
  expect(lockdown()).toBe("ON");
  expect(grants).toEqual([]);
});
