import type { Now } from "#core/instant";
import {
  exitPressed,
  isKnownShut,
  type LockState,
  lockAtStart,
  openingBegun,
  openingEnded,
  relockedAfter,
} from "#core/interlock";
import { isInside, passageOf, type Stay } from "#core/passback";
import type { DoorPolicy } from "#core/policy";
import type { StandingKeeper } from "#flow/standing-keeper";
import type { DoorAck } from "#ports/door-controller";

/** A door as the other doors see it. */
export interface SiteDoor {
  readonly id: string;
  readonly pulseMs: number;
  readonly isReachable: () => boolean;
}

/** An opening that was taken and is under way. */
export interface Opening {
  /** To be called once, with what became of its command; null = nothing was sent. */
  ended(ack: DoorAck | null, now: Now): void;
  /** To be called once after that: whether they have passed. True when the person was let in who was inside already. */
  concluded(hasPassed: boolean, now: Now): boolean;
}

/** What the doors of a site know of each other: which of them are shut, and who has passed into which area. */
export interface SiteMemory {
  /** A door is there from now on, or anew: nobody knows how its lock was, so it counts as shut only after a pulse. */
  joined(door: SiteDoor, nowMs: number): void;
  /** Nothing is known of this door any more: it counts as not shut until it joins again. */
  left(door: string): void;
  /** Doors other than this that are not known to be shut. */
  notShut(door: string, nowMs: number): string[];
  /** Where these people are; who is being let in counts. */
  stays(people: readonly string[]): Stay[];
  /**
   * Takes an opening; null when another door's came between the look at the facts and this one. Of somebody who is not known (null)
   * nobody remembers where they are.
   */
  begin(policy: DoorPolicy, personId: string | null, now: Now): Opening | null;
  relocked(door: string, id: string, nowMs: number): void;
  exitPressed(door: string, id: string, nowMs: number): void;
  /** Whether the door's leaf is known to be shut, where a contact says so; until then its lock alone counts. */
  leafIs(door: string, isShut: boolean): void;
}

/** `stays` is what was kept from before. Decisions at several doors interleave; each method here is one step. */
export function createSiteMemory({
  stays: kept,
  keeper,
}: {
  readonly stays: readonly Stay[];
  readonly keeper: StandingKeeper;
}): SiteMemory {
  const doors = new Map<string, SiteDoor>();
  const locks = new Map<string, LockState>();
  const away = new Set<string>();
  const openLeaves = new Set<string>();
  const entering = new Set<Stay>();
  let stays: readonly Stay[] = kept;

  const become = (door: string, next: (lock: LockState, pulseMs: number) => LockState): void => {
    const lock = locks.get(door);
    if (lock !== undefined) locks.set(door, next(lock, doors.get(door)?.pulseMs ?? 0));
  };
  const notShut = (door: string, nowMs: number): string[] =>
    [...doors.values()].flatMap(({ id, isReachable }) => {
      const lock = locks.get(id);
      const isShut = lock !== undefined && isKnownShut(lock, isReachable(), nowMs) && !openLeaves.has(id);
      return id === door || (isShut && !away.has(id)) ? [] : [id];
    });
  const staysOf = (people: readonly string[]): Stay[] =>
    [...stays, ...entering].filter(({ personId }) => people.includes(personId));

  const moved = (policy: DoorPolicy, personId: string, { now }: Now): void => {
    const { begins, leaves } = passageOf(policy.passback, personId, now);
    const isOther = (stay: Stay): boolean =>
      stay.personId !== personId || (stay.area !== leaves && stay.area !== begins?.area);
    stays = [...stays.filter(isOther), ...(begins === null ? [] : [begins])];
    if (leaves !== null) void keeper.keep((store) => store.endStay(personId, leaves));
    if (begins !== null) void keeper.keep((store) => store.beginStay(begins));
  };

  return {
    joined(door, nowMs) {
      doors.set(door.id, door);
      away.delete(door.id);
      locks.set(door.id, lockAtStart(nowMs, door.pulseMs));
    },
    left(door) {
      away.add(door);
      openLeaves.delete(door);
    },
    notShut,
    stays: staysOf,
    begin(policy, personId, { nowMs, now }) {
      const { door, passback, interlockedWith } = policy;
      const isThere = personId !== null && isInside(passback, staysOf([personId]), personId, now);
      if (policy.mode !== "free_access" && passback.mode === "hard" && isThere) return null;
      const open = notShut(door, nowMs);
      if (interlockedWith.some((other) => open.includes(other))) return null;
      become(door, openingBegun);
      const begins = personId === null ? null : passageOf(passback, personId, now).begins;
      if (begins !== null) entering.add(begins);
      return {
        ended(ack, at) {
          // Whatever was sent and not refused may have moved the lock, acknowledged or not.
          const released = ack === null || ack.sentAtMs === null || ack.actuation === "refused" ? null : ack.commandId;
          become(door, (lock, pulseMs) => openingEnded(lock, released, at.nowMs, pulseMs));
        },
        concluded(hasPassed, at) {
          if (begins !== null) entering.delete(begins);
          // Only who was let in for certain has moved: a door that did not open must not shut its person out for half a day.
          if (!hasPassed || personId === null) return false;
          moved(policy, personId, at);
          return passback.mode !== "off" && isThere;
        },
      };
    },
    relocked: (door, id, nowMs) => become(door, (lock) => relockedAfter(lock, id, nowMs)),
    exitPressed: (door, id, nowMs) => become(door, (lock) => exitPressed(lock, id, nowMs)),
    leafIs(door, isShut) {
      if (isShut) openLeaves.delete(door);
      else openLeaves.add(door);
    },
  };
}
