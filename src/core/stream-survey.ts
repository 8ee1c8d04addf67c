/** What a camera sends, before anybody decodes it. */
export interface StreamSurvey {
  /** h264, hevc, mjpeg, ... as ffmpeg calls it. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly pictures: number;
  readonly fps: number;
  readonly kbitPerSecond: number;
  /** Mean time from one key frame to the next, ms; null when fewer than two came. */
  readonly keyEachMs: number | null;
  readonly gapsMs: Gaps;
}

/** Times between one picture's arrival and the next, ms. */
export interface Gaps {
  readonly half: number;
  readonly most: number;
  readonly longest: number;
}

/** Reads one time a picture, in ms, ascending: half of the gaps, 95 % of them, all of them are at most so long. */
export function gapsOf(timesMs: readonly number[]): Gaps {
  const gaps = timesMs.slice(1).map((time, i) => time - (timesMs[i] ?? time));
  const sorted = gaps.sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
  return { half: at(0.5), most: at(0.95), longest: at(1) };
}

/** "stream, dts, pts, duration, size, checksum[, F=flags, …]"; flags are written only when they are not those of a key frame. */
const PACKET = /^0,\s*(-?\d+),\s*-?\d+,\s*-?\d+,\s*(\d+),\s*0x[0-9a-f]+(.*)$/;

/**
 * Reads ffmpeg's framecrc report of a copied stream: head lines that begin with #, then a line a packet. Null when there is no
 * picture size in it or fewer than three packets: nothing can be said then.
 */
export function readSurvey(report: string): StreamSurvey | null {
  const head = (name: string): string | undefined => new RegExp(`^#${name} 0: (\\S+)`, "m").exec(report)?.[1];
  const [, ticks, perSecond] = /^(\d+)\/(\d+)$/.exec(head("tb") ?? "") ?? [];
  const [, width, height] = /^(\d+)x(\d+)$/.exec(head("dimensions") ?? "") ?? [];
  const tickMs = (1000 * Number(ticks)) / Number(perSecond);
  const packets = report.split("\n").flatMap((line) => {
    const [, time, size, rest] = PACKET.exec(line) ?? [];
    if (time === undefined) return [];
    return [{ atMs: Number(time) * tickMs, bytes: Number(size), isKey: !/\bF=0x0\b/.test(rest ?? "") }];
  });
  const first = packets[0];
  const last = packets.at(-1);
  if (width === undefined || !Number.isFinite(tickMs) || first === undefined || last === undefined) return null;
  const spanMs = last.atMs - first.atMs;
  if (packets.length < 3 || spanMs <= 0) return null;
  const keys = packets.filter(({ isKey }) => isKey).map(({ atMs }) => atMs);
  const keySpanMs = (keys.at(-1) ?? 0) - (keys[0] ?? 0);
  // The last packet's bytes belong to the time after it.
  const bytes = packets.slice(0, -1).reduce((sum, packet) => sum + packet.bytes, 0);
  return {
    codec: head("codec_id") ?? "unknown",
    width: Number(width),
    height: Number(height),
    pictures: packets.length,
    fps: (1000 * (packets.length - 1)) / spanMs,
    kbitPerSecond: (bytes * 8) / spanMs,
    keyEachMs: keys.length < 2 ? null : keySpanMs / (keys.length - 1),
    gapsMs: gapsOf(packets.map(({ atMs }) => atMs)),
  };
}
