import { systemClock } from "#adapters/clock/system-clock";
import type { OpenFaceFinder } from "#adapters/faces/finder";
import { type FfmpegBinary, locateFfmpeg } from "#adapters/ffmpeg/binary";
import { surveyStream } from "#adapters/ffmpeg/survey";
import { createMemoryMetrics } from "#adapters/metrics/memory-metrics";
import { createOnvifDirectory } from "#adapters/onvif/directory";
import { childCpuSeconds } from "#adapters/proc/child-load";
import { addressOf, openSource } from "#app-cameras";
import { openConfiguredFinder } from "#app-offline";
import type { CameraConfig, Config } from "#config/config";
import { adviceFor } from "#core/camera-advice";
import type { CameraMeasures } from "#core/camera-measures";
import { LimenError } from "#errors";
import { checkCamera } from "#flow/camera-checkup";
import type { Logger } from "#ports/logger";

/** How one camera is; either it could be watched, or why not. */
export type CameraDiagnosis =
  | {
      readonly camera: string;
      readonly fault: null;
      readonly measures: CameraMeasures;
      readonly advice: readonly string[];
    }
  | { readonly camera: string; readonly fault: LimenError };

export interface DoctorContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onProgress: (camera: string, watchedMs: number, pictures: number) => void;
}

/** What looks at a camera. */
export interface Examiner {
  readonly binary: FfmpegBinary;
  readonly finder: OpenFaceFinder;
  readonly logger: Logger;
  /** CPU seconds of this camera's decoder so far; null where it cannot be told from others. */
  readonly decodeCpuSeconds: () => number | null;
  readonly onProgress: (watchedMs: number, pictures: number) => void;
}

/** Opens one camera with the daemon's own parts, over connections of its own, and says how it is. Rejects only for what is no fault of it. */
export async function examineCamera(
  config: Config,
  camera: CameraConfig,
  seconds: number,
  { binary, finder, logger, ...told }: Examiner,
  signal: AbortSignal,
): Promise<CameraDiagnosis> {
  const { id, detectSize } = camera;
  const tools = { clock: systemClock, logger, metrics: createMemoryMetrics() };
  const directory = createOnvifDirectory({ clock: systemClock });
  try {
    await using source = openSource(camera, { directory, binary, tap: false }, tools);
    const parts = { camera: id, source, finder, closeUp: finder.closeUp, ...told };
    const watched = await checkCamera({ ...parts, ...tools }, seconds, signal);
    const address = await addressOf(camera, directory)(null, signal);
    const measures = { ...watched, stream: await surveyStream(address, binary, signal) };
    const { minFacePx, minSharpness } = config.faces;
    const advice = adviceFor(measures, { detectSize, minFacePx, minSharpness });
    return { camera: id, fault: null, measures, advice };
  } catch (error) {
    if (!(error instanceof LimenError)) throw error;
    return { camera: id, fault: error };
  }
}

/**
 * Examines the given cameras one after the other. Throws LIMEN_MODEL_*, LIMEN_FFMPEG_* when this computer is not ready; a camera's own
 * fault is part of the answer.
 */
export async function* examineCameras(
  config: Config,
  cameras: readonly CameraConfig[],
  seconds: number,
  { env, logger, signal, onProgress }: DoctorContext,
): AsyncGenerator<CameraDiagnosis, void> {
  const binary = await locateFfmpeg(env["PATH"]);
  await using finder = await openConfiguredFinder(config, env, { for: "photos" });
  const decodeCpuSeconds = (): number | null => childCpuSeconds(process.pid);
  for (const camera of cameras) {
    if (signal.aborted) return;
    const told = (watchedMs: number, pictures: number): void => onProgress(camera.id, watchedMs, pictures);
    const examiner = { binary, finder, logger, decodeCpuSeconds, onProgress: told };
    yield await examineCamera(config, camera, seconds, examiner, signal);
  }
}
