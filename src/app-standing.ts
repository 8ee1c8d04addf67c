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
import { createDoorModes } from "#flow/door-modes";
import { createDoorReporter } from "#flow/door-reports";
import { createDoorStanding, type DoorStanding } from "#flow/door-standing";
import { watchDoor } from "#flow/door-watch";
import { createSiteMemory } from "#flow/site-memory";
import { createStandingKeeper } from "#flow/standing-keeper";
import type { Announcer } from "#ports/announcer";
import type { DoorController } from "#ports/door-controller";
import type { DoorModes } from "#ports/remote-doors";
import { MADE_AT } from "#version";

export interface JoiningDoor {
  readonly door: DoorConfig;
  /** As the configuration describes it now. */
  readonly live: { readonly door: () => DoorConfig };
  readonly controller: DoorController;
  readonly leaf: DoorLeaf;
}

/** What a door remembers and knows of the others, for as long as it is there; disposed of, it is locked down and not known to be shut. */
export interface Membership extends Disposable {
  readonly standing: DoorStanding;
  /** Listens to the controller until the signal aborts. */
  watch(signal: AbortSignal): Promise<void>;
}

export interface Standings {
  /** How the doors stand, and changing it from afar. */
  readonly modes: DoorModes;
  isClockTrusted(): boolean;
  /** With what was kept of the door. Throws LIMEN_STORE_*. */
  join(door: JoiningDoor): Promise<Membership>;
  /** Why that keeps doors shut now. */
  problems(): { readonly clock: "jumped" | "too_early" | null; readonly lockedOut: Readonly<Record<string, number>> };
  /** Watches the clock, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export interface StandingsParts {
  readonly records: Pick<Records, "audit" | "standing">;
  /** Those whose areas people may have stayed in. */
  readonly doors: readonly DoorConfig[];
  readonly announcer: Announcer;
  readonly tools: Tools;
}

/** Joins what doors remember, from what was kept before. Throws LIMEN_STORE_*. */
export async function openStandings({ records, doors, announcer, tools }: StandingsParts): Promise<Standings> {
  const { audit, standing: store } = records;
  const clock = systemClock;
  const parts = { ...tools, clock };
  const nowBoth = (): Now => ({ nowMs: clock.monotonicMs(), now: clock.now() });
  const watch = createClockWatch({ ...parts, earliest: await earliestOf(audit) });
  const isClockTrusted = (): boolean => watch.fault() === null;
  const keeper = createStandingKeeper({ store, ...tools });
  const kept = await store.stays();
  // By a clock that is not trusted nobody is forgotten.
  const forgotten = isClockTrusted() ? forgottenOf(doors.map(passbackOf), kept, clock.now()) : [];
  for (const { personId, area } of forgotten) await keeper.keep((to) => to.endStay(personId, area));
  const stays = kept.filter((stay) => !forgotten.includes(stay));
  const site = createSiteMemory({ stays, keeper });
  const modes = createDoorModes({ store, ...tools });
  const members = new Map<string, DoorStanding>();

  return {
    modes,
    isClockTrusted,
    async join({ door, live, controller, leaf }) {
      const { id, remote } = door;
      const now = nowBoth();
      const report = createDoorReporter({ door: id, audit, announcer, newId: newUlid, ...parts });
      const before = door.policy.lockOut.refusals === 0 ? null : await store.lockOut(id);
      const lockOut = before === null ? NO_LOCK_OUT : restoredFrom(before, now, isClockTrusted());
      const rules = () => ({ configured: live.door().mode, control: remote.control });
      const leaveModes = await modes.joined({ id, rules, report });
      const isReachable = (): boolean => controller.health().controller === "online";
      site.joined({ id, pulseMs: door.controller.pulseMs, isReachable }, clock.monotonicMs());
      const standing = createDoorStanding(now.nowMs, { lockOut, site, keeper, report, isClockTrusted });
      members.set(id, standing);
      const mode = () => modes.mode(id);
      const onMode = (listener: () => void) => modes.watch((changed) => changed === id && listener());
      return {
        standing,
        watch: (signal) =>
          watchDoor({ door: id, mode, onMode, controller, leaf, announcer, site, report, ...parts }, signal),
        [Symbol.dispose]() {
          leaveModes();
          site.left(id);
          members.delete(id);
        },
      };
    },
    problems() {
      const atMs = clock.monotonicMs();
      const lockedOut = [...members].map(([id, standing]) => [id, standing.lockedOutMs(atMs)] as const);
      return { clock: watch.fault(), lockedOut: Object.fromEntries(lockedOut.filter(([, ms]) => ms > 0)) };
    },
    run: (signal) => watch.run(signal),
  };
}

/** Before this the clock is certainly wrong. The record written last, not the latest: a clock that was once far ahead is forgiven. */
async function earliestOf(audit: Records["audit"]): Promise<Instant> {
  const [newest] = await audit.list({ limit: 1 });
  return instant(Math.max(MADE_AT, newest?.record.at ?? MADE_AT));
}
