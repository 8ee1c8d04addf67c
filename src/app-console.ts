import { systemClock } from "#adapters/clock/system-clock";
import { createLiveRoom, type LiveRoom } from "#adapters/console/live-room";
import { openConsole } from "#adapters/console/server";
import { encodeCrop } from "#adapters/faces/encode-crop";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { openLiveView } from "#adapters/live/live-view";
import type { Tools } from "#app-parts";
import type { Watch } from "#app-watch";
import type { HttpConfig } from "#config/config";
import { codeOf, messageOf } from "#errors";
import { createClosingStack } from "#lifecycle";
import { CONSOLE_FILES } from "#paths";
import type { Frame } from "#ports/frame-source";
import type { Gallery } from "#ports/gallery";
import type { LiveVideo } from "#ports/live-video";
import type { Status } from "#ports/status-board";

const SNAPSHOT_QUALITY = 82;

/** A camera as the console sees it. */
export interface WatchedCamera {
  readonly id: string;
  newest(): Frame | null;
  /** Null: no live video, single pictures only. */
  readonly live: LiveVideo | null;
}

export interface ConsoleParts {
  readonly site: string;
  readonly room: LiveRoom;
  readonly status: () => Status;
  readonly watched: readonly WatchedCamera[];
  readonly binary: FfmpegBinary;
  readonly watch: Pick<Watch, "stuck" | "metricsText" | "metricsType">;
}

/** Where flow says what it sees; nobody hears it unless the console is open. */
export function createRoom(gallery: Gallery): LiveRoom {
  const nameOf = async (id: string): Promise<string | null> => (await gallery.person(id))?.name ?? null;
  return createLiveRoom({ clock: systemClock, nameOf });
}

/** The console over the parts of a running Limen. Throws LIMEN_CONSOLE_*. */
export async function openLiveConsole(
  http: HttpConfig,
  { site, room, status, watched, binary, watch }: ConsoleParts,
  tools: Tools,
): Promise<AsyncDisposable> {
  const closing = createClosingStack((error) =>
    tools.logger.error({ code: codeOf(error) }, `while closing the console: ${messageOf(error)}`),
  );
  const clock = systemClock;
  const cameras = watched.map(({ id, newest, live }) => ({
    id,
    newest,
    view:
      live === null
        ? null
        : closing.own(openLiveView({ camera: id, video: live, ffmpeg: binary.path, clock, ...tools })),
  }));
  closing.own(
    await openConsole({
      listen: http.listen,
      password: http.password.reveal(),
      trustedHosts: http.trustedHosts,
      behindTlsProxy: http.behindTlsProxy,
      files: CONSOLE_FILES,
      siteName: site,
      cameras,
      status,
      health: {
        token: http.metricsToken?.reveal() ?? null,
        stuck: watch.stuck,
        metrics: () => ({ type: watch.metricsType, text: watch.metricsText(status()) }),
      },
      room,
      encode: ({ width, height, rgb }) =>
        encodeCrop({ width, height, rgb }, { left: 0, top: 0, width, height }, { scale: 1, quality: SNAPSHOT_QUALITY }),
      clock,
      ...tools,
    }),
  );
  return closing;
}
