import type { DoorMode } from "#core/policy";
import { type BucketRule, fullBucket, takeToken } from "#core/throttle";
import type { DoorLeaf } from "#flow/door-leaf";
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
  /** Calls back when it is another, until the returned function is called; by default it never is. */
  readonly onMode?: (listener: () => void) => () => void;
  readonly controller: DoorController;
  /** What is seen of the door. */
  readonly leaf: DoorLeaf;
  readonly announcer: Announcer;
  readonly site: Pick<SiteMemory, "relocked" | "exitPressed" | "leafIs">;
  readonly report: DoorReporter;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Passes on what a door's controller and its contact report by themselves, until the signal aborts. */
export async function watchDoor(parts: WatchParts, signal: AbortSignal): Promise<void> {
  const { door, mode, controller, leaf, site } = parts;
  let presses = fullBucket(NOTED_PRESSES, parts.clock.monotonicMs());
  const tell = (): void => {
    const health = controller.health();
    const { lock, contact, since, alarm } = leaf.state();
    parts.announcer.door(door, {
      availability: health.controller === "online" ? "online" : "offline",
      ...{ mode: mode(), lock, contact, contactSince: since, alarm, concerns: health.concerns },
    });
    site.leafIs(door, leaf.isKnownShut());
  };
  /** The lock is released by the controller itself: no decision, and nothing to decide. */
  const exitRequested = async ({ id, atMs }: DoorFeedback): Promise<void> => {
    if (id !== null) site.exitPressed(door, id, atMs);
    const left = takeToken(presses, NOTED_PRESSES, atMs);
    presses = left ?? presses;
    if (left !== null) await parts.report({ kind: "request_to_exit" });
  };
  tell();
  const unlisten = leaf.onChange(({ happenings }) => {
    tell();
    for (const happening of happenings) void parts.report(happening);
  });
  const unlistenMode = parts.onMode?.(tell);
  signal.addEventListener("abort", unlisten, { once: true });
  if (unlistenMode !== undefined) signal.addEventListener("abort", unlistenMode, { once: true });
  for await (const feedback of controller.feedback(signal)) {
    const { kind, id, atMs } = feedback;
    // The leaf has heard them too, and tells.
    if (kind === "lock" || kind === "contact") continue;
    if (kind === "request_to_exit") {
      await exitRequested(feedback);
      continue;
    }
    if (kind === "relocked" && id !== null) site.relocked(door, id, atMs);
    if (kind === "relocked") parts.logger.info({ door }, "door relocked");
    if (kind === "online" || kind === "offline") parts.logger.info({ door }, `the door's controller is ${kind}`);
    tell();
  }
}
