import { FAMILIAR_TOPICS } from "#adapters/homeassistant/familiar-events";
import { type BrokerAccount, mosquittoAcl } from "#adapters/mqtt/mosquitto-acl";
import { mosquittoConf } from "#adapters/mqtt/mosquitto-conf";
import {
  controllerTopics,
  doorTestTopics,
  doorTopics,
  remoteTopics,
  requestTopics,
  siteControlTopics,
} from "#adapters/mqtt/topics";
import { profileOf } from "#app-doors";
import { hostOf, isEncrypted, staysHere } from "#config/addresses";
import type { Config, DoorConfig } from "#config/config";
import type { DeviceControllerConfig } from "#config/controller-config";

/** The broker's own files, for a configuration: who may do what there, and how it listens. */
export interface BrokerFiles {
  readonly acl: string;
  readonly conf: string;
  /** The account that Limen uses. */
  readonly limen: string;
}

const HOME = "homeassistant";

/** Who connects for a device, and where that is a bridge to many devices, the tree that is its own. */
function connects(door: string, controller: DeviceControllerConfig): { readonly name: string; readonly tree?: string } {
  const named = (topic: string): string => topic.replaceAll("/", "-");
  switch (controller.profile) {
    case "tasmota":
    case "esp_rfid":
    case "nuki_hub":
      return { name: named(controller.topic) };
    case "shelly_gen1":
      return { name: named(controller.device) };
    case "shelly_gen2":
    case "esphome_lock":
      return { name: named(controller.prefix) };
    case "zigbee2mqtt_lock":
    case "zigbee2mqtt_switch":
      return { name: named(controller.base), tree: `${controller.base}/#` };
    case "zwavejs_ui":
      return { name: named(controller.prefix), tree: `${controller.prefix}/#` };
    case "nuki":
      return { name: `nuki-${controller.device}` };
    case "ring_mqtt":
      return { name: "ring-mqtt", tree: `ring/${controller.location}/#` };
    case "generic":
      return { name: `door-${door}` };
  }
}

function deviceAccounts(doors: readonly DoorConfig[]): BrokerAccount[] {
  const devices = doors.flatMap(({ id, controller }) =>
    controller.profile === "limen_native" || controller.profile === "home_assistant_lock"
      ? []
      : [{ id, controller, profile: profileOf(id, controller), ...connects(id, controller) }],
  );
  // Two doors at one device, or behind one bridge, are one account.
  return [...new Set(devices.map(({ name }) => name))].map((name) => {
    const same = devices.filter((device) => device.name === name);
    const kinds = [...new Set(same.map(({ controller }) => controller.profile))].join(" and ");
    const trees = same.flatMap(({ tree }) => tree ?? []);
    return {
      name,
      who: [
        `What moves the lock of ${same.map(({ id }) => id).join(" and ")} (${kinds}). Just what the door needs of it.`,
        ...(trees.length > 0
          ? [
              "A bridge, with the topics of all its devices. To tell Home Assistant of them it needs: topic write homeassistant/+/+/+/config",
            ]
          : []),
      ],
      reads: [...trees, ...same.flatMap(({ profile }) => profile.commandTopics)],
      writes: [...trees, ...same.flatMap(({ profile }) => profile.hears.map(({ topic }) => topic))],
    };
  });
}

function contactAccounts(doors: readonly DoorConfig[], devices: readonly BrokerAccount[]): BrokerAccount[] {
  const trees = devices.flatMap(({ writes = [] }) => writes.filter((topic) => topic.endsWith("/#")));
  return doors.flatMap(({ id, contact }) => {
    // What reports through a bridge that has its account already needs none.
    if (contact === null || trees.some((tree) => contact.topic.startsWith(tree.slice(0, -1)))) return [];
    const { topic, availability } = contact;
    const writes = [topic, ...(availability === null ? [] : [availability])];
    return { name: `contact-${id}`, who: [`The contact of the door ${id}.`], writes };
  });
}

