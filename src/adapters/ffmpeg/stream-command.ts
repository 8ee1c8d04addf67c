import { Readable, type Writable } from "node:stream";
import type { FfmpegCommand } from "fluent-ffmpeg";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { newCommand } from "#adapters/ffmpeg/one-shot";

export interface StreamShape {
  /** Size of the frames that come out, px. */
  readonly width: number;
  readonly height: number;
  /** Least time between two frames that come out, ms. */
  readonly lookIntervalMs: number;
}

/**
 * Options before `-i`. One thread and low_delay: each decoder thread holds a frame back. No probe-size tricks: they save a
 * second at the start and lose odd cameras. The protocols are the ones RTSP over TCP or TLS needs, so that no camera can send
 * ffmpeg anywhere else; ffmpeg does not check a TLS certificate.
 */
export const INPUT_OPTIONS = [
  ["-hide_banner", "-nostats", "-v", "error"],
  ["-threads", "1", "-flags", "low_delay"],
  ["-f", "concat", "-safe", "0", "-protocol_whitelist", "pipe,rtsp,rtsps,rtp,tcp,tls"],
].flat();

/**
 * Drops a picture in which no 8×8 block has changed visibly since the last one that was kept, but never more than five in a row:
 * an empty scene sends two pictures a second instead of ten, which is what an idle camera costs, and whatever moves is sent at
 * once. A block counts from a mean change of 12 of 256 levels (hi = 64 × 12), or a third of all blocks from 5; sensor noise of ±5
 * stays under both.
 */
const MOTION_GATE = "mpdecimate=hi=768:lo=320:frac=0.33:max=5";

/**
 * Options of the raw output. Frames are selected by time: the fps filter would hold one back and repeat stale ones. The last
 * `-threads 1` is the rawvideo encoder's, which holds frames back too. With all of them the delay is one frame of the source.
 */
export function outputOptions(shape: StreamShape): string[] {
  const seconds = (shape.lookIntervalMs / 1000).toFixed(3);
  const select = `select='isnan(prev_selected_t)+gte(t-prev_selected_t\\,${seconds})'`;
  return [
    ["-map", "0:v:0", "-an", "-sn", "-dn"],
    ["-vf", `${select},${MOTION_GATE},scale=${shape.width}:${shape.height}`, "-fps_mode", "passthrough"],
    ["-pix_fmt", "rgb24", "-threads", "1", "-f", "rawvideo"],
  ].flat();
}

/**
 * The second output: the camera's own stream, not decoded, as MPEG-TS into a listening unix socket. It stands before the raw
 * one. A reader that stalls stalls the raw frames too.
 */
const TAP_OPTIONS = [
  ["-map", "0:v:0", "-an", "-sn", "-dn"],
  ["-c", "copy", "-flush_packets", "1", "-f", "mpegts"],
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
}

/** The ingest command: an ffconcat text on standard input, raw rgb24 frames on standard output, perhaps MPEG-TS to a socket. */
export function streamCommand(binary: FfmpegBinary, { concat, shape, sink, tapPath }: StreamOrder): FfmpegCommand {
  const command = newCommand(binary)
    .input(Readable.from([concat]))
    .inputOptions(INPUT_OPTIONS);
  if (tapPath !== null) command.output(`unix:${tapPath}`).outputOptions(TAP_OPTIONS);
  return command.output(sink, { end: true }).outputOptions(outputOptions(shape));
}
