import { hostOf, isEncrypted } from "#config/addresses";
import type { CameraConfig, Config, DoorConfig, HttpConfig, SearchConfig } from "#config/config";
import type { ControllerConfig, DeviceControllerConfig } from "#config/controller-config";
import { formatDuration } from "#config/units";
import type { DoorMode } from "#core/policy";
import { SPANS } from "#core/spend";

const MODES: Readonly<Record<DoorMode, string>> = {
  normal: "opens for the people it recognises",
  shadow: "decides and records, opens nothing (mode: normal arms it)",
  free_access: "opens for the people it recognises, whatever the hour",
  locked_down: "refuses everybody",
  disabled: "refuses everybody",
};

/**
 * What a configuration means, in short lines for a person: no secret, no address beyond its host. `defaulted` (from
 * loadConfig) adds what was left to its default.
 */
export function summariseConfig(config: Config, defaulted: readonly string[] = []): string[] {
  const { site, search, mqtt, faces } = config;
  const lines = [
    `site    ${site.name}, ${site.timeZone}, data in ${site.dataDir}`,
    ...config.cameras.map(cameraLine),
    ...config.doors.map((door) => doorLine(door, search)),
    ...config.interlocks.map((group) => `doors   ${group.join(" and ")}: one opens only while the others are shut`),
    ...accessLines(config),
    ...searchLines(search),
    `faces   from ${faces.minFacePx} px, ${faces.keepPhotos ? "a photo of each enrolled face is kept" : "no photos kept"}`,
    `mqtt    ${hostOf(mqtt.url)}${isEncrypted(mqtt.url) ? " (encrypted)" : ""}, topics ${mqtt.prefix}/…${accountOf(mqtt)}`,
    ...(config.http === null
      ? []
      : [`http    console on ${listenText(config.http)}${config.http.password === null ? "" : ", with a password"}`]),
    `log     ${config.log.level}`,
  ];
  return [...lines, ...defaultLines(defaulted)];
}

function searchLines({ engine, verifik, mode, minScore, deadlineMs }: SearchConfig): string[] {
  const score = minScore === null ? "automatic threshold" : `threshold at least ${minScore}`;
  const local = `search  local, ${mode}, ${score}, within ${formatDuration(deadlineMs)}`;
  if (verifik === null) return [local];
  const caps = SPANS.flatMap((span) => (verifik.caps[span] === null ? [] : [`${verifik.caps[span]} a ${span}`]));
  const network = [
    `search  on ${hostOf(verifik.url)}, roster ${verifik.roster}, ${mode}, threshold ${verifik.minScore}`,
    `within ${formatDuration(verifik.deadlineMs)}`,
    caps.length === 0 ? "calls counted, not limited" : `calls at most ${caps.join(", ")}`,
  ].join(", ");
  if (engine === "verifik") return [network];
  const both = engine === "both_agree" ? "both must name the same person" : "local only while the other is out";
  return [network, `${local}; ${both}`];
}

