import type { CameraCheck, ConsoleOptions } from "#adapters/console/parts";
import { messageOf } from "#errors";
import type { Clock } from "#ports/clock";

/** As long as the command's. */
export const CHECKUP_SECONDS = 10;

/** How far a camera's check is; `atMs` monotonic. */
export type Checkup =
  | { readonly state: "running"; readonly watchedMs: number }
  | { readonly state: "done"; readonly atMs: number; readonly found: CameraCheck };

/** The cameras' checks: one at a time, because each costs a decoder and a look at every picture. The last of each camera is kept. */
export interface Checkups {
  /** Begins one; "busy" while another camera is being checked, "unknown" where there is no such camera. */
  start(camera: string): "started" | "busy" | "unknown";
  /** Null = none was made since Limen started. */
  of(camera: string): Checkup | null;
}

export function createCheckups({
  checkCamera,
  clock,
}: Pick<ConsoleOptions, "checkCamera"> & { clock: Clock }): Checkups {
  const checkups = new Map<string, Checkup>();
  let under: string | null = null;
  return {
    start(camera) {
      if (under !== null) return under === camera ? "started" : "busy";
      let watchedMs = 0;
      const tell = (): void => void checkups.set(camera, { state: "running", watchedMs });
      const work = checkCamera(camera, CHECKUP_SECONDS, (ms) => {
        watchedMs = ms;
        tell();
      });
      if (work === null) return "unknown";
      under = camera;
      tell();
      const ended = (found: CameraCheck): void => {
        under = null;
        checkups.set(camera, { state: "done", atMs: clock.monotonicMs(), found });
      };
      work.then(ended, (error: unknown) => ended({ fault: messageOf(error), hint: "Limen's log says more" }));
      return "started";
    },
    of: (camera) => checkups.get(camera) ?? null,
  };
}
