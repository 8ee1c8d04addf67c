import type { ConsoleCamera, ConsoleOptions } from "#adapters/console/parts";

/** Older pictures do not show what is there now. */
const FRESH_MS = 5000;

export type Snapshot = { readonly jpeg: Uint8Array } | { readonly missing: string };

/** Why this camera has no picture of now, in words; null when it has one. */
export function missingPicture(camera: ConsoleCamera, nowMs: number): string | null {
  const frame = camera.newest();
  if (frame === null) return "the camera has sent no picture yet";
  const seconds = Math.round((nowMs - frame.capturedAtMs) / 1000);
  return nowMs - frame.capturedAtMs > FRESH_MS ? `the camera's newest picture is ${seconds} s old` : null;
}

/** Newest pictures as JPEG, made when asked for; several who ask at once share one encoding a camera. */
export function createSnapshots({ encode, clock }: Pick<ConsoleOptions, "encode" | "clock">) {
  const underWay = new Map<string, Promise<Uint8Array>>();
  return async (camera: ConsoleCamera): Promise<Snapshot> => {
    const frame = camera.newest();
    const missing = missingPicture(camera, clock.monotonicMs());
    if (frame === null || missing !== null) return { missing: missing ?? "" };
    const encoding =
      underWay.get(camera.id) ??
      encode(frame).finally(() => {
        underWay.delete(camera.id);
      });
    underWay.set(camera.id, encoding);
    return { jpeg: await encoding };
  };
}