function listenText({ listen: { host, port }, behindTlsProxy }: HttpConfig): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}${behindTlsProxy ? " (behind a proxy with TLS)" : ""}`;
}

/** One line for whole groups, then one for each group that was filled up: `default cameras.front: zone, detect_size`. */
function defaultLines(defaulted: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const path of defaulted) {
    const dot = path.lastIndexOf(".");
    const group = path.slice(0, Math.max(0, dot));
    groups.set(group, [...(groups.get(group) ?? []), path.slice(dot + 1)]);
  }
  return [...groups].map(([group, keys]) => `default ${group === "" ? "" : `${group}: `}${keys.join(", ")}`);
}

function cameraLine(camera: CameraConfig): string {
  const { width, height } = camera.detectSize;
  const zone = camera.zone.length === 0 ? "" : ", in its zone only";
  return `camera  ${camera.id}: ${placeOf(camera)}${accountOf(camera)}, ${width}x${height}, ${camera.looksPerSecond} looks a second${zone}`;
}

function placeOf({ onvif, rtsp }: CameraConfig): string {
  return rtsp === null ? `${onvif ?? "?"} over ONVIF` : hostOf(rtsp);
}

function doorLine(door: DoorConfig, search: SearchConfig): string {
  const { controller, policy, access, enters, leaves } = door;
  const hours = access.doorSchedule ?? access.siteSchedule;
  const standing = [
    policy.lockOut.refusals === 0 ? "no lock-out" : "",
    enters === null ? "" : `leads into ${enters}, anti-passback ${policy.antiPassback}`,
    leaves === null ? "" : `leads out of ${leaves}`,
  ]
    .filter((words) => words !== "")
    .map((words) => `, ${words}`)
    .join("");
  return [
    `door    ${door.id}: ${door.mode}, ${MODES[door.mode]}; camera ${door.camera}, people of ${door.collection}${hours === null ? "" : `, hours ${hours.name}`}${watchText(access)},`,
    `controller ${controllerText(controller)},`,
    `${policy.agree} of ${policy.of} pictures must agree, liveness ${policy.liveness}${askText(door, search)}${standing}`,
  ].join(" ");
}

/** The words by which its owner knows it. */
function placeOfDevice(device: DeviceControllerConfig): string {
  switch (device.profile) {
    case "tasmota":
      return `${device.topic} relay ${device.relay}`;
    case "shelly_gen1":
      return `${device.device} relay ${device.relay}`;
    case "shelly_gen2":
      return `${device.prefix} switch ${device.channel}`;
    case "zwavejs_ui":
      return device.node;
    case "esphome_lock":
      return `${device.prefix} ${device.lock}`;
    case "esp_rfid":
    case "nuki_hub":
    case "generic":
      return device.topic;
    case "zigbee2mqtt_lock":
    case "zigbee2mqtt_switch":
    case "nuki":
    case "ring_mqtt":
      return device.device;
  }
}

function controllerText(controller: ControllerConfig): string {
  const pulse = formatDuration(controller.pulseMs);
  if (controller.profile === "home_assistant_lock")
    return `${controller.entity} of ${hostOf(controller.url)} (home_assistant_lock, ${pulse})`;
  return controller.profile === "limen_native"
    ? `${controller.id} (limen_native, key ${controller.keyId}, ${pulse})`
    : `${placeOfDevice(controller)} (${controller.profile}, ${pulse})`;
}

function watchText({ watchList }: DoorConfig["access"]): string {
  return watchList.length === 0 ? "" : `, nobody of ${watchList.join(", ")}`;
}

/** Groups and single people of whom something is said; the same for every door. */
function accessLines({ doors: [first] }: Config): string[] {
  const { groups = [], persons = [] } = first?.access ?? {};
  if (groups.length + persons.length === 0) return [];
  const people = persons.length === 1 ? "1 person" : `${persons.length} people`;
  const named = [...groups.map(({ collection }) => `group ${collection}`), people];
  return [`access  with words of their own: ${named.join(", ")} (limen explain)`];
}

function askText({ policy, secondFactor }: DoorConfig, { verifik }: SearchConfig): string {
  if (policy.liveness === "cloud" && verifik !== null) {
    const { minFacePx, withinMs } = verifik.liveness;
    return ` (${hostOf(verifik.url)} is asked whether the face is a live one, from ${minFacePx} px, ${formatDuration(withinMs)})`;
  }
  if (policy.liveness !== "require" || secondFactor === null) return "";
  const { mqtt, http, withinMs } = secondFactor;
  const ways = [...(mqtt ? ["MQTT"] : []), ...(http ? ["the API"] : [])].join(" and ");
  return ` (in doubt asked over ${ways}, ${formatDuration(withinMs)})`;
}

function accountOf(account: { readonly username: string | null; readonly password: unknown }): string {
  if (account.username === null) return "";
  return ` as ${account.username} with ${account.password === null ? "no password" : "a password"}`;
}
