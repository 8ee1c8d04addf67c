import type { FoundFace, Picture } from "#core/face";
import type { Point } from "#core/geometry";

/** How much of the surroundings goes along, in face sizes to each side: more than alignment ever looks at. */
const MARGIN = 1;

/** The part of a picture around a face, mirrored left to right, and the face as it lies there: its left eye was the right one. */
export function mirrored(picture: Picture, face: FoundFace): { picture: Picture; face: FoundFace } {
  const { box } = face;
  const left = Math.max(0, Math.floor(box.left - box.width * MARGIN));
  const top = Math.max(0, Math.floor(box.top - box.height * MARGIN));
  const width = Math.min(picture.width, Math.ceil(box.left + box.width * (1 + MARGIN))) - left;
  const height = Math.min(picture.height, Math.ceil(box.top + box.height * (1 + MARGIN))) - top;
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    let from = ((top + y) * picture.width + left) * 3;
    for (let to = ((y + 1) * width - 1) * 3; to >= y * width * 3; to -= 3, from += 3) {
      rgb[to] = picture.rgb[from] ?? 0;
      rgb[to + 1] = picture.rgb[from + 1] ?? 0;
      rgb[to + 2] = picture.rgb[from + 2] ?? 0;
    }
  }
  const flip = ({ x, y }: Point): Point => ({ x: width - 1 - (x - left), y: y - top });
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = face.points;
  return {
    picture: { width, height, rgb },
    face: {
      ...face,
      box: { ...box, left: width - (box.left - left) - box.width, top: box.top - top },
      points: [flip(rightEye), flip(leftEye), flip(nose), flip(rightMouth), flip(leftMouth)],
    },
  };
}
