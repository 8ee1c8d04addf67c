import type { Component, RemoteRights } from "#adapters/homeassistant/component";
import type { HomeDoorTopics } from "#adapters/homeassistant/topics";
import { HAPPENING_KINDS } from "#core/door-event";
import { DOOR_MODES } from "#core/policy";

/** Every `event_type` that a door's event topic can carry; Home Assistant drops those that it was not told of. */
export const EVENT_TYPES: readonly string[] = ["granted", "denied", ...HAPPENING_KINDS];

/**
 * The entities of one door; null = not offered. What takes commands is never retained, and goes out at QoS 0: at QoS 1 Home
 * Assistant's own client may send an unlock again after an outage.
 */
export function doorComponents(
  topics: HomeDoorTopics,
  remote: RemoteRights,
  site: { readonly status: string; readonly snapshots: boolean },
): Record<string, Component | null> {
  const command = { retain: false, optimistic: false, qos: 0 } as const;
  // What Limen itself knows holds whether the door's controller can be reached or not.
  const always = { availability: [{ topic: site.status }] } as const;
  return {
    lock: remote.unlock ? { p: "lock", name: null, ...lockKeys(topics), ...command } : null,
    // A lock entity always has a way to command it, so what may only be looked at is a sensor.
    locked: remote.unlock
      ? null
      : {
          p: "binary_sensor",
          name: "Lock",
          device_class: "lock",
          state_topic: topics.lock,
          value_template: "{{ {'LOCKED': 'OFF', 'None': 'None'}.get(value, 'ON') }}",
        },
    contact: { p: "binary_sensor", name: "Contact", device_class: "door", state_topic: topics.contact },
    access: { p: "event", name: "Access", event_types: EVENT_TYPES, state_topic: topics.event, ...always },
    person: { p: "sensor", name: "Last person", icon: "mdi:account", state_topic: topics.lastPerson, ...always },
    reason: {
      p: "sensor",
      name: "Last reason",
      icon: "mdi:message-question-outline",
      state_topic: topics.lastReason,
      ...always,
    },
    picture: site.snapshots
      ? {
          p: "image",
          name: "Last picture",
          image_topic: topics.snapshot,
          image_encoding: "b64",
          content_type: "image/jpeg",
          ...always,
        }
      : null,
    mode: {
      p: "sensor",
      name: "Mode",
      device_class: "enum",
      options: [...DOOR_MODES],
      entity_category: "diagnostic",
      state_topic: topics.mode,
      ...always,
    },
    problem: {
      p: "binary_sensor",
      name: "Problem",
      device_class: "problem",
      entity_category: "diagnostic",
      state_topic: topics.problem,
      json_attributes_topic: topics.problems,
      ...always,
    },
    lockdown: remote.control
      ? {
          p: "switch",
          name: "Lock-down",
          icon: "mdi:shield-lock",
          state_topic: topics.lockdown,
          command_topic: topics.setLockdown,
          ...command,
          ...always,
        }
      : null,
    shadow: remote.control
      ? {
          p: "switch",
          name: "Shadow",
          icon: "mdi:eye-outline",
          entity_category: "config",
          state_topic: topics.shadow,
          command_topic: topics.setShadow,
          ...command,
          ...always,
        }
      : null,
    test: remote.test
      ? {
          p: "button",
          name: "Test",
          device_class: "identify",
          entity_category: "config",
          command_topic: topics.test,
          payload_press: "PRESS",
          retain: false,
          qos: 0,
        }
      : null,
  };
}

/** All words are said though most are Home Assistant's own: they are the contract with whoever publishes the state. */
function lockKeys(topics: HomeDoorTopics) {
  return {
    command_topic: topics.set,
    // With the time it was made, by which a message that was late on its way is known.
    command_template: '{"a":"{{ value }}","t":{{ now().timestamp() }}}',
    state_topic: topics.lock,
    payload_lock: "LOCK",
    payload_unlock: "UNLOCK",
    payload_open: "OPEN",
    payload_reset: "None",
    state_locked: "LOCKED",
    state_locking: "LOCKING",
    state_unlocked: "UNLOCKED",
    state_unlocking: "UNLOCKING",
    state_jammed: "JAMMED",
  } as const;
}
