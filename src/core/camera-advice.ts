import type { CameraMeasures } from "#core/camera-measures";
import { SIGHT_PROBLEMS } from "#core/readiness";

export interface AdviceLimits {
  readonly detectSize: { readonly width: number; readonly height: number };
  readonly minFacePx: number;
  readonly minSharpness: number;
}

/** Under these a picture is hard to recognise anybody in. Light and contrast in levels of 255. */
const DIM = 40;
const GLARING = 225;
const FLAT = 12;
/** Noise alone reaches 15; a focused view of anything with an edge in it is far above. */
const SOFT = 30;
const FEWEST_FPS = 5;
const GOOD_FPS = 10;
const LONGEST_GAP_MS = 1000;
const LONGEST_KEY_MS = 5000;
const DEAR_CORES = 0.5;
/** A face should be larger than the smallest that counts: people do not stop at the mark. */
const COMFORT = 1.5;

const px = ({ width, height }: { width: number; height: number }): string => `${width}×${height}`;

/** What to change, a sentence each, the gravest first; none = nothing. */
export function adviceFor(measures: CameraMeasures, limits: AdviceLimits): string[] {
  return [
    ...(measures.sight === "ok" ? [] : [`the camera ${SIGHT_PROBLEMS[measures.sight]}`]),
    ...onPicture(measures),
    ...onStream(measures, limits),
    ...onFaces(measures, limits),
  ];
}

function onPicture({ light, contrast, sharpness, sight }: CameraMeasures): string[] {
  if (sight === "dark" || sight === "covered") return [];
  const advice: string[] = [];
  if (light < DIM)
    advice.push(
      `the picture is dark (light ${Math.round(light)} of 255): put a lamp at the door, or switch on infrared`,
    );
  if (light > GLARING)
    advice.push(
      `the picture is glaring (light ${Math.round(light)} of 255): lower the exposure, or turn it from the sun`,
    );
  if (contrast < FLAT)
    advice.push(
      `the picture has little contrast (${Math.round(contrast)}): clean the lens, or switch backlight compensation`,
    );
  if (sharpness < SOFT && sight !== "blurred")
    advice.push(
      `the picture is blurred (sharpness ${Math.round(sharpness)}, should be over ${SOFT}): clean or focus the lens`,
    );
  return advice;
}

function onStream({ stream, decodeCores }: CameraMeasures, { detectSize }: AdviceLimits): string[] {
  const advice: string[] = [];
  const isLarge = stream !== null && stream.width > 1000 && stream.width >= 2 * detectSize.width;
  if (stream !== null && isLarge)
    advice.push(
      `the camera sends ${px(stream)} and ${px(detectSize)} of it is used: give the address of its smaller stream (often /sub or stream2), or raise detect_size to see further`,
    );
  if (stream !== null && stream.width < detectSize.width)
    advice.push(`the camera sends only ${px(stream)}: choose a larger size in the camera, at least ${px(detectSize)}`);
  if (stream !== null && stream.fps < FEWEST_FPS)
    advice.push(`only ${stream.fps.toFixed(1)} pictures a second: set the camera to ${GOOD_FPS} or more`);
  if (stream !== null && stream.gapsMs.longest > LONGEST_GAP_MS)
    advice.push(
      `no picture came for up to ${(stream.gapsMs.longest / 1000).toFixed(1)} s: look at the network to the camera; a cable is better than Wi-Fi`,
    );
  if (stream?.keyEachMs != null && stream.keyEachMs > LONGEST_KEY_MS)
    advice.push(
      `a key frame comes only each ${(stream.keyEachMs / 1000).toFixed(0)} s: set the camera's I-frame interval to 1 or 2 s, it is blind that long after an outage`,
    );
  if (decodeCores !== null && decodeCores > DEAR_CORES && !isLarge)
    advice.push(
      `decoding takes ${Math.round(100 * decodeCores)} % of a core: choose a smaller stream, or H.264 instead of H.265`,
    );
  return advice;
}

function onFaces({ faces, stream }: CameraMeasures, { detectSize, minFacePx, minSharpness }: AdviceLimits): string[] {
  const { heightPx, sharpness } = faces;
  if (heightPx === null) return ["no face was seen: run this again while somebody stands where people will stand"];
  const larger =
    stream !== null && stream.width > detectSize.width
      ? `, or set detect_size to ${px(stream)}, as the camera sends it`
      : "";
  if (heightPx < minFacePx)
    return [
      `the largest face was ${Math.round(heightPx)} px high and ${minFacePx} are needed: bring the camera closer${larger}`,
    ];
  const advice: string[] = [];
  if (heightPx < COMFORT * minFacePx)
    advice.push(
      `the largest face was ${Math.round(heightPx)} px high, hardly more than the ${minFacePx} needed: bring the camera closer${larger}`,
    );
  if (sharpness !== null && sharpness < minSharpness)
    advice.push("the largest face was too blurred to be judged: more light at the door lets the camera expose shorter");
  return advice;
}
