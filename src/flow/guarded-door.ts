import { type DoorMode, opensIn } from "#core/policy";
import type { DoorController } from "#ports/door-controller";

/** The mode until the door has gone, or opened anew: whoever still holds on to it then opens nothing by it. */
export function modeUntil(gone: AbortSignal, mode: () => DoorMode): () => DoorMode {
  return () => (gone.aborted ? "locked_down" : mode());
}

/**
 * The door as everybody in this program reaches it: a grant that was given before the door was locked down, or put into shadow, is
 * refused at the last moment, whoever it was for.
 */
export function guardedDoor<T extends DoorController>(controller: T, mode: () => DoorMode): T {
  const open: DoorController["open"] = async (grant, signal) => {
    if (opensIn(mode())) return controller.open(grant, signal);
    return { commandId: null, actuation: "refused", why: "door_mode", sentAtMs: null, ackedAtMs: null };
  };
  return { ...controller, open };
}
