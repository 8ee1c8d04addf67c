import { systemClock } from "#adapters/clock/system-clock";
import { openContactSensor } from "#adapters/doors/contact-sensor";
import type { DoorTransport } from "#adapters/doors/door-transport";
import type { DoorConfig } from "#config/config";
import { createDoorLeaf, type DoorLeaf } from "#flow/door-leaf";
import { hearFor, watchedDoor } from "#flow/watched-door";
import type { DoorController } from "#ports/door-controller";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

/** From a door's controller, and its contact where it has one, to what is seen of the door. */
export function openLeaf(
  { id, contact, controller: { pulseMs }, leaf: rule }: DoorConfig,
  controller: DoorController,
  transport: DoorTransport,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
): { readonly controller: DoorController; readonly leaf: DoorLeaf } & AsyncDisposable {
  const stop = new AbortController();
  const clock = systemClock;
  const leaf = createDoorLeaf({ rule, pulseMs, expectsContact: contact !== null, clock }, stop.signal);
  const sensor = contact === null ? null : openContactSensor({ door: id, ...contact, transport, clock, metrics });
  const sources = [controller.feedback(stop.signal), ...(sensor === null ? [] : [sensor.feedback(stop.signal)])];
  const hearing = hearFor(leaf, sources, logger.child({ door: id }));
  return {
    controller: watchedDoor(controller, leaf),
    leaf,
    async [Symbol.asyncDispose]() {
      stop.abort();
      sensor?.[Symbol.dispose]();
      await hearing;
    },
  };
}
