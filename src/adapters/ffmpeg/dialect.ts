export interface Release {
  readonly major: number;
  readonly minor: number;
}

/** What the ingest says differently to different releases of ffmpeg; everything else is the same from 4 to 7. */
export interface Dialect {
  /** Hands every selected picture on at once, none repeated. `-fps_mode` came with 5.1; `-vsync` is on its way out since. */
  readonly passthrough: readonly string[];
  /** The RTSP reader's I/O timeout, in µs. Up to 4 `timeout` makes it wait for a connection like a server, for ever. */
  readonly ioTimeout: "timeout" | "stimeout";
}

/**
 * How to speak to a release series. Two things that might be expected here are not: `pipe:0` is still read through the protocol
 * `pipe`, so `fd` need not be allowed (seen with 7.1), and `-flags low_delay`, `-threads` and the ffconcat text mean the same.
 */
export function dialectOf(major: number): Dialect {
  if (major < 5) return { passthrough: ["-vsync", "passthrough"], ioTimeout: "stimeout" };
  return { passthrough: ["-fps_mode", "passthrough"], ioTimeout: "timeout" };
}

/**
 * Why a release cannot be used, or null. Before 5.0 an ffconcat text has no `option` lines: a camera's transport and timeout would have
 * to stand among the arguments, and so its address with the password, where every user of the machine can read it.
 */
export function refusalOf({ major, minor }: Release): string | null {
  if (major < 5) return "is too old: a camera's password would stand in the list of processes";
  if (major === 5 && minor < 1) return "is too old: it has no -fps_mode";
  return null;
}
