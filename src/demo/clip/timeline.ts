import { type ClipShape, type ClipVisit, distanceAt, EMPTY_S, nearFacePx, VISIT_S } from "#demo/clip/visit";

export interface TimelineVisit extends Omit<ClipVisit, "picture"> {
  /** First frame of the clip that shows the visitor. */
  readonly startFrame: number;
  /** First frame after the visit. */
  readonly endFrame: number;
  /** How high the face is in this frame of the clip by the recipe, px; 0 outside the visit. */
  nominalHeightPx(frame: number): number;
}

/** What happens when in a rendered clip. */
export interface ClipTimeline {
  readonly fps: number;
  /** Length of the clip. */
  readonly frames: number;
  readonly visits: readonly TimelineVisit[];
}

/** Second at which the visit of this place in the list begins. */
export function visitStartS(index: number): number {
  return EMPTY_S + index * (VISIT_S + EMPTY_S);
}

export function clipTimeline(visits: readonly ClipVisit[], shape: ClipShape): ClipTimeline {
  return {
    fps: shape.fps,
    frames: Math.round(visitStartS(visits.length) * shape.fps),
    visits: visits.map(({ picture: _, ...visit }, index) => {
      const startFrame = Math.round(visitStartS(index) * shape.fps);
      const endFrame = startFrame + Math.round(VISIT_S * shape.fps);
      const nominalHeightPx = (frame: number): number =>
        frame < startFrame || frame >= endFrame
          ? 0
          : nearFacePx(shape) / distanceAt((frame - startFrame) / shape.fps, shape);
      return { ...visit, startFrame, endFrame, nominalHeightPx };
    }),
  };
}
