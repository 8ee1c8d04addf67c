import { motionOf, type PathPoint } from "#core/motion";

/** What somebody in front of the camera is doing: `unknown` until they have been seen for long enough to tell. */
export type Intent = "approaching" | "dwelling" | "passing" | "leaving" | "unknown";

/** Longer steadies the measure, shorter lets somebody in sooner who stops after a walk: 600 ms are seven pictures of ten a second. */
const WINDOW_MS = 600;
/**
 * Of a shorter time, or of two pictures, the growth of a small face is mostly noise. Who walks up was seen for longer before the face is
 * large enough.
 */
const SHORTEST_MS = 150;
const FEWEST_POINTS = 3;

/**
 * Speeds in face heights a second; a face is about 23 cm high. On the demo's clips somebody who stands stays under 0.3 either way, who
 * walks up comes nearer at 2 to 5 and goes sideways at 0.7 at most, who walks past at 0.8 m/s goes sideways at 3, who walks away at
 * 0.6 m/s gets further at 2.
 */
const SIDEWAYS = 2;
const NEARER = 1;
const FURTHER = 1.5;
/** And by so much of the face's height a second: near the lens, a nod is as large as 1.5 heights of depth. */
const SHRINKING = 0.3;

/** Picture widths from the lens at which something as wide as the picture fills it: a lens that sees 85 degrees. */
const LENS_WIDTHS = 0.55;

/**
 * What the path of a face (newest last) says its owner is doing. Depth is guessed from the face's height with the lens of an ordinary
 * door camera; with a longer lens people seem to come and go more slowly, which only ever makes `passing` likelier.
 */
export function intentOf(path: readonly PathPoint[], pictureWidth: number): Intent {
  const newest = path[path.length - 1];
  if (newest === undefined || !(newest.height > 0)) return "unknown";
  // A camera looked at less often than five times a second needs longer for as many pictures.
  const fewestMs = newest.atMs - (path[path.length - FEWEST_POINTS]?.atMs ?? newest.atMs);
  const motion = motionOf(path, Math.max(WINDOW_MS, fewestMs));
  const nearer = (motion.growth * LENS_WIDTHS * pictureWidth) / newest.height;
  const sideways = Math.abs(motion.x) / newest.height;
  if (!Number.isFinite(nearer + sideways)) return "unknown";
  // Sideways is seen at once: where a face is, is known far better than how large it is.
  if (sideways >= SIDEWAYS && sideways > nearer) return "passing";
  if (motion.spanMs < SHORTEST_MS || motion.points < FEWEST_POINTS) return "unknown";
  if (nearer <= -FURTHER && motion.growth <= -SHRINKING) return "leaving";
  return nearer >= NEARER ? "approaching" : "dwelling";
}

/** True for somebody who comes to the door or stands at it. */
export function wantsIn(intent: Intent): boolean {
  return intent === "approaching" || intent === "dwelling";
}
