import { visitTimes } from "#demo/clip/timeline";
import {
  type ClipShape,
  type ClipVisit,
  distanceExpression,
  farDistance,
  nearFacePx,
  VISIT_S,
  widthsPerSecond,
} from "#demo/clip/visit";

interface GraphInput {
  /** Name inside the assets folder. */
  readonly file: string;
  /** ffmpeg options in front of this input. */
  readonly options: readonly string[];
}

export interface FilterGraph {
  readonly inputs: readonly GraphInput[];
  /** The filter_complex text; its one output is called `out`. */
  readonly text: string;
}

/**
 * The whole clip as one ffmpeg filter graph: a wall with a door, and each visitor as a soft-edged cut-out that grows, stands
 * and shrinks. A hard edge looks like a pasted card; the noise keeps an empty scene from being a frozen picture.
 */
export function filterGraph(visits: readonly ClipVisit[], shape: ClipShape): FilterGraph {
  const times = visitTimes(visits);
  const { totalS } = times;
  const chains = [`${background(shape, totalS)}[bg0]`];
  visits.forEach((visit, index) => {
    const startS = times.startS[index] ?? 0;
    const figure = figureSize(visit, shape);
    chains.push(
      `${mask(visit, figure)}[mask${index}]`,
      `[${index}:v]${cutOut(visit, figure, shape)}[flat${index}]`,
      `[flat${index}][mask${index}]alphamerge=shortest=1,${figureMoves(visit)}setpts=PTS-STARTPTS+${startS}/TB,${zoom(visit, startS, shape)}[figure${index}]`,
      `[bg${index}][figure${index}]${place(visit, figure, startS, shape)}[bg${index + 1}]`,
    );
  });
  chains.push(`[bg${visits.length}]noise=alls=5:allf=t,format=yuv420p[out]`);
  return { inputs: visits.map((visit) => inputOf(visit, shape)), text: chains.join(";") };
}

function inputOf({ picture }: ClipVisit, shape: ClipShape): GraphInput {
  const options =
    picture.fromS === null
      ? // Without a pattern type, a "%" in the folder's name makes ffmpeg look for numbered files.
        ["-f", "image2", "-pattern_type", "none", "-loop", "1", "-framerate", `${shape.fps}`, "-t", `${VISIT_S}`]
      : ["-ss", `${picture.fromS}`, "-t", `${VISIT_S}`];
  return { file: picture.file, options };
}

interface FigureSize {
  /** Of the crop at the door, px, even. */
  readonly width: number;
  readonly height: number;
  /** With the telephone or the paper around it, when there is one. */
  readonly outerWidth: number;
  readonly outerHeight: number;
  readonly bezelSide: number;
  readonly bezelTop: number;
}

function figureSize({ picture, isPictureAttack }: ClipVisit, shape: ClipShape): FigureSize {
  const facePx = nearFacePx(shape);
  const enlarge = facePx / picture.faceHeightPx;
  const width = even(picture.crop.width * enlarge);
  const height = even(picture.crop.height * enlarge);
  const bezelSide = isPictureAttack ? even(0.1 * facePx) : 0;
  const bezelTop = isPictureAttack ? even(0.22 * facePx) : 0;
  return {
    width,
    height,
    bezelSide,
    bezelTop,
    outerWidth: width + 2 * bezelSide,
    outerHeight: height + 2 * bezelTop,
  };
}

function background({ width, height, fps }: ClipShape, totalS: number): string {
  const box = (x: number, y: number, w: number, h: number, colour: string): string =>
    `drawbox=x=${Math.round(x * width)}:y=${Math.round(y * height)}:w=${Math.round(w * width)}:h=${Math.round(h * height)}:color=${colour}:t=fill`;
  return [
    `color=0x9a9a96:s=${width}x${height}:r=${fps}:d=${totalS}`,
    box(0, 0.86, 1, 0.14, "0x6e6a64"), // floor
    box(0.36, 0.12, 0.28, 0.74, "0x4a4038"), // door frame
    box(0.375, 0.145, 0.25, 0.715, "0x7a6450"), // door
    box(0.7, 0.38, 0.07, 0.09, "0xd0d0c8"), // sign
    "format=yuv420p",
  ].join(",");
}

