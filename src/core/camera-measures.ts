import type { SightState } from "#core/camera-sight";
import type { StreamSurvey } from "#core/stream-survey";

/** What was measured of one camera, over some seconds. */
export interface CameraMeasures {
  /** Pictures that came out of the ingest, and over how long, s; few where nothing moves. */
  readonly pictures: number;
  readonly seconds: number;
  /** What the camera sends; null when it could not be asked. */
  readonly stream: StreamSurvey | null;
  /** Cores that decoding takes, 1 = one whole core; null when this computer does not tell. */
  readonly decodeCores: number | null;
  /** Medians over the judged pictures. */
  readonly light: number;
  readonly contrast: number;
  readonly sharpness: number;
  readonly sight: SightState;
  readonly faces: {
    /** Pictures looked at, and in how many of them there was a face. */
    readonly looks: number;
    readonly seen: number;
    /** Of the largest face; null when none was seen. */
    readonly heightPx: number | null;
    readonly sharpness: number | null;
  };
}

/** The measures for people: what, and how it is. */
export function measureRows({
  stream,
  pictures,
  seconds,
  decodeCores,
  light,
  contrast,
  sharpness,
  sight,
  faces,
}: CameraMeasures): readonly (readonly [what: string, how: string])[] {
  const key = stream?.keyEachMs == null ? "" : `, a key frame each ${(stream.keyEachMs / 1000).toFixed(1)} s`;
  const sends =
    stream === null
      ? "not known: the camera gave no second connection"
      : `${stream.width}×${stream.height} ${stream.codec}, ${stream.fps.toFixed(1)} pictures/s, ${Math.round(stream.kbitPerSecond)} kbit/s${key}`;
  const gaps = stream?.gapsMs;
  const size =
    faces.heightPx === null
      ? ""
      : `, at best ${Math.round(faces.heightPx)} px high, sharpness ${faces.sharpness?.toFixed(0)}`;
  return [
    ["sends", sends],
    ...(gaps === undefined
      ? []
      : [["gaps", `half ${ms(gaps.half)}, 95 % ${ms(gaps.most)}, longest ${ms(gaps.longest)}`] as const]),
    ["taken", `${pictures} pictures in ${seconds.toFixed(1)} s (few where nothing moves)`],
    ["decoding", decodeCores === null ? "not known here" : `${(100 * decodeCores).toFixed(1)} % of a core`],
    [
      "picture",
      `${sight}: light ${Math.round(light)}, contrast ${Math.round(contrast)}, sharpness ${Math.round(sharpness)}`,
    ],
    ["faces", `in ${faces.seen} of ${faces.looks} looks${size}`],
  ];
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
