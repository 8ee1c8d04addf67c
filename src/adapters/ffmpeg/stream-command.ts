import { Readable, type Writable } from "node:stream";
import type { FfmpegCommand } from "fluent-ffmpeg";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { type Decoder, decoderOptions } from "#adapters/ffmpeg/decoder";
import { type Dialect, dialectOf } from "#adapters/ffmpeg/dialect";
import { newCommand } from "#adapters/ffmpeg/one-shot";
import { CLOCK_FILTERS, STEADY_COPY } from "#adapters/ffmpeg/stream-clock";

export interface StreamShape {
  /** Size of the frames that come out, px. */
  readonly width: number;
  readonly height: number;
  /** Least time between two frames that come out, ms. */
  readonly lookIntervalMs: number;
}

const QUIET = ["-hide_banner", "-nostats", "-v", "error"];
const FROM_TEXT = ["-f", "concat", "-safe", "0", "-protocol_whitelist", "pipe,rtsp,rtsps,rtp,tcp,tls"];

/**
 * Options before `-i` of what copies from a camera that an ffconcat text names. The protocols are the ones RTSP over TCP or TLS
 * needs, so that no camera can send ffmpeg anywhere else; ffmpeg does not check a TLS certificate.
 */
export const COPY_INPUT_OPTIONS = [...QUIET, ...FROM_TEXT];

/** The same for what decodes. No probe-size tricks: they save a second at the start and lose odd cameras. */
export function inputOptions(decoder: Decoder): string[] {
  return [...QUIET, ...decoderOptions(decoder), ...FROM_TEXT];
}

/** Of an empty scene a picture comes at least this often, or the watchdog would take the camera for a stalled one. */
const EMPTY_SCENE_MS = 540;

/**
 * Drops a picture in which no 8×8 block has changed visibly since the last one that was kept, but never so many in a row (five of
 * ten a second) that an empty scene sends fewer than about two a second: that is what an idle camera costs, and whatever moves is
 * sent at once. A block counts from a mean change of 12 of 256 levels (hi = 64 × 12), or a third of all blocks from 5; sensor
 * noise of ±5 stays under both. Where pictures are looked at about three times a second or less, none is dropped.
 */
function motionGate(lookIntervalMs: number): string[] {
  const mostDropped = Math.floor(EMPTY_SCENE_MS / lookIntervalMs) - 1;
  return mostDropped < 1 ? [] : [`mpdecimate=hi=768:lo=320:frac=0.33:max=${mostDropped}`];
}

/**
 * Options of the raw output. Frames are selected by time: the fps filter would hold one back and repeat stale ones. The last
 * `-threads 1` is the rawvideo encoder's, which holds frames back too. With all of them the delay is one frame of the source.
 */
export function outputOptions(shape: StreamShape, { passthrough }: Dialect): string[] {
  const seconds = (shape.lookIntervalMs / 1000).toFixed(3);
  const select = `select='isnan(prev_selected_t)+gte(t-prev_selected_t\\,${seconds})'`;
  const filters = [CLOCK_FILTERS, select, ...motionGate(shape.lookIntervalMs), `scale=${shape.width}:${shape.height}`];
  return [
    ["-map", "0:v:0", "-an", "-sn", "-dn"],
    ["-vf", filters.join(","), ...passthrough],
    ["-pix_fmt", "rgb24", "-threads", "1", "-f", "rawvideo"],
  ].flat();
}

/**
 * The second output: the camera's own stream, not decoded, as MPEG-TS into a listening unix socket. It stands before the raw
 * one. A reader that stalls stalls the raw frames too.
 */
const TAP_OPTIONS = [
  ["-map", "0:v:0", "-an", "-sn", "-dn"],
  ["-c", "copy", "-bsf:v", STEADY_COPY, "-flush_packets", "1", "-f", "mpegts"],
].flat();

/** What one ffmpeg is told to do. */
export interface StreamOrder {
  /** The ffconcat text with the camera's address. */
  readonly concat: string;
  readonly shape: StreamShape;
  /** Takes the raw rgb24 frames. */
  readonly sink: Writable;
  /** Path of the socket that takes the MPEG-TS, or null. */
  readonly tapPath: string | null;
  readonly decoder: Decoder;
}

/** The ingest command: an ffconcat text on standard input, raw rgb24 frames on standard output, perhaps MPEG-TS to a socket. */
export function streamCommand(
  binary: FfmpegBinary,
  { concat, shape, sink, tapPath, decoder }: StreamOrder,
): FfmpegCommand {
  const command = newCommand(binary)
    .input(Readable.from([concat]))
    .inputOptions(inputOptions(decoder));
  if (tapPath !== null) command.output(`unix:${tapPath}`).outputOptions(TAP_OPTIONS);
  return command.output(sink, { end: true }).outputOptions(outputOptions(shape, dialectOf(binary.major)));
}
