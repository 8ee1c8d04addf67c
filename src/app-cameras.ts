import { systemClock } from "#adapters/clock/system-clock";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { type FfmpegFrameSource, openFfmpegFrameSource } from "#adapters/ffmpeg/frame-source";
import { type AddressFinder, fixedAddress } from "#adapters/ffmpeg/stream-url";
import type { Tools } from "#app-parts";
import type { CameraConfig } from "#config/config";
import type { Secret } from "#config/secret";
import { LimenError } from "#errors";
import { followCamera } from "#flow/camera-address";
import type { AdoptedCamera, CameraDirectory } from "#ports/camera-directory";

/** From the config's words for a camera to what the adapters need to read it. */

/** Frames arrive a little early as often as a little late; asked for the exact interval, every other one would miss its turn. */
const INTERVAL_SLACK = 0.9;

/** A camera as the directory wants it, with its credentials; null for one whose stream address is written down. */
export function adoptedCamera({ id, onvif, username, password, detectSize }: CameraConfig): AdoptedCamera | null {
  if (onvif === null) return null;
  return { id, onvif, detectWidth: detectSize.width, ...loginOf(username, password) };
}

/** Where a camera's pictures come from: as written, or asked from the directory before each attempt after a failure. */
export function addressOf(camera: CameraConfig, directory: CameraDirectory): AddressFinder {
  const adopted = adoptedCamera(camera);
  if (adopted !== null) return followCamera(adopted, directory);
  const { id, rtsp, username, password } = camera;
  if (rtsp === null) throw new LimenError("LIMEN_INTERNAL", `Camera ${id} has no address.`);
  return fixedAddress({ url: rtsp, ...loginOf(username, password) });
}

function loginOf(username: string | null, password: Secret | null): { username?: string; password?: string } {
  return {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password: password.reveal() }),
  };
}

export interface CameraParts {
  readonly directory: CameraDirectory;
  readonly binary: FfmpegBinary;
  /** True: people may watch it live. */
  readonly tap: boolean;
}

/** Throws LIMEN_CONFIG_INVALID for an address that ffmpeg will not be given. */
export function openSource(
  camera: CameraConfig,
  { directory, binary, tap }: CameraParts,
  tools: Tools,
): FfmpegFrameSource {
  return openFfmpegFrameSource({
    camera: camera.id,
    address: addressOf(camera, directory),
    decoder: camera.decoder,
    tap,
    ...camera.detectSize,
    lookIntervalMs: (1000 / camera.looksPerSecond) * INTERVAL_SLACK,
    binary,
    clock: systemClock,
    random: Math.random,
    ...tools,
  });
}
