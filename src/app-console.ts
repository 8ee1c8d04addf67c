import { systemClock } from "#adapters/clock/system-clock";
import { createLiveRoom, type LiveRoom } from "#adapters/console/live-room";
import { openConsole } from "#adapters/console/server";
import { encodeCrop } from "#adapters/faces/encode-crop";
import type { OpenFaceFinder } from "#adapters/faces/finder";
import { createPhotoReader } from "#adapters/faces/photo-reader";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import type { MemoryMetrics } from "#adapters/metrics/memory-metrics";
import { cameraChecker, camerasOnNetwork, consoleDoors, explainedAtAll } from "#app-console-desks";
import { photoKeeper, type Records } from "#app-offline";
import type { Tools } from "#app-parts";
import type { Watch } from "#app-watch";
import type { Config, HttpConfig } from "#config/config";
import { codeOf, messageOf } from "#errors";
import { createEnroller } from "#flow/enroller";
import { createPeopleDesk } from "#flow/people-desk";
import { createClosingStack } from "#lifecycle";
import { CONSOLE_FILES } from "#paths";
import type { ConfigDesk } from "#ports/config-desk";
import type { FaceSearch } from "#ports/face-search";
import type { Frame } from "#ports/frame-source";
import type { Gallery } from "#ports/gallery";
import type { LiveView } from "#ports/live-view";
import type { DoorModes, RemoteUnlock } from "#ports/remote-doors";
import type { Status } from "#ports/status-board";

const SNAPSHOT_QUALITY = 82;
/** Photographs people enrol from by hand. */
const UPLOAD_LIMITS = { maxBytes: 12 * 1024 * 1024, maxPixels: 24_000_000 };
/** Enough to see who it is in a list. */
const THUMBNAIL = { maxSide: 160, quality: 80 };

/** A camera as the console sees it. */
export interface WatchedCamera {
  readonly id: string;
  newest(): Frame | null;
  /** Null: no live video, single pictures only. */
  readonly view: LiveView | null;
}

export interface ConsoleParts {
  /** Of the moment. */
  readonly config: () => Config;
  /** The lowest score that opens, of the moment; null = what is worked out alone. */
  readonly lowest: () => number | null;
  readonly room: LiveRoom;
  readonly status: () => Status;
  /** Of the moment. */
  readonly watched: () => readonly WatchedCamera[];
  readonly records: Pick<Records, "accounts" | "audit" | "gallery" | "admin" | "calibrations">;
  readonly finder: OpenFaceFinder;
  readonly binary: FfmpegBinary;
  /** Over the same gallery, for look-alikes of whom is enrolled here. */
  readonly search: FaceSearch;
  readonly desk: ConfigDesk;
  readonly metrics: MemoryMetrics;
  readonly signal: AbortSignal;
  /** Says something to whoever started Limen, and nowhere else. */
  readonly tell: (line: string) => void;
  readonly watch: Pick<Watch, "stuck" | "metricsText" | "metricsType">;
  readonly remote: RemoteUnlock;
  readonly modes: DoorModes;
}

/** Where flow says what it sees; nobody hears it unless the console is open. */
export function createRoom(gallery: Gallery): LiveRoom {
  const nameOf = async (id: string): Promise<string | null> => (await gallery.person(id))?.name ?? null;
  return createLiveRoom({ clock: systemClock, nameOf });
}

/** The console over the parts of a running Limen. Throws LIMEN_CONSOLE_*. */
export async function openLiveConsole(
  http: HttpConfig,
  { config, lowest, watched, binary, records, finder, search, desk, metrics, tell, watch, ...same }: ConsoleParts,
  tools: Tools,
): Promise<AsyncDisposable> {
  const closing = createClosingStack((error) =>
    tools.logger.error({ code: codeOf(error) }, `while closing the console: ${messageOf(error)}`),
  );
  const clock = systemClock;
  const { site } = config();
  const { signal, status } = same;
  const { accounts, audit, gallery, admin } = records;
  const console = closing.own(
    await openConsole({
      listen: http.listen,
      password: http.password?.reveal() ?? null,
      accounts,
      trustedHosts: http.trustedHosts,
      behindTlsProxy: http.behindTlsProxy,
      files: CONSOLE_FILES,
      siteName: site.name,
      timeZone: site.timeZone,
      audit,
      gallery,
      admin,
      doorCollections: () => [...new Set(config().doors.map(({ collection }) => collection))],
      people: createPeopleDesk({
        decoder: createPhotoReader(UPLOAD_LIMITS),
        enroller: createEnroller({ finder, gallery, search }),
        admin,
        crop: (picture, box) => encodeCrop(picture, box, THUMBNAIL),
        photoOf: photoKeeper(config()),
        modelId: finder.modelId,
        samePersonCosine: finder.samePersonCosine,
      }),
      explained: (personId) => explainedAtAll(config(), gallery, personId),
      doors: () =>
        consoleDoors(config(), {
          lowest: lowest(),
          search,
          finder,
          calibrations: records.calibrations,
          isLive: (id) => watched().find((camera) => camera.id === id)?.view != null,
        }),
      ...same,
      findCameras: () => camerasOnNetwork(config(), signal),
      checkCamera: cameraChecker(config, { finder, binary, signal }, tools),
      counted: () => Object.entries(metrics.snapshot()),
      config: desk,
      cameras: watched,
      health: {
        token: http.metricsToken?.reveal() ?? null,
        stuck: watch.stuck,
        metrics: () => ({ type: watch.metricsType, text: watch.metricsText(status()) }),
      },
      encode: ({ width, height, rgb }) =>
        encodeCrop({ width, height, rgb }, { left: 0, top: 0, width, height }, { scale: 1, quality: SNAPSHOT_QUALITY }),
      clock,
      ...tools,
    }),
  );
  const link = await console.firstRunLink();
  if (link !== null) tell(`Nobody owns the console yet. To set its password, open once and within an hour: ${link}`);
  return closing;
}
