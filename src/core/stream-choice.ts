/** One of the streams a camera offers. */
export interface StreamProfile {
  /** The camera's own word for it; opaque. */
  readonly token: string;
  readonly name: string;
  /** Pixels; 0 when the camera does not say. */
  readonly width: number;
  readonly height: number;
  readonly codec: StreamCodec;
  /** Pictures a second the camera promises at most; null when it does not say. */
  readonly fps: number | null;
}

export type StreamCodec = "H264" | "H265" | "MPEG4" | "JPEG" | "unknown";

/** What can be decoded, the cheapest first. JPEG is not among them: it fills the network and comes without timestamps to trust. */
const DECODABLE: readonly StreamCodec[] = ["H264", "H265", "MPEG4"];

/**
 * The stream to look at: the smallest that is still as wide as the picture searched for faces (`width`, px), because decoding is
 * the dear part (a 640x360 stream was measured at a ninth of 1080p); of the same size H.264 before H.265; with none that wide the
 * largest there is. Null when nothing can be decoded or no size is known.
 */
export function chooseStream(profiles: readonly StreamProfile[], width: number): StreamProfile | null {
  const usable = profiles.filter(({ codec, width: w, height }) => DECODABLE.includes(codec) && w > 0 && height > 0);
  const bySize = usable.toSorted((a, b) => pixels(a) - pixels(b) || rank(a) - rank(b));
  const wideEnough = bySize.find((profile) => profile.width >= width);
  if (wideEnough !== undefined) return wideEnough;
  const largest = bySize.at(-1);
  return bySize.find((profile) => largest !== undefined && pixels(profile) === pixels(largest)) ?? null;
}

function pixels({ width, height }: StreamProfile): number {
  return width * height;
}

function rank({ codec }: StreamProfile): number {
  return DECODABLE.indexOf(codec);
}
