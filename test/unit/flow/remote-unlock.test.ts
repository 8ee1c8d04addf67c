import { expect, it } from "vitest";
import type { Grant } from "#core/grant";
import { instant } from "#core/instant";
import type { DoorMode } from "#core/policy";
import type { RemoteRequest } from "#core/remote-unlock";
import { createDoorModes } from "#flow/door-modes";
import { createDoorStanding } from "#flow/door-standing";
import { guardedDoor } from "#flow/guarded-door";
import { createRemoteUnlock } from "#flow/remote-unlock";
import type { DoorController } from "#ports/door-controller";
import { FakeClock } from "../../fakes/fake-clock";
import { MemoryAuditLog } from "../../fakes/memory-audit-log";
import { MemoryStandingStore } from "../../fakes/memory-standing-store";
import { RecordingAnnouncer, RecordingLogger, RecordingMetrics } from "../../fakes/quiet";
import { doorPolicy } from "../../fakes/situations";

const { signal } = new AbortController();

function rig({ mode = "normal" as DoorMode, relock }: { mode?: DoorMode; relock?: () => Promise<boolean> } = {}) {
  const clock = new FakeClock();
  const audit = new MemoryAuditLog();
  const announcer = new RecordingAnnouncer();
  const grants: Grant[] = [];
  const state = { mode, notesWhenOpened: 0 };
  const controller: DoorController = {
    async open(grant) {
      state.notesWhenOpened = audit.notes.length;
      grants.push(grant);
      return { commandId: "c", actuation: "acked", why: "ok", sentAtMs: 1, ackedAtMs: 2 };
    },
    async *feedback() {},
    health: () => ({ broker: "online", controller: "online", concerns: [] }),
    ...(relock === undefined ? {} : { relock }),
  };
  let id = 0;
  const remote = createRemoteUnlock({
    doors: new Map([
      [
        "front",
        {
          rules: { unlock: true, unsigned: false },
          policy: () => doorPolicy({ mode: state.mode }),
          standing: createDoorStanding(clock.monotonicMs()),
          controller: guardedDoor(controller, () => state.mode),
        },
      ],
    ]),
    ...{ isClockTrusted: () => true, audit, announcer, newId: () => `event-${++id}`, clock },
    ...{ logger: new RecordingLogger(), metrics: new RecordingMetrics() },
  });
  const ask = (changes: Partial<RemoteRequest> = {}) =>
    remote.unlock(
      {
        ...{ door: "front", by: "signed:panel", proof: "signed", id: `r${id}`, retained: false, listeningMs: 9000 },
        ...{ madeAt: clock.now(), expiresAt: instant(clock.now() + 5000) },
        ...changes,
      },
      signal,
    );
  return { clock, audit, announcer, grants, state, ask, lock: (door: string) => remote.lock(door, "mqtt", signal) };
}

it.each([
  ["is sent", async (): Promise<boolean> => true, "sent"],
  ["is lost", async (): Promise<boolean> => false, "not_sent"],
  ["fails", async (): Promise<boolean> => Promise.reject(new Error("odd")), "not_sent"],
  ["is nothing the controller knows", undefined, "cannot"],
] as const)("a wish to lock early that %s is answered so, and opens nothing", async (_name, relock, answer) => {
  const { lock, grants } = rig({ mode: "locked_down", ...(relock === undefined ? {} : { relock }) });
  expect(await lock("front")).toBe(answer);
  expect(await lock("nowhere")).toBe("no_such_door");
  expect(grants).toEqual([]);
});

it("a request that cannot be recorded opens nothing", async () => {
  const { audit, grants, ask, announcer } = rig();
  audit.full = true;
  expect(await ask()).toEqual({ result: "refused", id: null, why: "audit_unavailable" });
  expect(grants).toEqual([]);
  expect(announcer.events).toEqual([]);
});

it("a request that may is recorded first, opens once, and what became of it is kept and told under the same id", async () => {
  const { audit, grants, state, announcer, ask } = rig();
  expect(await ask({ id: "r" })).toEqual({ result: "granted", id: "event-1", actuation: "acked", why: "ok" });
  expect(state.notesWhenOpened).toBe(1);
  expect(grants).toMatchObject([{ decisionId: "event-1", door: "front", personId: null }]);
  expect(audit.notes).toMatchObject([{ id: "event-1", kind: "remote_unlock", by: "signed:panel", outcome: "granted" }]);
  expect(audit.noteOutcomes).toMatchObject([{ eventId: "event-1", actuation: "acked", commandId: "c" }]);
  expect(announcer.events).toMatchObject([{ id: "event-1" }, { id: "event-1", actuation: "acked" }]);
  expect(await ask({ id: "r" })).toMatchObject({ result: "refused", why: "replay" });
  expect(grants).toHaveLength(1);
});

