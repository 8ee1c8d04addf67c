import type { Component, RemoteRights } from "#adapters/homeassistant/component";
import { doorComponents } from "#adapters/homeassistant/door-components";
import { homeDoorTopics, homeReaderTopics, homeSiteTopics } from "#adapters/homeassistant/topics";
import { SIGHT_STATES } from "#core/camera-sight";

/** A device as Home Assistant's MQTT discovery takes it, retained on its own topic. */
export interface Device {
  /** `limen_<instance>…`, of `A-Za-z0-9_-`: what it is known by for ever. */
  readonly id: string;
  readonly payload: {
    readonly dev: Readonly<Record<string, unknown>>;
    readonly o: { readonly name: string; readonly sw_version: string };
    readonly availability: readonly { readonly topic: string }[];
    readonly availability_mode: "all";
    readonly qos: 1;
    /** Under keys without `_`, so that `<device>_<key>` names one entity only. */
    readonly cmps: Readonly<Record<string, Component>>;
  };
}

export interface HomeDoor {
  readonly id: string;
  readonly remote: RemoteRights;
}

export interface HomeSite {
  /** Stays the same for ever. */
  readonly instance: string;
  readonly version: string;
  readonly name: string;
  /** Of Limen's own topics. */
  readonly prefix: string;
  readonly doors: readonly HomeDoor[];
  readonly cameras: readonly string[];
  /** Whether pictures of who was at the door are published. */
  readonly snapshots: boolean;
  /** Of the whole gateway: threshold, restart. */
  readonly remote: { readonly control: boolean };
}

const MANUFACTURER = "Limen";

/** `front-door` → `Front door`. */
function titleOf(id: string): string {
  const words = id.replace(/[_-]+/g, " ").trim();
  return words === "" ? id : words.charAt(0).toUpperCase() + words.slice(1);
}

/** Every entity gets the identity that its place gives it. */
function identified(device: string, parts: Readonly<Record<string, Component | null>>): Record<string, Component> {
  const there = Object.entries(parts).flatMap(([key, part]) =>
    part === null ? [] : [[key, { ...part, unique_id: `${device}_${key}` }] as const],
  );
  return Object.fromEntries(there);
}

/** Everything that Home Assistant is to know of a site: the gateway first, for the others refer to it. */
export function devicesOf(site: HomeSite): Device[] {
  const gateway = `limen_${site.instance}`;
  const device = (
    id: string,
    words: { readonly name: string; readonly model: string; readonly via: boolean },
    availability: readonly string[],
    parts: Readonly<Record<string, Component | null>>,
  ): Device => ({
    id,
    payload: {
      dev: {
        identifiers: [id],
        name: words.name,
        manufacturer: MANUFACTURER,
        model: words.model,
        sw_version: site.version,
        ...(words.via ? { via_device: gateway } : {}),
      },
      o: { name: "limen", sw_version: site.version },
      availability: [homeSiteTopics(site.prefix).status, ...availability].map((topic) => ({ topic })),
      availability_mode: "all",
      qos: 1,
      cmps: identified(id, parts),
    },
  });
  return [
    device(gateway, { name: `Limen ${site.name}`, model: "Gateway", via: false }, [], gatewayComponents(site)),
    ...site.doors.map((door) =>
      device(
        `${gateway}_door_${door.id}`,
        { name: `${titleOf(door.id)} (door)`, model: "Door", via: true },
        [homeDoorTopics(site.prefix, door.id).availability],
        doorComponents(homeDoorTopics(site.prefix, door.id), door.remote, {
          status: homeSiteTopics(site.prefix).status,
          snapshots: site.snapshots,
        }),
      ),
    ),
    ...site.cameras.map((camera) =>
      device(
        `${gateway}_camera_${camera}`,
        { name: `${titleOf(camera)} (camera)`, model: "Camera", via: true },
        [],
        cameraComponents(site.prefix, camera),
      ),
    ),
  ];
}

function gatewayComponents({ prefix, remote }: HomeSite): Record<string, Component | null> {
  const topics = homeSiteTopics(prefix);
  return {
    // Also says "off" while Limen is gone, where everything else is unavailable.
    status: {
      p: "binary_sensor",
      name: "Status",
      device_class: "connectivity",
      entity_category: "diagnostic",
      state_topic: topics.status,
      payload_on: "online",
      payload_off: "offline",
      availability: [],
    },
    problem: {
      p: "binary_sensor",
      name: "Problem",
      device_class: "problem",
      entity_category: "diagnostic",
      state_topic: topics.problem,
      json_attributes_topic: topics.problems,
    },
    people: {
      p: "sensor",
      name: "People enrolled",
      state_class: "measurement",
      entity_category: "diagnostic",
      state_topic: topics.people,
    },
    threshold: remote.control
      ? {
          p: "number",
          name: "Threshold",
          entity_category: "config",
          command_topic: topics.setThreshold,
          state_topic: topics.threshold,
          min: 0.5,
          max: 1,
          step: 0.001,
          mode: "box",
          retain: false,
          qos: 0,
        }
      : null,
    restart: remote.control
      ? {
          p: "button",
          name: "Restart",
          device_class: "restart",
          entity_category: "config",
          command_topic: topics.restart,
          payload_press: "PRESS",
          retain: false,
          qos: 0,
        }
      : null,
  };
}

function cameraComponents(prefix: string, camera: string): Record<string, Component> {
  const topics = homeReaderTopics(prefix, camera);
  return {
    connected: {
      p: "binary_sensor",
      name: "Connected",
      device_class: "connectivity",
      entity_category: "diagnostic",
      state_topic: topics.connected,
    },
    problem: {
      p: "binary_sensor",
      name: "Problem",
      device_class: "problem",
      entity_category: "diagnostic",
      state_topic: topics.problem,
    },
    sight: {
      p: "sensor",
      name: "Sight",
      device_class: "enum",
      options: [...SIGHT_STATES],
      entity_category: "diagnostic",
      state_topic: topics.sight,
    },
  };
}
