import type { CameraMeasures } from "#core/camera-measures";
import type { FoundFace } from "#core/face";
import { createSceneReader } from "#core/scene";
import { type CloseUp, NO_TILES, planTiles } from "#core/tiles";
import { LimenError } from "#errors";
import { createCameraEye } from "#flow/camera-eye";
import type { Clock } from "#ports/clock";
import type { FaceFinder } from "#ports/face-finder";
import type { Frame, FrameSource } from "#ports/frame-source";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

export interface CheckupParts {
  readonly camera: string;
  readonly source: FrameSource;
  readonly finder: Pick<FaceFinder, "find">;
  readonly closeUp: CloseUp;
  /** CPU seconds decoding has taken so far; null when nobody knows. */
  readonly decodeCpuSeconds: () => number | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Told at the first picture and at every later one: how long it has been watching, ms (0 = not yet). */
  readonly onProgress: (watchedMs: number, pictures: number) => void;
}

/** How often the wait for a first picture looks whether there is any hope left. */
const CHECK_MS = 250;
/** One and the same picture so many times is a camera that stands still, whatever the clock says. */
const FROZEN_PICTURES = 5;

/**
 * Watches one camera for `seconds` from its first picture on, as the daemon would. Throws the camera's own LimenError code when
 * its first attempt fails, LIMEN_CAMERA_STALLED when pictures stop coming; the signal ends it early with what there is.
 */
export async function checkCamera(
  parts: CheckupParts,
  seconds: number,
  signal: AbortSignal,
): Promise<Omit<CameraMeasures, "stream">> {
  const { clock, source } = parts;
  const stop = new AbortController();
  const end = (): void => stop.abort();
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  const notes = createNotes(parts);
  let watchedFromMs: number | null = null;
  let fault: string | null = null;

  const guard = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await clock.sleep(CHECK_MS, stop.signal).catch(() => {});
      const { code } = source.health();
      if (code !== null) fault = code;
      const isOver = watchedFromMs !== null && clock.monotonicMs() - watchedFromMs >= 1000 * seconds;
      if (isOver || code !== null) end();
    }
  };
  const watch = async (): Promise<void> => {
    for await (const frame of source.frames(stop.signal)) {
      watchedFromMs ??= clock.monotonicMs();
      await notes.take(frame);
      parts.onProgress(clock.monotonicMs() - watchedFromMs, notes.pictures());
    }
  };
  try {
    await Promise.all([watch().finally(end), guard()]);
  } finally {
    signal.removeEventListener("abort", end);
  }
  if (watchedFromMs === null || fault !== null) throw faultOf(parts.camera, fault);
  return notes.sum((clock.monotonicMs() - watchedFromMs) / 1000);
}

function faultOf(camera: string, code: string | null): LimenError {
  const hint = "docs/errors.md says what to do about it";
  const known = CAMERA_FAULTS.find((fault) => fault === code);
  return new LimenError(known ?? "LIMEN_CAMERA_FAILED", `camera ${camera} gives no pictures (${code ?? "stopped"})`, {
    hint,
  });
}

const CAMERA_FAULTS = [
  "LIMEN_CAMERA_AUTH",
  "LIMEN_CAMERA_NOT_FOUND",
  "LIMEN_CAMERA_UNREACHABLE",
  "LIMEN_CAMERA_SILENT",
  "LIMEN_CAMERA_STALLED",
  "LIMEN_CAMERA_ENDED",
] as const;

/** Gathers what the pictures say. */
function createNotes(parts: CheckupParts) {
  const eye = createCameraEye(parts);
  const readScene = createSceneReader();
  const light: number[] = [];
  const contrast: number[] = [];
  const sharpness: number[] = [];
  const kinds = new Set<number>();
  let plan = NO_TILES;
  let pictures = 0;
  let seen = 0;
  let largest: FoundFace | null = null;
  let cpuFrom: CpuReading | null = null;
  let cpuTo: CpuReading | null = null;

  return {
    pictures: () => pictures,
    async take(frame: Frame): Promise<void> {
      pictures++;
      // With each picture, because at the end the decoder is gone.
      cpuTo = readCpu(parts);
      cpuFrom ??= cpuTo;
      eye.see(frame);
      const scene = readScene(frame);
      light.push(scene.light);
      contrast.push(scene.contrast);
      sharpness.push(scene.sharpness);
      kinds.add(scene.fingerprint);
      const step = planTiles(plan, frame, parts.closeUp, { moved: [], faces: largest === null ? [] : [largest.box] });
      plan = step.plan;
      const [face] = await parts.finder.find(frame, step.tiles);
      if (face === undefined) return;
      seen++;
      if (largest === null || face.box.height > largest.box.height) largest = face;
    },
    sum(seconds: number): Omit<CameraMeasures, "stream"> {
      const isStill = pictures >= FROZEN_PICTURES && kinds.size === 1;
      return {
        pictures,
        seconds,
        decodeCores: coresBetween(cpuFrom, cpuTo),
        light: medianOf(light),
        contrast: medianOf(contrast),
        sharpness: medianOf(sharpness),
        sight: isStill ? "frozen" : eye.sight().state,
        faces: {
          looks: pictures,
          seen,
          heightPx: largest?.box.height ?? null,
          sharpness: largest?.sharpness ?? null,
        },
      };
    },
  };
}

interface CpuReading {
  readonly atS: number;
  readonly usedS: number;
}

function readCpu({ clock, decodeCpuSeconds }: CheckupParts): CpuReading | null {
  const usedS = decodeCpuSeconds();
  return usedS === null ? null : { atS: clock.monotonicMs() / 1000, usedS };
}

function coresBetween(from: CpuReading | null, to: CpuReading | null): number | null {
  if (from === null || to === null || to.atS <= from.atS) return null;
  return (to.usedS - from.usedS) / (to.atS - from.atS);
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
