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

/** Second at which each visit begins, in the order of the list, and how long the clip is. */
export function visitTimes(visits: readonly Pick<ClipVisit, "isTogether">[]): { startS: number[]; totalS: number } {
  const startS: number[] = [];
  let nextS = EMPTY_S;
  for (const { isTogether } of visits) {
    const before = startS[startS.length - 1];
    if (isTogether === true && before !== undefined) startS.push(before);
    else {
      startS.push(nextS);
      nextS += VISIT_S + EMPTY_S;
    }
  }
  return { startS, totalS: nextS };
}

export function clipTimeline(visits: readonly ClipVisit[], shape: ClipShape): ClipTimeline {
  const { startS, totalS } = visitTimes(visits);
  return {
    fps: shape.fps,
    frames: Math.round(totalS * shape.fps),
    visits: visits.map(({ picture: _, ...visit }, index) => {
      const startFrame = Math.round((startS[index] ?? 0) * shape.fps);
      const endFrame = startFrame + Math.round(VISIT_S * shape.fps);
      const nominalHeightPx = (frame: number): number =>
        frame < startFrame || frame >= endFrame
          ? 0
          : nearFacePx(shape) / distanceAt((frame - startFrame) / shape.fps, shape, visit.walk);
      return { ...visit, startFrame, endFrame, nominalHeightPx };
    }),
  };
}
