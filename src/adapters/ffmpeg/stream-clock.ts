/**
 * A camera's timestamps, and what Limen makes of them. They say when its clock ran backwards; nothing else is built on them, since
 * they may jump by hours, stand still or be missing. Expressions are in ffmpeg's language, commas escaped for a filter graph.
 */

/** Further back than this is no jitter and no order of decoding, s. */
const BACK_S = 1;
/** A step of the camera's clock that is longer is a jump, s. */
const LONGEST_STEP_S = 1;

/** What ffmpeg's metadata filter prints: this, and a line before it with the picture's number and time. */
const MARK = "limen.clock_back";

/**
 * True for a picture more than BACK_S before the latest one since the last jump. Register 0 holds that latest time, plus an offset
 * so large that the register's initial 0 is before every stream. A picture without a time changes nothing.
 */
const IS_BACK = `if(gt(ld(0)-t-1e9\\,${BACK_S})\\,1+0*st(0\\,t+1e9)\\,0*st(0\\,max(t+1e9\\,ld(0))))`;

/** A step of the clock as far as it can be believed: 0 for one that goes back, jumps or is not known. */
const step = (now: string, before: string): string =>
  `if(between(${now}-${before}\\,0\\,${LONGEST_STEP_S}/TB)\\,${now}-${before}\\,0)`;

/**
 * First filters of the raw output. Each picture before which the camera's clock ran back is told on standard error, whatever the log
 * level; the side branch holds no picture. (An `enable=` would do without the branch, but is evaluated twice a picture.)
 */
const TELL_BACK = [
  `split[seen],select='${IS_BACK}'`,
  `metadata=add:key=${MARK}:value=1`,
  `metadata=print:key=${MARK}:file=pipe\\\\:2:direct=1`,
  "nullsink;[seen]",
].join(",");

/**
 * Then a time that only goes on: by the camera's own steps where they are sound, and at least as far as this machine's clock. The steps
 * keep the pictures that ffmpeg hoarded while it probed apart, however fast they are decoded; the machine's clock goes on when the
 * camera's does not.
 */
const STEADY = `setpts='max(PREV_OUTPTS+${step("PTS", "PREV_INPTS")}\\,time(0)/TB)'`;

/** The filters up to a steady time, to stand before whatever selects by time. */
export const CLOCK_FILTERS = `${TELL_BACK}${STEADY}`;

/**
 * The same steady time for a copied stream. Two ticks at least to a picture, and each is decoded one tick after its forerunner is
 * shown: time(0) is another in every expression, and a picture must not be shown before it is decoded.
 */
export const STEADY_COPY = [
  `setts=pts=max(PREV_OUTPTS+2+${step("DTS", "PREV_INDTS")}\\,time(0)/TB)`,
  "dts=if(eq(PREV_OUTPTS\\,NOPTS)\\,time(0)/TB\\,PREV_OUTPTS+1)",
].join(":");

/** What a line on ffmpeg's standard error is: the news itself, the line that comes before it, or a complaint. */
export function readClockLine(line: string): "back" | "heading" | "complaint" {
  if (line.startsWith(`${MARK}=`)) return "back";
  return /^frame:\d+\s+pts:/.test(line) ? "heading" : "complaint";
}
