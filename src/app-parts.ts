import { readFile } from "node:fs/promises";
import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import { openNativeDoor } from "#adapters/doors/limen-native";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { openFfmpegFrameSource } from "#adapters/ffmpeg/frame-source";
import { statusWill } from "#adapters/mqtt/announcer";
import { type MqttConnection, openMqttConnection } from "#adapters/mqtt/connection";
import { createOutageLog } from "#adapters/mqtt/outage-log";
import { controllerTopics } from "#adapters/mqtt/topics";
import type { CameraConfig, Config, DoorConfig } from "#config/config";
import { DEFAULT_THRESHOLD } from "#core/threshold";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { LimenError, messageOf } from "#errors";
import type { DoorRules } from "#flow/door-desk";
import type { DoorController } from "#ports/door-controller";
import type { FaceFinder } from "#ports/face-finder";
import type { FrameSource } from "#ports/frame-source";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

/** From the config's words to each adapter's own options: the place where config types end. */

/** Frames arrive a little early as often as a little late; asked for the exact interval, every other one would miss its turn. */
const INTERVAL_SLACK = 0.9;

interface Tools {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export function rulesOf(config: Config, camera: CameraConfig, door: DoorConfig, finder: FaceFinder): DoorRules {
  const { minFacePx, maxYaw, minSharpness } = config.faces;
  return {
    door: door.id,
    camera: camera.id,
    collection: door.collection,
    mode: door.mode,
    quality: { minFacePx, maxYaw, minSharpness, minNorm: finder.minNorm, zone: camera.zone },
    decision: door.policy,
    threshold: { ...DEFAULT_THRESHOLD, configuredMin: config.search.minScore },
    budget: LOCAL_SEARCH_BUDGET,
    searchMode: config.search.mode,
  };
}

async function readAuthority(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new LimenError("LIMEN_CONFIG_UNREADABLE", `mqtt.ca cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** The two connections to the config's broker: commands never share one with the news. */
export interface BrokerConnections {
  readonly telemetry: MqttConnection;
  readonly control: MqttConnection;
}

export async function connectBroker(config: Config, instance: string, logger: Logger): Promise<BrokerConnections> {
  const { url, username, password, ca, prefix } = config.mqtt;
  const shared = {
    url,
    clock: systemClock,
    logger,
    outage: createOutageLog(systemClock, logger.child({ broker: new URL(url).host })),
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password: password.reveal() }),
    ...(ca === null ? {} : { tls: { ca: await readAuthority(ca) } }),
  };
  const clientId = `limen-${instance}`;
  return {
    telemetry: await openMqttConnection({
      ...shared,
      name: "telemetry",
      clientId: `${clientId}-telemetry`,
      will: statusWill(prefix),
    }),
    control: await openMqttConnection({ ...shared, name: "control", clientId: `${clientId}-control` }),
  };
}

export function openDoor(
  config: Config,
  { id, controller }: DoorConfig,
  transport: MqttConnection,
  tools: Tools,
): Promise<DoorController & AsyncDisposable> {
  return openNativeDoor({
    door: id,
    controller: controller.id,
    topics: controllerTopics(config.mqtt.prefix, controller.id),
    key: controller.key.reveal(),
    keyId: controller.keyId,
    pulseMs: controller.pulseMs,
    transport,
    clock: systemClock,
    newId: newUlid,
    ...tools,
  });
}

export function openSource(camera: CameraConfig, binary: FfmpegBinary, tools: Tools): FrameSource & AsyncDisposable {
  return openFfmpegFrameSource({
    camera: camera.id,
    url: camera.rtsp,
    ...(camera.username === null ? {} : { username: camera.username }),
    ...(camera.password === null ? {} : { password: camera.password.reveal() }),
    ...camera.detectSize,
    lookIntervalMs: (1000 / camera.looksPerSecond) * INTERVAL_SLACK,
    binary,
    clock: systemClock,
    random: Math.random,
    ...tools,
  });
}
