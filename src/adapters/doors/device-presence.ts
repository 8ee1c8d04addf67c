import type { DoorHealth } from "#ports/door-controller";

/** Whether a device is there, by its own words. */
export interface DevicePresence {
  state(): DoorHealth["controller"];
  said(topic: string, online: boolean): void;
  brokerIs(online: boolean): void;
}

/**
 * A device may be spoken for on several topics, its own and its gateway's: it is there while at least one says so and none says
 * otherwise. One that never speaks of it counts as there while the broker is. Words from before an outage count for nothing after it.
 */
export function followDevice(parts: {
  readonly saysAvailability: boolean;
  readonly isBrokerOnline: boolean;
  readonly onChange: (now: DoorHealth["controller"], before: DoorHealth["controller"]) => void;
}): DevicePresence {
  const words = new Map<string, boolean>();
  let broker = parts.isBrokerOnline;
  const judge = (): DoorHealth["controller"] => {
    if (!broker) return "unknown";
    if ([...words.values()].includes(false)) return "offline";
    return words.size > 0 || !parts.saysAvailability ? "online" : "unknown";
  };
  let state = judge();
  const update = (): void => {
    const before = state;
    state = judge();
    if (state !== before) parts.onChange(state, before);
  };
  return {
    state: () => state,
    said(topic, online) {
      words.set(topic, online);
      update();
    },
    brokerIs(online) {
      broker = online;
      if (!online) words.clear();
      update();
    },
  };
}
