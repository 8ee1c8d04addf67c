import { systemClock } from "#adapters/clock/system-clock";
import { encodeCrop } from "#adapters/faces/encode-crop";
import { openDiscovery } from "#adapters/homeassistant/announce";
import { type Device, devicesOf } from "#adapters/homeassistant/discovery";
import { openLeafStates } from "#adapters/homeassistant/states";
import { openVisitors } from "#adapters/homeassistant/visitors";
import type { MqttConnection } from "#adapters/mqtt/connection";
import type { Tools } from "#app-parts";
import type { Config } from "#config/config";
import { codeOf, messageOf } from "#errors";
import { createClosingStack } from "#lifecycle";
import { announcedFileIn } from "#paths";
import type { Announcer } from "#ports/announcer";
import type { Frame } from "#ports/frame-source";
import type { Gallery } from "#ports/gallery";
import type { Status } from "#ports/status-board";
import { VERSION } from "#version";

const SNAPSHOT_QUALITY = 82;

/** Home Assistant, as the config wants it told. */
export interface Home extends AsyncDisposable {
  beside(announcer: Announcer): Announcer;
  /** Once everything runs: devices and states are told from now on. */
  begin(status: () => Status, newestOf: (camera: string) => Frame | null): Promise<void>;
  /** Other doors and cameras are there now: tells of them, and takes back those that are gone. */
  siteChanged(next: Config): Promise<void>;
}

export function openHome(
  first: Config,
  parts: { readonly telemetry: MqttConnection; readonly instance: string; readonly gallery: Gallery },
  tools: Tools,
): Home {
  const { homeAssistant: home, mqtt, site } = first;
  const { telemetry: connection, gallery } = parts;
  const clock = systemClock;
  const closing = createClosingStack((error) =>
    tools.logger.error({ code: codeOf(error) }, `while leaving Home Assistant: ${messageOf(error)}`),
  );
  let newest: (camera: string) => Frame | null = () => null;
  const visitors = closing.own(
    openVisitors({
      connection,
      prefix: mqtt.prefix,
      sensors: home.discovery,
      frigate: home.frigate,
      doubleTake: home.doubleTake,
      snapshots: home.snapshots,
      ...(home.names ? { nameOf: async (id: string) => (await gallery.person(id))?.name ?? null } : {}),
      async pictureOf(camera) {
        const frame = newest(camera);
        if (frame === null) return null;
        const { width, height, rgb } = frame;
        const everything = { left: 0, top: 0, width, height };
        return encodeCrop({ width, height, rgb }, everything, { scale: 1, quality: SNAPSHOT_QUALITY });
      },
      clock,
      ...tools,
    }),
  );
  const devicesIn = ({ doors, cameras, remote }: Config): readonly Device[] =>
    devicesOf({
      instance: parts.instance,
      version: VERSION,
      name: site.name,
      prefix: mqtt.prefix,
      doors: doors.map(({ id, remote: { unlock, unsigned, control } }) => {
        // What Home Assistant sends is not signed.
        return { id, remote: { unlock: unlock && unsigned, control, test: control } };
      }),
      cameras: cameras.map(({ id }) => id),
      snapshots: home.snapshots !== "never",
      remote: { control: remote.control },
    });
  let discovery: AsyncDisposable | null = null;
  closing.defer(() => discovery?.[Symbol.asyncDispose]());
  const tellOf = async (config: Config): Promise<void> => {
    await discovery?.[Symbol.asyncDispose]();
    discovery = await openDiscovery({
      connection,
      discoveryPrefix: home.prefix,
      devices: home.discovery ? devicesIn(config) : [],
      file: announcedFileIn(site.dataDir),
      onBirth: visitors.again,
      random: Math.random,
      clock,
      ...tools,
    });
  };
  return {
    beside: visitors.beside,
    async begin(status, newestOf) {
      newest = newestOf;
      if (home.discovery) closing.own(openLeafStates({ connection, prefix: mqtt.prefix, status, clock }));
      await tellOf(first);
    },
    siteChanged: tellOf,
    [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
  };
}