function limenAccount({ mqtt, doors, homeAssistant: home }: Config): BrokerAccount {
  const profiles = doors.flatMap(({ id, controller }) =>
    controller.profile === "limen_native" || controller.profile === "home_assistant_lock"
      ? []
      : profileOf(id, controller),
  );
  const familiar = [
    ...(home.frigate ? FAMILIAR_TOPICS.frigate : []),
    ...(home.doubleTake ? FAMILIAR_TOPICS.doubleTake : []),
  ];
  return {
    name: mqtt.username ?? "limen",
    who: [
      "Limen itself.",
      ...(profiles.length === 0
        ? []
        : ["It looks at the topics that open a door for messages that are retained there."]),
    ],
    reads: [
      `${mqtt.prefix}/#`,
      ...profiles.flatMap(({ hears, openingTopics }) => [...hears.map(({ topic }) => topic), ...openingTopics]),
      ...doors.flatMap(({ contact }) => (contact === null ? [] : [contact.topic, contact.availability ?? []].flat())),
      ...(home.discovery ? [`${home.prefix}/status`] : []),
    ],
    writes: [
      `${mqtt.prefix}/#`,
      ...profiles.flatMap(({ commandTopics }) => commandTopics),
      // Also where discovery is off: what was told before is taken back.
      `${home.prefix}/device/+/config`,
      ...familiar,
    ],
  };
}

function nativeAccounts({ mqtt, doors }: Config): BrokerAccount[] {
  return doors.flatMap(({ id, controller }) => {
    if (controller.profile !== "limen_native") return [];
    const { command, helloRequest, hello, ack, status } = controllerTopics(mqtt.prefix, controller.id);
    const who = [`The controller of the door ${id}. Its commands are signed; nobody else's word is its own.`];
    return { name: controller.id, who, reads: [command, helloRequest], writes: [hello, ack, status] };
  });
}

function homeAccounts({ mqtt: { prefix }, doors, remote: ofSite, homeAssistant: home }: Config): BrokerAccount[] {
  if (!home.discovery && !ofSite.control && !doors.some(({ remote }) => remote.unsigned || remote.control)) return [];
  const writes = doors.flatMap(({ id, remote }) => {
    const topics = remoteTopics(prefix, id);
    return [
      topics.lockdownSet,
      ...(remote.unlock && remote.unsigned ? [topics.set] : []),
      ...(remote.control ? [topics.modeSet, topics.shadowSet, doorTestTopics(prefix, id).test] : []),
    ];
  });
  const site = siteControlTopics(prefix);
  if (ofSite.control) writes.push(site.setThreshold, site.restart);
  return [
    {
      name: HOME,
      who: [
        "Home Assistant. It hears of everything, may lock each door down, and does besides what `remote` of a door allows.",
        "If it uses other devices on this broker, add their topics here, but none that a door's lock is moved by.",
      ],
      reads: [`${prefix}/#`, `${home.prefix}/#`],
      writes: [...writes, `${home.prefix}/status`],
      denied: [`${prefix}/ctl/#`, requestTopics(prefix).unlock, `${prefix}/reply/#`],
    },
  ];
}

function askedAccounts({ mqtt: { prefix }, doors, remote }: Config): BrokerAccount[] {
  const asked = doors.filter(({ secondFactor }) => secondFactor?.mqtt === true).map(({ id }) => doorTopics(prefix, id));
  const requests = requestTopics(prefix);
  return [
    ...(asked.length === 0
      ? []
      : [
          {
            name: "confirmer",
            who: [
              "Who confirms that a doubtful face is a person's: whoever has this account lets in somebody who holds up a picture.",
              `If that is Home Assistant, give ${HOME} these lines, and this account no password.`,
            ],
            reads: asked.map(({ question }) => question),
            writes: asked.map(({ answer }) => answer),
          },
        ]),
    ...remote.keys.map(({ id }) => ({
      name: `remote-${id}`,
      who: [`Who holds the key ${id}, and asks for doors to be opened with it.`],
      reads: [requests.replyTo(id)],
      writes: [requests.unlock],
    })),
  ];
}

/** Both files; `folder` is where they and what they name lie, absolute. Throws LIMEN_CONFIG_INVALID where two would be one account. */
export function brokerFilesOf(config: Config, folder: string): BrokerFiles {
  const { url, username, cert } = config.mqtt;
  const limen = limenAccount(config);
  const devices = deviceAccounts(config.doors);
  const accounts = [
    limen,
    ...nativeAccounts(config),
    ...devices,
    ...contactAccounts(config.doors, devices),
    ...homeAccounts(config),
    ...askedAccounts(config),
  ];
  const [, host = "", port = ""] = /^\[?(.*?)\]?:(\d+)$/.exec(hostOf(url)) ?? [];
  const named = username === null ? "instead of a user name" : "beside its password";
  const certificate = cert === null ? "none" : named;
  return {
    acl: mosquittoAcl(accounts),
    conf: mosquittoConf({
      limen: { host, port: Number(port), encrypted: isEncrypted(url), isLocal: staysHere(url), certificate },
      folder,
      accounts: accounts.map(({ name }) => name),
    }),
    limen: limen.name,
  };
}
