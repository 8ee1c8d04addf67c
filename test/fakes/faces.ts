import type { FoundFace, Template } from "#core/face";
import { pointOf } from "#core/motion";
import type { Track } from "#core/track";
import type { Frame } from "#ports/frame-source";

/** A found face of this height at this place; good enough to be evidence unless told otherwise. */
export function faceAt(left: number, top: number, height = 100, changes: Partial<FoundFace> = {}): FoundFace {
  const width = height * 0.8;
  const at = (x: number, y: number) => ({ x: left + width * x, y: top + height * y });
  return {
    box: { left, top, width, height },
    confidence: 0.95,
    points: [at(0.3, 0.4), at(0.7, 0.4), at(0.5, 0.6), at(0.35, 0.8), at(0.65, 0.8)],
    yaw: 0.05,
    sharpness: 40,
    ...changes,
  };
}

export function frameAt(capturedAtMs: number, sequence = 0): Frame {
  return { camera: "front", sequence, capturedAtMs, width: 640, height: 360, rgb: new Uint8Array(640 * 360 * 3) };
}

/** A unit vector along one axis: different axes are strangers to each other (cosine 0). */
export function templateOf(axis: number, modelId = "model-a", dimension = 8, norm = 3.6): Template {
  const values = new Float32Array(dimension);
  values[axis % dimension] = 1;
  return { modelId, values, norm };
}

/** A face that has stood in one place for a while. */
export function standingTrack(id: number): Track {
  const { box } = faceAt(100, 80);
  return { id, box, firstSeenAtMs: 0, lastSeenAtMs: 0, path: [-600, -300, 0].map((atMs) => pointOf(box, atMs)) };
}
