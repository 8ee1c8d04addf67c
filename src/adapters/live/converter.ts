import Mpeg1Muxer from "node-rtsp-stream/mpeg1muxer.js";

export interface ConverterOptions {
  /** Absolute path of ffmpeg. */
  readonly ffmpeg: string;
  /** Grace between the end of its input and SIGKILL. */
  readonly killAfterMs: number;
  /** Whole MPEG-TS packets with MPEG-1 video. */
  readonly onVideo: (chunk: Uint8Array) => void;
}

/** One ffmpeg that turns a camera's stream into what JSMpeg plays. */
export interface Converter {
  /** Video in; false when it was thrown away because the process does not keep up. */
  write(chunk: Uint8Array): boolean;
  /** Resolves when the process is gone, with its last words; never rejects. */
  readonly ended: Promise<string>;
  /** Ends its input, and the process if that does not. */
  stop(): void;
}

/** Waiting for the process at most; about 8 s of a camera's small stream. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const PACKET_BYTES = 188;
const MAX_WORDS = 300;

/**
 * 25 pictures/s because MPEG-1 knows only a few rates; a key picture each half second, so that somebody who joins late or lost a
 * piece sees a whole one soon; no picture that waits for a later one.
 */
const FFMPEG_OPTIONS = {
  "-an": "",
  "-sn": "",
  "-vf": "scale=640:-2",
  "-r": "25",
  "-g": "12",
  "-bf": "0",
  "-b:v": "1200k",
  "-maxrate": "2000k",
  "-bufsize": "1000k",
  "-muxdelay": "0",
  "-flush_packets": "1",
  "-v": "error",
} as const;

/** Starts the process; it reads from its standard input, so there is no second connection to the camera and no address in its arguments. */
export function startConverter({ ffmpeg, killAfterMs, onVideo }: ConverterOptions): Converter {
  const muxer = new Mpeg1Muxer({ url: "pipe:0", ffmpegPath: ffmpeg, ffmpegOptions: FFMPEG_OPTIONS });
  const child = muxer.stream;
  // The package's own listener writes to the console.
  child.removeAllListeners("exit");
  let words = "";
  let rest: Buffer = Buffer.alloc(0);
  // Without a listener each of these would end the whole daemon.
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(words.trim() || `ended with ${signal ?? `code ${code}`}`));
  });
  for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.on("error", () => {});
  muxer.on("ffmpegStderr", (text) => {
    words = (words + String(text)).slice(-MAX_WORDS);
  });
  muxer.on("mpeg1data", (chunk) => {
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = all.length - (all.length % PACKET_BYTES);
    rest = all.subarray(whole);
    if (whole > 0) onVideo(all.subarray(0, whole));
  });

  let stopping = false;
  return {
    write(chunk) {
      if (stopping || !child.stdin.writable || child.stdin.writableLength > MAX_WAITING_BYTES) return false;
      child.stdin.write(chunk);
      return true;
    },
    ended,
    stop() {
      if (stopping) return;
      stopping = true;
      child.stdin.destroy();
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
      void ended.then(() => clearTimeout(timer));
    },
  };
}
