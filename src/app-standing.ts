import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import type { Records } from "#app-offline";
import { passbackOf, type Tools } from "#app-parts";
import type { DoorConfig } from "#config/config";
import { type Instant, instant, type Now } from "#core/instant";
import { NO_LOCK_OUT, restoredFrom } from "#core/lock-out";
import { forgottenOf } from "#core/passback";
import { createClockWatch } from "#flow/clock-watch";
import type { DoorLeaf } from "#flow/door-leaf";
import { openDoorModes } from "#flow/door-modes";
import { createDoorReporter } from "#flow/door-reports";
import { createDoorStanding, type DoorStanding } from "#flow/door-standing";
import { watchDoor } from "#flow/door-watch";
import { createSiteMemory } from "#flow/site-memory";
import { createStandingKeeper } from "#flow/standing-keeper";
import type { Announcer } from "#ports/announcer";
import type { DoorController } from "#ports/door-controller";
import type { DoorModes } from "#ports/remote-doors";
import { MADE_AT } from "#version";

export interface Standings {
  /** How the doors stand, and changing it from afar. */
  readonly modes: DoorModes;
  isClockTrusted(): boolean;
  /** What this door remembers and knows of the others. */
  of(door: string): DoorStanding;
  /** Why that keeps doors shut now. */
  problems(): { readonly clock: "jumped" | "too_early" | null; readonly lockedOut: Readonly<Record<string, number>> };
  /** Listens to the controllers and watches the clock, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export interface StandingsParts {
  readonly records: Pick<Records, "audit" | "standing">;
  readonly doors: readonly {
    readonly door: DoorConfig;
    /** As the configuration describes it now. */
    readonly live: { readonly door: () => DoorConfig };
    readonly controller: DoorController;
    readonly leaf: DoorLeaf;
  }[];
  readonly announcer: Announcer;
  readonly tools: Tools;
}

/** Joins what doors remember, from what was kept before. Throws LIMEN_STORE_*. */
export async function openStandings({ records, doors, announcer, tools }: StandingsParts): Promise<Standings> {
  const { audit, standing: store } = records;
  const clock = systemClock;
  const parts = { ...tools, clock };
  const now: Now = { nowMs: clock.monotonicMs(), now: clock.now() };
  const watch = createClockWatch({ ...parts, earliest: await earliestOf(audit) });
  const isClockTrusted = (): boolean => watch.fault() === null;
  const keeper = createStandingKeeper({ store, ...tools });
  const siteDoors = doors.map(({ door, controller }) => ({
    id: door.id,
    pulseMs: door.controller.pulseMs,
    isReachable: () => controller.health().controller === "online",
  }));
  const policies = doors.map(({ door }) => passbackOf(door));
  const kept = await store.stays();
  // By a clock that is not trusted nobody is forgotten.
  const forgotten = isClockTrusted() ? forgottenOf(policies, kept, now.now) : [];
  for (const { personId, area } of forgotten) await keeper.keep((to) => to.endStay(personId, area));
  const stays = kept.filter((stay) => !forgotten.includes(stay));
  const site = createSiteMemory(siteDoors, { stays, keeper, nowMs: now.nowMs });

  const members = new Map<string, { standing: DoorStanding; watch: (signal: AbortSignal) => Promise<void> }>();
  const reporterOf = (door: string) => createDoorReporter({ door, audit, announcer, newId: newUlid, ...parts });
  const modes = await openDoorModes(
    doors.map(({ door: { id, remote }, live }) => {
      const rules = () => ({ configured: live.door().mode, control: remote.control });
      return { id, rules, report: reporterOf(id) };
    }),
    { store, ...tools },
  );
  for (const { door, controller, leaf } of doors) {
    const { id } = door;
    const report = reporterOf(id);
    const mode = () => modes.mode(id);
    const onMode = (listener: () => void) => modes.watch((changed) => changed === id && listener());
    const before = door.policy.lockOut.refusals === 0 ? null : await store.lockOut(id);
    const lockOut = before === null ? NO_LOCK_OUT : restoredFrom(before, now, isClockTrusted());
    members.set(id, {
      standing: createDoorStanding(now.nowMs, { lockOut, site, keeper, report, isClockTrusted }),
      watch: (signal) =>
        watchDoor({ door: id, mode, onMode, controller, leaf, announcer, site, report, ...parts }, signal),
    });
  }

  return {
    modes,
    isClockTrusted,
    of: (door) => members.get(door)?.standing ?? createDoorStanding(now.nowMs),
    problems() {
      const atMs = clock.monotonicMs();
      const lockedOut = [...members].map(([id, { standing }]) => [id, standing.lockedOutMs(atMs)] as const);
      return { clock: watch.fault(), lockedOut: Object.fromEntries(lockedOut.filter(([, ms]) => ms > 0)) };
    },
    async run(signal) {
      await Promise.all([watch.run(signal), ...[...members.values()].map((member) => member.watch(signal))]);
    },
  };
}

/** Before this the clock is certainly wrong. The record written last, not the latest: a clock that was once far ahead is forgiven. */
async function earliestOf(audit: Records["audit"]): Promise<Instant> {
  const [newest] = await audit.list({ limit: 1 });
  return instant(Math.max(MADE_AT, newest?.record.at ?? MADE_AT));
}
