import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import { openNativeDoor } from "#adapters/doors/limen-native";
import { openMqttDoor } from "#adapters/doors/mqtt-door";
import type { DoorProfile } from "#adapters/doors/profile";
import { tasmotaProfile } from "#adapters/doors/profiles/tasmota";
import type { MqttConnection } from "#adapters/mqtt/connection";
import { controllerTopics } from "#adapters/mqtt/topics";
import type { Config, DeviceControllerConfig, DoorConfig } from "#config/config";
import type { DoorController } from "#ports/door-controller";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

/** From the config's controllers to the adapters that move locks. */

function profileOf(controller: DeviceControllerConfig): DoorProfile {
  switch (controller.profile) {
    case "tasmota":
      return tasmotaProfile(controller);
  }
}

/** Every topic on which the config's devices take commands. */
export function commandTopicsOf({ doors }: Config): ReadonlySet<string> {
  return new Set(
    doors.flatMap(({ controller }) =>
      controller.profile === "limen_native" ? [] : profileOf(controller).commandTopics,
    ),
  );
}

export function openDoor(
  config: Config,
  { id, controller }: DoorConfig,
  transport: MqttConnection,
  tools: { readonly logger: Logger; readonly metrics: Metrics },
): Promise<DoorController & AsyncDisposable> {
  const parts = { door: id, transport, clock: systemClock, newId: newUlid, ...tools };
  if (controller.profile !== "limen_native")
    return openMqttDoor({ ...parts, profile: profileOf(controller), pulseMs: controller.pulseMs });
  return openNativeDoor({
    ...parts,
    controller: controller.id,
    topics: controllerTopics(config.mqtt.prefix, controller.id),
    key: controller.key.reveal(),
    keyId: controller.keyId,
    pulseMs: controller.pulseMs,
  });
}