it("a grant never outlives the request it was made for", async () => {
  const { clock, grants, ask } = rig();
  await ask({ expiresAt: instant(clock.now() + 700) });
  expect((grants[0]?.expiresAtMs ?? 0) - clock.monotonicMs()).toBe(700);
});

it.each([
  ["shadow", "door_in_shadow"],
  ["locked_down", "door_locked_down"],
  ["disabled", "door_disabled"],
] as const)("a door in mode %s opens for nobody from afar", async (mode, why) => {
  const { grants, ask } = rig({ mode });
  expect(await ask()).toMatchObject({ result: "refused", why });
  expect(grants).toEqual([]);
});

it("a door that is locked down while the request is being recorded stays shut", async () => {
  const { audit, grants, state, ask } = rig();
  const note = audit.note.bind(audit);
  audit.note = async (event) => {
    await note(event);
    state.mode = "locked_down";
  };
  expect(await ask()).toMatchObject({ result: "granted", actuation: "refused", why: "door_mode" });
  expect(grants).toEqual([]);
});

it("a burst opens three times, and refusals without end do not fill the disk", async () => {
  const { audit, grants, ask } = rig();
  for (let i = 0; i < 200; i++) await ask({ id: `burst-${i}` });
  expect(grants).toHaveLength(3);
  expect(audit.notes.length).toBeLessThanOrEqual(3 + 20);
});

function modesRig(control: boolean, configured: DoorMode = "normal") {
  const store = new MemoryStandingStore();
  const events: unknown[] = [];
  const open = async () => {
    const modes = createDoorModes({ store, logger: new RecordingLogger(), metrics: new RecordingMetrics() });
    const report = async (event: unknown) => void events.push(event);
    const leave = await modes.joined({ id: "front", rules: () => ({ configured, control }), report });
    return { ...modes, leave };
  };
  return { store, events, open };
}

it("a lock-down holds at once and over a restart, also where it could not be kept until then", async () => {
  const { store, events, open } = modesRig(false);
  const modes = await open();
  store.full = true;
  expect(await modes.wish("front", { kind: "lockdown", on: true }, "mqtt")).toBe("changed");
  expect(modes.mode("front")).toBe("locked_down");
  expect(events).toEqual([{ kind: "mode_changed", by: "mqtt", mode: "locked_down" }]);
  store.full = false;
  const again = await open();
  await again.wish("front", { kind: "lockdown", on: true }, "mqtt");
  expect((await open()).mode("front")).toBe("locked_down");
  expect(await again.wish("front", { kind: "lockdown", on: false }, "mqtt")).toBe("not_allowed");
});

it("what lets more through holds only once it is kept, and a mode that cannot be read locks the door down", async () => {
  const { store, open } = modesRig(true, "shadow");
  const modes = await open();
  store.full = true;
  expect(await modes.wish("front", { kind: "shadow", on: false }, "mqtt")).toBe("not_kept");
  expect(modes.mode("front")).toBe("shadow");
  store.full = false;
  expect(await modes.wish("front", { kind: "shadow", on: false }, "mqtt")).toBe("changed");
  expect((await open()).mode("front")).toBe("normal");
  store.damaged = true;
  expect((await open()).mode("front")).toBe("locked_down");
  expect(modes.mode("unheard-of")).toBe("locked_down");
});

it("a lock-down that comes while a looser mode is being written wins", async () => {
  const { store, open } = modesRig(true, "shadow");
  const modes = await open();
  const keepMode = store.keepMode.bind(store);
  let first = true;
  store.keepMode = async (door, standing) => {
    await keepMode(door, standing);
    if (!first) return;
    first = false;
    await modes.wish("front", { kind: "lockdown", on: true }, "mqtt");
  };
  await modes.wish("front", { kind: "mode", mode: "free_access" }, "mqtt");
  expect(modes.mode("front")).toBe("locked_down");
  expect(store.modes.get("front")?.lockedDown).toBe(true);
});

it("a door that has left is locked down for whoever asks, and again as it was kept once it is back", async () => {
  const { open } = modesRig(true);
  const modes = await open();
  await modes.wish("front", { kind: "shadow", on: true }, "mqtt");
  modes.leave();
  expect(modes.mode("front")).toBe("locked_down");
  expect(await modes.wish("front", { kind: "shadow", on: false }, "mqtt")).toBe("not_allowed");
  await modes.joined({ id: "front", rules: () => ({ configured: "normal", control: true }), report: async () => {} });
  expect(modes.mode("front")).toBe("shadow");
  // The door that left before says nothing about the one that is there now.
  modes.leave();
  expect(modes.mode("front")).toBe("shadow");
});
