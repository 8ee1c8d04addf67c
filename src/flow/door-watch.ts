import type { DoorMode } from "#core/policy";
import { type BucketRule, fullBucket, takeToken } from "#core/throttle";
import type { DoorReporter } from "#flow/door-reports";
import type { SiteMemory } from "#flow/site-memory";
import type { Announcer } from "#ports/announcer";
import type { Clock } from "#ports/clock";
import type { DoorController, DoorFeedback } from "#ports/door-controller";
import type { Logger } from "#ports/logger";

/** Presses of the exit button that are noted; a button that is stuck, or somebody who plays with it, fills no disk. */
const NOTED_PRESSES: BucketRule = { capacity: 20, refillEveryMs: 3000 };

export interface WatchParts {
  readonly door: string;
  /** Of the moment. */
  readonly mode: () => DoorMode;
  readonly controller: DoorController;
  readonly announcer: Announcer;
  readonly site: Pick<SiteMemory, "relocked" | "exitPressed">;
  readonly report: DoorReporter;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Passes on what a door's controller reports by itself, until the signal aborts. */
export async function watchDoor(parts: WatchParts, signal: AbortSignal): Promise<void> {
  const { door, mode, controller, site } = parts;
  let presses = fullBucket(NOTED_PRESSES, parts.clock.monotonicMs());
  const tell = (): void =>
    parts.announcer.door(door, {
      availability: controller.health().controller === "online" ? "online" : "offline",
      mode: mode(),
    });
  /** The lock is released by the controller itself: no decision, and nothing to decide. */
  const exitRequested = async ({ id, atMs }: DoorFeedback): Promise<void> => {
    if (id !== null) site.exitPressed(door, id, atMs);
    const left = takeToken(presses, NOTED_PRESSES, atMs);
    presses = left ?? presses;
    if (left !== null) await parts.report({ kind: "request_to_exit" });
  };
  tell();
  for await (const feedback of controller.feedback(signal)) {
    const { kind, id, atMs } = feedback;
    if (kind === "request_to_exit") {
      await exitRequested(feedback);
      continue;
    }
    if (kind === "relocked" && id !== null) site.relocked(door, id, atMs);
    parts.logger.info({ door }, kind === "relocked" ? "door relocked" : `the door's controller is ${kind}`);
    tell();
  }
}
