/** An axis-aligned rectangle in pixels of one picture; `left`/`top` may be fractional. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Centre of a box, px. */
export function centreOf(box: Box): Point {
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

/** Intersection over union of two boxes, 0..1; 0 for empty boxes. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/** True when the box touches or crosses the picture's border, within `margin` px: the face in it is cut off. */
export function isCutByEdge(box: Box, picture: { width: number; height: number }, margin = 1): boolean {
  return (
    box.left < margin ||
    box.top < margin ||
    box.left + box.width > picture.width - margin ||
    box.top + box.height > picture.height - margin
  );
}

/**
 * Even-odd test of a point against a polygon given as corner points in fractions of the picture (0..1).
 * An empty polygon means "the whole picture".
 */
export function isInsideZone(
  point: Point,
  picture: { width: number; height: number },
  zone: readonly Point[],
): boolean {
  if (zone.length === 0) return true;
  const x = point.x / picture.width;
  const y = point.y / picture.height;
  let inside = false;
  let previous = zone[zone.length - 1];
  for (const corner of zone) {
    if (previous && corner.y > y !== previous.y > y) {
      const crossing = ((previous.x - corner.x) * (y - corner.y)) / (previous.y - corner.y) + corner.x;
      if (x < crossing) inside = !inside;
    }
    previous = corner;
  }
  return inside;
}
