import type { FoundFace } from "#core/face";
import { type Box, centreOf, overlap } from "#core/geometry";
import { motionOf, type PathPoint, pointOf } from "#core/motion";

/** The same face over several looks of one camera. */
export interface Track {
  readonly id: number;
  readonly box: Box;
  /** Monotonic ms of the first and the newest frame it was seen in. */
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
  /** Where it was, newest last, at most KEPT_POINTS. */
  readonly path: readonly PathPoint[];
}

export interface TrackBook {
  readonly nextId: number;
  readonly tracks: readonly Track[];
}

export interface TrackRules {
  /** A track unseen for longer than this has ended, ms. */
  readonly lostAfterMs: number;
  /** How far a face may be from where it was, or was going to be, in face heights per second beyond one standing allowance. */
  readonly maxHeightsPerSecond: number;
}

/**
 * A face unseen for 1.2 s has left: longer than any run of missed detections seen on the demo's clips, shorter than two people's gap.
 * Somebody who walks across the picture at 2 m/s moves nine face heights (of about 23 cm) a second: two looks, 200 ms apart, keep them.
 */
export const DEFAULT_TRACK_RULES: TrackRules = { lostAfterMs: 1200, maxHeightsPerSecond: 6 };

export const EMPTY_TRACK_BOOK: TrackBook = { nextId: 1, tracks: [] };

/** When a look was: its frame's arrival (monotonic ms), and the scene's own time (core/scene-time). */
export interface LookTime {
  readonly atMs: number;
  readonly sceneMs: number;
}

export interface TrackStep {
  readonly book: TrackBook;
  /** Every face of this look with its track, in the order the faces came. */
  readonly seen: readonly { readonly track: Track; readonly face: FoundFace }[];
  /** Tracks that ended with this look. */
  readonly ended: readonly Track[];
}

const STANDING_ALLOWANCE_HEIGHTS = 0.6;
/** However long a face was hidden: further away is somebody else. */
const FURTHEST_HEIGHTS = 3;
const MAX_SIZE_RATIO = 1.8;
/** Three seconds at ten looks a second. */
const KEPT_POINTS = 30;
/** What somebody does in this time goes on for a while … */
const MOTION_WINDOW_MS = 400;
/** … but not for longer than this, ms. */
const GOES_ON_MS = 600;
/** Of two faces at one place, the one of the right size: a half or double size counts as much as this many heights. */
const SIZE_WEIGHT = 0.5;

/** Where the face is by now, and how large, if it goes on as it did. */
function expectedBox({ box, path }: Track, sceneMs: number): Box {
  const { x, y, growth } = motionOf(path, MOTION_WINDOW_MS);
  const seconds = Math.min(GOES_ON_MS, sceneMs - (path[path.length - 1]?.atMs ?? sceneMs)) / 1000;
  const centre = centreOf(box);
  const times = Math.min(MAX_SIZE_RATIO, Math.max(1 / MAX_SIZE_RATIO, Math.exp(growth * seconds)));
  const width = box.width * times;
  const height = box.height * times;
  return { left: centre.x + x * seconds - width / 2, top: centre.y + y * seconds - height / 2, width, height };
}

/** How many times larger one is than the other, 1 or more. */
function sizeRatio(a: Box, b: Box): number {
  return Math.max(a.height, b.height) / Math.min(a.height, b.height);
}

function distance(a: Box, b: Box): number {
  const from = centreOf(a);
  const to = centreOf(b);
  return Math.hypot(from.x - to.x, from.y - to.y);
}

/**
 * How well a face continues a track, larger is better; null when it cannot be the same face. Judged by where the face should be by
 * now, so that two people who cross keep their tracks; a face that stayed where it was, because somebody stopped, is as possible.
 */
function affinity(track: Track, face: FoundFace, { atMs, sceneMs }: LookTime, rules: TrackRules): number | null {
  const taller = Math.max(track.box.height, face.box.height);
  const expected = expectedBox(track, sceneMs);
  const ratio = sizeRatio(expected, face.box);
  if (!(Math.min(ratio, sizeRatio(track.box, face.box)) <= MAX_SIZE_RATIO)) return null;
  const off = distance(expected, face.box) / taller;
  const moved = distance(track.box, face.box) / taller;
  const seconds = Math.max(0, atMs - track.lastSeenAtMs) / 1000;
  const allowed = STANDING_ALLOWANCE_HEIGHTS + rules.maxHeightsPerSecond * seconds;
  if (!(Math.min(off, moved) <= Math.min(allowed, FURTHEST_HEIGHTS))) return null;
  return overlap(expected, face.box) - off - SIZE_WEIGHT * Math.log2(ratio);
}

/**
 * Joins one look's faces to the known tracks: best pairs first, each track and each face used once; the rest become new tracks.
 * Mistakes only cost time, never a wrong opening: evidence is judged by identity frame by frame, not by track.
 */
export function joinTracks(book: TrackBook, faces: readonly FoundFace[], time: LookTime, rules: TrackRules): TrackStep {
  const { atMs, sceneMs } = time;
  const alive = book.tracks.filter((track) => atMs - track.lastSeenAtMs <= rules.lostAfterMs);
  const ended = book.tracks.filter((track) => atMs - track.lastSeenAtMs > rules.lostAfterMs);
  const pairs = alive
    .flatMap((track) => faces.map((face) => ({ track, face, fit: affinity(track, face, time, rules) })))
    .flatMap(({ track, face, fit }) => (fit === null ? [] : [{ track, face, fit }]))
    .sort((a, b) => b.fit - a.fit || a.track.id - b.track.id);

  const trackOf = new Map<FoundFace, Track>();
  const taken = new Set<number>();
  for (const { track, face } of pairs) {
    if (taken.has(track.id) || trackOf.has(face)) continue;
    taken.add(track.id);
    const path = [...track.path, pointOf(face.box, sceneMs)].slice(-KEPT_POINTS);
    trackOf.set(face, { ...track, box: face.box, lastSeenAtMs: atMs, path });
  }

  let nextId = book.nextId;
  const begin = ({ box }: FoundFace): Track => {
    return { id: nextId++, box, firstSeenAtMs: atMs, lastSeenAtMs: atMs, path: [pointOf(box, sceneMs)] };
  };
  const seen = faces.map((face) => ({ face, track: trackOf.get(face) ?? begin(face) }));
  const unseen = alive.filter((track) => !taken.has(track.id));
  return { book: { nextId, tracks: [...unseen, ...seen.map(({ track }) => track)] }, seen, ended };
}
