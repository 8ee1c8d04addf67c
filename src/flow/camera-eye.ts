import { disarms, nextSight, type Sight, type SightState, UNSEEN } from "#core/camera-sight";
import type { Instant } from "#core/instant";
import { createSceneReader, type Scene } from "#core/scene";
import { createViewMemory, type ViewMatch } from "#core/view";
import type { Clock } from "#ports/clock";
import type { Frame } from "#ports/frame-source";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

/** Pictures judged at most: one each so many ms. Faults last seconds, and an idle camera sends no more than this anyway. */
const JUDGE_EACH_MS = 450;
/** The rate is counted over so long, ms. */
const RATE_OVER_MS = 5_000;
/** A view is learned from pictures that look at least so much like it: a passer-by does not become part of it. */
const LEARN_FROM_MATCH = 0.4;

/** What one camera's pictures say of the camera itself. */
export interface CameraEye {
  /** Every picture that arrives, in order; judges two a second of them. */
  see(frame: Frame): void;
  sight(): { readonly state: SightState; readonly since: Instant };
  /** True when nothing this camera shows may open a door. */
  isDisarmed(): boolean;
  /** Numbers of the newest judged picture; null before the first. `scene.cells` is not kept. */
  numbers(): (Omit<Scene, "cells" | "fingerprint"> & ViewMatch) | null;
}

const WHAT_IS: Readonly<Record<SightState, string>> = {
  ok: "the picture can be trusted again",
  frozen: "the picture stands still: the camera sends the same one over and over",
  dark: "the picture is dark",
  covered: "the lens is covered",
  moved: "the camera looks somewhere else",
  blurred: "the picture has lost its focus",
  clock_back: "pictures come with times that go backwards",
};

/** Watches one camera. Says a change once, in the log and in the metrics; keeps the learned view in memory only. */
export function createCameraEye(parts: {
  readonly camera: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): CameraEye {
  const { camera, clock, logger, metrics } = parts;
  const readScene = createSceneReader();
  const view = createViewMemory();
  let sight: Sight = UNSEEN;
  let since = clock.now();
  let numbers: ReturnType<CameraEye["numbers"]> = null;
  let rate = { fromMs: Number.NaN, frames: 0 };

  const countRate = (atMs: number): void => {
    if (!(atMs - rate.fromMs < RATE_OVER_MS)) {
      if (rate.frames > 0) metrics.gauge("limen_camera_fps", (1000 * rate.frames) / (atMs - rate.fromMs), { camera });
      rate = { fromMs: atMs, frames: 0 };
    }
    rate.frames++;
  };

  const tell = (before: Sight): void => {
    since = clock.now();
    metrics.gauge("limen_camera_sight", 0, { camera, state: before.state });
    metrics.gauge("limen_camera_sight", 1, { camera, state: sight.state });
    const fields = { camera, sight: sight.state, before: before.state, ...rounded(numbers) };
    const isBetter = disarms(before.state) && !disarms(sight.state);
    const message = sight.adoptsView ? "the camera has a new view, and keeps it" : WHAT_IS[sight.state];
    if (sight.state === "ok" || isBetter) logger.info(fields, message);
    else logger.warn(fields, message);
  };

  const judge = (frame: Frame): void => {
    const { cells, light, contrast, sharpness, fingerprint } = readScene(frame);
    const { match, shift } = view.compare(cells);
    numbers = { light, contrast, sharpness, match, shift };
    const before = sight;
    const atMs = frame.capturedAtMs;
    const isSteady = view.isSteady(cells);
    sight = nextSight(before, {
      atMs,
      clockBackAtMs: frame.clockBackAtMs ?? null,
      light,
      contrast,
      sharpness,
      fingerprint,
      match,
      isShifted: shift !== null,
      isSteady,
    });
    if (sight.adoptsView) view.adopt();
    else if (sight.state === "ok" && sight.verdict === "ok" && (match === null || match >= LEARN_FROM_MATCH))
      view.learn(cells, Math.min(JUDGE_EACH_MS * 2, atMs - (before.last?.atMs ?? atMs)) / 1000);
    if (before.last === null) metrics.gauge("limen_camera_sight", 1, { camera, state: sight.state });
    if (sight.state !== before.state) tell(before);
  };

  return {
    see(frame) {
      const atMs = frame.capturedAtMs;
      const { last } = sight;
      countRate(atMs);
      metrics.gauge("limen_camera_frame_age_seconds", Math.max(0, clock.monotonicMs() - atMs) / 1000, { camera });
      const isTold = last !== null && (frame.clockBackAtMs ?? null) !== last.clockBackAtMs;
      if (last === null || isTold || atMs < last.atMs || atMs - last.atMs >= JUDGE_EACH_MS) judge(frame);
    },
    sight: () => ({ state: sight.state, since }),
    isDisarmed: () => disarms(sight.state),
    numbers: () => numbers,
  };
}

function rounded(numbers: ReturnType<CameraEye["numbers"]>): Record<string, number | null> {
  if (numbers === null) return {};
  const { light, contrast, sharpness, match, shift } = numbers;
  const percent = (share: number): number => Math.round(100 * share);
  return {
    light: Math.round(light),
    contrast: Math.round(contrast),
    sharpness,
    matchPercent: match === null ? null : percent(match),
    ...(shift === null ? {} : { rightPercent: percent(shift.right), downPercent: percent(shift.down) }),
  };
}
