import type { DoorMode } from "#core/policy";
import type { Announcer } from "#ports/announcer";
import type { DoorController } from "#ports/door-controller";
import type { Logger } from "#ports/logger";

/** Passes on what a door's controller reports by itself, until the signal aborts. */
export async function watchDoor(
  parts: { door: string; mode: DoorMode; controller: DoorController; announcer: Announcer; logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  const tell = (): void =>
    parts.announcer.door(parts.door, {
      availability: parts.controller.health().controller === "online" ? "online" : "offline",
      mode: parts.mode,
    });
  tell();
  for await (const { kind } of parts.controller.feedback(signal)) {
    parts.logger.info({ door: parts.door }, kind === "relocked" ? "door relocked" : `the door's controller is ${kind}`);
    tell();
  }
}
