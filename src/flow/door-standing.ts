import type { Situation, Verdict } from "#core/decision";
import { afterVerdict, freshMemory, recalled } from "#core/door-memory";
import type { Now } from "#core/instant";
import { keptOf, type LockOut, NO_LOCK_OUT } from "#core/lock-out";
import { type DoorFacts, type DoorPolicy, opensIn } from "#core/policy";
import { DOOR_OPENINGS, takeToken } from "#core/throttle";
import type { DoorReporter } from "#flow/door-reports";
import { createSiteMemory, type Opening, type SiteMemory } from "#flow/site-memory";
import { NO_KEEPER, type StandingKeeper } from "#flow/standing-keeper";
import type { DoorAck } from "#ports/door-controller";

/** What a door remembers, as far as a decision rests on it. */
export type StandingFacts = Pick<DoorFacts, "mayOpenNow" | "lockedOut" | "notShut" | "stays" | "clockTrusted">;

/** A verdict that the door has taken to heart. */
export interface Taken {
  /** Resolves when that is on the disk, or cannot be. */
  readonly kept: Promise<void>;
  /** To be called once, with what became of the verdict's command; null = none was sent. */
  ended(ack: DoorAck | null, now: Now): void;
  /** To be called once after that, as soon as it is known whether the person has passed. */
  concluded(hasPassed: boolean, now: Now): void;
}

/** What one door remembers from visit to visit, whoever comes, and knows of the site's other doors. */
export interface DoorStanding {
  facts(policy: DoorPolicy, people: readonly string[], now: Now): StandingFacts;
  /** Learns from a verdict, in one step; null for a grant that cannot be given because somebody else came first. */
  take(policy: DoorPolicy, verdict: Verdict, situation: Situation): Taken | null;
  /** Takes one opening for somebody who asked from afar, in one step, or says why there is none. Where people are stays as it is. */
  takeRemote(policy: DoorPolicy, now: Now): Opening | "locked_out" | "rate_limited" | "interlock";
  /** How long nobody is let in yet, ms; 0 = not locked out. */
  lockedOutMs(nowMs: number): number;
}

export interface StandingParts {
  /** What was kept from before. */
  readonly lockOut: LockOut;
  readonly site: SiteMemory;
  readonly keeper: StandingKeeper;
  readonly report: DoorReporter;
  readonly isClockTrusted: () => boolean;
}

/** Without `parts` a door alone in the world, which forgets everything with the process. */
export function createDoorStanding(nowMs: number, parts: StandingParts = alone()): DoorStanding {
  const { site, keeper, report } = parts;
  let memory = freshMemory(nowMs, parts.lockOut);

  return {
    facts: (policy, people, now) => ({
      ...recalled(memory, policy, now.nowMs),
      notShut: site.notShut(policy.door, now.nowMs),
      stays: site.stays(people),
      clockTrusted: parts.isClockTrusted(),
    }),

    take(policy, verdict, situation) {
      const now: Now = { nowMs: situation.nowMs, now: situation.door.at };
      const before = memory.lockOut;
      const after = afterVerdict(memory, policy, situation, verdict);
      if (after === null) return null;
      let opening: Opening | null = null;
      if (verdict.result === "grant" && verdict.personId !== null && opensIn(policy.mode)) {
        opening = site.begin(policy, verdict.personId, now);
        if (opening === null) return null;
      }
      memory = after;
      const { lockOut } = after;
      const save = async (): Promise<void> => {
        if (lockOut !== before) await keeper.keep((store) => store.keepLockOut(policy.door, keptOf(lockOut, now)));
      };
      const begun = lockOut.inARow > before.inARow;
      // A refusal is kept before anybody hears of it; a grant is not held up for its good news.
      const isGrant = verdict.result === "grant";
      const kept = isGrant ? Promise.resolve() : save();
      if (begun) void kept.then(() => report({ kind: "locked_out", lengthMs: lockOut.lengthMs }));
      return {
        kept,
        ended(ack, at) {
          if (isGrant) void save();
          opening?.ended(ack, at);
        },
        concluded(hasPassed, at) {
          const wasInside = opening?.concluded(hasPassed, at) ?? false;
          if (wasInside && verdict.result === "grant" && verdict.personId !== null)
            void report({ kind: "anti_passback", personId: verdict.personId });
        },
      };
    },

    takeRemote(policy, now) {
      if (recalled(memory, policy, now.nowMs).lockedOut) return "locked_out";
      const openings = takeToken(memory.openings, DOOR_OPENINGS, now.nowMs);
      if (openings === null) return "rate_limited";
      const opening = site.begin(policy, null, now);
      if (opening === null) return "interlock";
      memory = { ...memory, openings };
      return opening;
    },

    lockedOutMs: (atMs) => Math.max(0, (memory.lockOut.untilMs ?? atMs) - atMs),
  };
}

function alone(): StandingParts {
  return {
    lockOut: NO_LOCK_OUT,
    site: createSiteMemory({ stays: [], keeper: NO_KEEPER }),
    keeper: NO_KEEPER,
    report: async () => {},
    isClockTrusted: () => true,
  };
}
