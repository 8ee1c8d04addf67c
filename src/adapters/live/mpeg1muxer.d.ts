/** The one part of node-rtsp-stream that is used; the package has no types of its own. */
declare module "node-rtsp-stream/mpeg1muxer.js" {
  import type { ChildProcessWithoutNullStreams } from "node:child_process";
  import type { EventEmitter } from "node:events";

  class Mpeg1Muxer extends EventEmitter<{ mpeg1data: [Buffer]; ffmpegStderr: [Buffer]; exitWithError: [] }> {
    /** Starts ffmpeg. Options without a value have "". */
    constructor(options: { url: string; ffmpegPath: string; ffmpegOptions: Readonly<Record<string, string>> });
    /** The process. Nobody listens to its `error`, nor to that of its input. */
    readonly stream: ChildProcessWithoutNullStreams;
  }
  export = Mpeg1Muxer;
}
