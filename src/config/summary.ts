import { hostOf, isEncrypted } from "#config/addresses";
import type { CameraConfig, Config, DoorConfig, HttpConfig } from "#config/config";
import { formatDuration } from "#config/units";
import type { DoorMode } from "#core/policy";

const MODES: Readonly<Record<DoorMode, string>> = {
  normal: "opens for the people it recognises",
  shadow: "decides and records, opens nothing (mode: normal arms it)",
  locked_down: "refuses everybody",
  disabled: "refuses everybody",
};

/**
 * What a configuration means, in short lines for a person: no secret, no address beyond its host. `defaulted` (from
 * loadConfig) adds what was left to its default.
 */
export function summariseConfig(config: Config, defaulted: readonly string[] = []): string[] {
  const { site, search, mqtt, faces } = config;
  const score = search.minScore === null ? "automatic threshold" : `threshold at least ${search.minScore}`;
  const lines = [
    `site    ${site.name}, ${site.timeZone}, data in ${site.dataDir}`,
    ...config.cameras.map(cameraLine),
    ...config.doors.map(doorLine),
    `search  ${search.verifik === null ? "local" : `on ${hostOf(search.verifik.url)}, roster ${search.verifik.roster}`}, ${search.mode}, ${score}, within ${formatDuration(search.deadlineMs)}`,
    `faces   from ${faces.minFacePx} px, ${faces.keepPhotos ? "a photo of each enrolled face is kept" : "no photos kept"}`,
    `mqtt    ${hostOf(mqtt.url)}${isEncrypted(mqtt.url) ? " (encrypted)" : ""}, topics ${mqtt.prefix}/…${accountOf(mqtt)}`,
    ...(config.http === null ? [] : [`http    console on ${listenText(config.http)}, with a password`]),
    `log     ${config.log.level}`,
  ];
  return [...lines, ...defaultLines(defaulted)];
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

function doorLine(door: DoorConfig): string {
  const { controller, policy } = door;
  return [
    `door    ${door.id}: ${door.mode}, ${MODES[door.mode]}; camera ${door.camera}, people of ${door.collection},`,
    `controller ${controller.id} (${controller.profile}, key ${controller.keyId}, ${formatDuration(controller.pulseMs)}),`,
    `${policy.agree} of ${policy.of} pictures must agree, liveness ${policy.liveness}${askText(door)}`,
  ].join(" ");
}

function askText({ policy, secondFactor }: DoorConfig): string {
  if (policy.liveness !== "require" || secondFactor === null) return "";
  const { mqtt, http, withinMs } = secondFactor;
  const ways = [...(mqtt ? ["MQTT"] : []), ...(http ? ["the API"] : [])].join(" and ");
  return ` (in doubt asked over ${ways}, ${formatDuration(withinMs)})`;
}

function accountOf(account: { readonly username: string | null; readonly password: unknown }): string {
  if (account.username === null) return "";
  return ` as ${account.username} with ${account.password === null ? "no password" : "a password"}`;
}
