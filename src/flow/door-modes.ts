import type { DoorMode } from "#core/policy";
import { AS_CONFIGURED, type ModeRules, modeNow, type StandingMode, UNREADABLE, wished } from "#core/standing-mode";
import { codeOf, messageOf } from "#errors";
import type { DoorReporter } from "#flow/door-reports";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";
import type { DoorModes } from "#ports/remote-doors";
import type { StandingStore } from "#ports/standing-store";

export interface ModeDoor {
  readonly id: string;
  /** Of the moment: the configuration may be another. */
  readonly rules: () => ModeRules;
  readonly report: DoorReporter;
}

/** The modes of doors that come and go. */
export interface OpenDoorModes extends DoorModes {
  /** Reads what was kept of this door; until then, and once the returned function was called, it is locked down. */
  joined(door: ModeDoor): Promise<() => void>;
}

/**
 * The doors' modes of the moment, kept over restarts. A door is locked down at once, whether or not that can be kept; whatever lets more
 * through than before holds only once it is on the disk. Where what was kept cannot be read, the door is locked down.
 */
export function createDoorModes(parts: {
  readonly store: Pick<StandingStore, "mode" | "keepMode">;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): OpenDoorModes {
  const { store, logger, metrics } = parts;
  const known = new Map<string, ModeDoor>();
  const standings = new Map<string, StandingMode>();
  const listeners = new Set<(door: string, mode: DoorMode) => void>();
  const standingOf = (door: string): StandingMode => standings.get(door) ?? UNREADABLE;

  const keep = async (door: string, standing: StandingMode): Promise<boolean> => {
    try {
      await store.keepMode(door, standing);
      return true;
    } catch (error) {
      metrics.count("limen_standing_failures_total");
      logger.error({ door, code: codeOf(error) }, `a door's mode could not be kept: ${messageOf(error)}`);
      return false;
    }
  };

  const mode = (door: string): DoorMode => {
    const found = known.get(door);
    return found === undefined ? "locked_down" : modeNow(found.rules(), standingOf(door));
  };

  return {
    mode,
    async joined(door) {
      const { id } = door;
      try {
        standings.set(id, (await store.mode(id)) ?? AS_CONFIGURED);
      } catch (error) {
        standings.set(id, UNREADABLE);
        logger.error({ door: id, code: codeOf(error) }, `the door is locked down: ${messageOf(error)}`);
      }
      known.set(id, door);
      return () => {
        if (known.get(id) === door) known.delete(id);
      };
    },
    async wish(door, wish, by) {
      const found = known.get(door);
      const before = standingOf(door);
      const after = found === undefined ? null : wished(found.rules(), before, wish);
      const outcome = (word: "changed" | "unchanged" | "not_allowed" | "not_kept") => {
        metrics.count("limen_remote_requests_total", { asked: wish.kind, outcome: word });
        return word;
      };
      if (found === undefined || after === null) {
        logger.warn({ door, by, wish: wish.kind }, "refused to change a door's mode from afar");
        return outcome("not_allowed");
      }
      if (after.lockedDown === before.lockedDown && after.mode === before.mode) return outcome("unchanged");
      const was = mode(door);
      const isLocking = after.lockedDown && !before.lockedDown;
      if (isLocking) standings.set(door, after);
      const isKept = await keep(door, after);
      if (!isLocking) {
        if (!isKept) return outcome("not_kept");
        // Somebody may have locked it down while that was written: that holds, and is what must be kept.
        if (standingOf(door) !== before) {
          await keep(door, standingOf(door));
          return outcome("not_allowed");
        }
        standings.set(door, after);
      }
      const now = mode(door);
      if (now === was) return outcome("changed");
      for (const listener of [...listeners]) listener(door, now);
      await found.report({ kind: "mode_changed", by, mode: now });
      return outcome("changed");
    },
    changed(door) {
      for (const listener of [...listeners]) listener(door, mode(door));
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