/** What of the cut-out is seen: an ellipse with soft edges, or a picture's whole rectangle. */
function mask({ isPictureAttack }: ClipVisit, figure: FigureSize): string {
  const size = `s=${figure.outerWidth}x${figure.outerHeight}`;
  if (isPictureAttack) return `color=white:${size}:d=0.1,format=gray,loop=-1:size=1:start=0`;
  const ellipse = "255*clip((1-hypot((X-W/2)/(W*0.49),(Y-H*0.62)/(H*0.61)))*5,0,1)";
  return `color=black:${size}:d=0.1,format=gray,geq=lum='${ellipse}',loop=-1:size=1:start=0`;
}

function cutOut({ picture, isPictureAttack, attackWith }: ClipVisit, figure: FigureSize, { fps }: ClipShape): string {
  const { x, y, width, height } = picture.crop;
  const scaled = [
    `crop=${width}:${height}:${x}:${y}`,
    `fps=${fps}`, // before alphamerge: the videos have rates of their own
    `scale=${figure.width}:${figure.height}:flags=area`,
    "setsar=1",
    "format=yuv444p",
  ];
  if (!isPictureAttack) return scaled.join(",");
  if (attackWith === "print") {
    // A print is dull, and its paper goes on around it.
    const pad = `pad=${figure.outerWidth}:${figure.outerHeight}:${figure.bezelSide}:${figure.bezelTop}:color=0xe8e8e4`;
    return [...scaled, "eq=contrast=0.9:saturation=0.85", pad].join(",");
  }
  return [
    ...scaled,
    "eq=brightness=0.05:contrast=1.1", // a screen is brighter than a face
    `pad=${figure.outerWidth}:${figure.outerHeight}:${figure.bezelSide}:${figure.bezelTop}:color=0x0c0c0c`,
    `drawbox=x=0:y=0:w=iw:h=ih:color=0x585858:t=${Math.max(2, Math.round(figure.bezelSide / 6))}`,
  ].join(",");
}

/** A picture is held in a hand that is never quite still. Time here still counts from the visitor's own first frame. */
function figureMoves({ isPictureAttack }: ClipVisit): string {
  return isPictureAttack ? "rotate=a='0.04*sin(1.7*t)':c=black@0," : "";
}

function zoom({ walk }: ClipVisit, startS: number, shape: ClipShape): string {
  const distance = distanceExpression(`t-${startS}`, shape, walk);
  const side = (name: string): string => `'max(8,2*trunc(${name}/2/${distance}))'`;
  return `scale=w=${side("iw")}:h=${side("ih")}:eval=frame:flags=bilinear`;
}

/**
 * Where the figure stands: in the middle, a little to the side and higher up while far, swaying with each step; or wherever it is on
 * its way past. Its size is computed anew instead of asked of `overlay`, whose overlay_w is not kept up to date for an input that
 * changes its size.
 */
function place({ walk, aside = 0 }: ClipVisit, figure: FigureSize, startS: number, shape: ClipShape): string {
  const atS = `t-${startS}`;
  const distance = distanceExpression(atS, shape, walk);
  const spread = Math.max(farDistance(shape) - 1, 0.001).toFixed(4);
  const far = `(${distance}-1)/${spread}`;
  const left = `-${figure.outerWidth}/${distance}/2+W/40*sin(2.2*(${atS}))/${distance}`;
  const x =
    walk?.kind === "past"
      ? `W*${widthsPerSecond(walk, shape).toFixed(4)}*(${atS})${left}`
      : `W/2${left}+W/8*${far}${aside === 0 ? "" : `+W*${aside}`}`;
  const y = `H-${figure.outerHeight}/${distance}-H*0.26*${far}`;
  const untilS = startS + VISIT_S - 0.5 / shape.fps;
  return `overlay=x='${x}':y='${y}':eval=frame:eof_action=pass:enable='between(t,${startS},${untilS})'`;
}

function even(value: number): number {
  return 2 * Math.round(value / 2);
}
