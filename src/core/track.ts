import type { FoundFace } from "#core/face";
import { type Box, centreOf, overlap } from "#core/geometry";

/** The same face over several looks of one camera. */
export interface Track {
  readonly id: number;
  readonly box: Box;
  /** Monotonic ms of the first and the newest frame it was seen in. */
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
}

export interface TrackBook {
  readonly nextId: number;
  readonly tracks: readonly Track[];
}

export interface TrackRules {
  /** A track unseen for longer than this has ended, ms. */
  readonly lostAfterMs: number;
  /** How far a face may move between two looks, in face heights per second beyond one standing allowance. */
  readonly maxHeightsPerSecond: number;
}

/** A face unseen for 1.2 s has left: longer than any run of missed detections seen on the demo's clips, shorter than two people's gap. */
export const DEFAULT_TRACK_RULES: TrackRules = { lostAfterMs: 1200, maxHeightsPerSecond: 4 };

export const EMPTY_TRACK_BOOK: TrackBook = { nextId: 1, tracks: [] };

export interface TrackStep {
  readonly book: TrackBook;
  /** Every face of this look with its track, in the order the faces came. */
  readonly seen: readonly { readonly track: Track; readonly face: FoundFace }[];
  /** Tracks that ended with this look. */
  readonly ended: readonly Track[];
}

const STANDING_ALLOWANCE_HEIGHTS = 0.6;
const MAX_SIZE_RATIO = 1.8;

/** How well a face continues a track, larger is better; null when it cannot be the same face. */
function affinity(track: Track, face: FoundFace, atMs: number, rules: TrackRules): number | null {
  const shared = overlap(track.box, face.box);
  const taller = Math.max(track.box.height, face.box.height);
  const ratio = taller / Math.min(track.box.height, face.box.height);
  if (!(ratio <= MAX_SIZE_RATIO)) return null;
  const from = centreOf(track.box);
  const to = centreOf(face.box);
  const heightsMoved = Math.hypot(from.x - to.x, from.y - to.y) / taller;
  const seconds = Math.max(0, atMs - track.lastSeenAtMs) / 1000;
  if (heightsMoved > STANDING_ALLOWANCE_HEIGHTS + rules.maxHeightsPerSecond * seconds) return null;
  return shared - heightsMoved;
}

/**
 * Joins one look's faces to the known tracks: best pairs first, each track and each face used once; the rest become new tracks.
 * Mistakes only cost time, never a wrong opening: evidence is judged by identity frame by frame, not by track.
 */
export function joinTracks(book: TrackBook, faces: readonly FoundFace[], atMs: number, rules: TrackRules): TrackStep {
  const alive = book.tracks.filter((track) => atMs - track.lastSeenAtMs <= rules.lostAfterMs);
  const ended = book.tracks.filter((track) => atMs - track.lastSeenAtMs > rules.lostAfterMs);
  const pairs = alive
    .flatMap((track) => faces.map((face) => ({ track, face, fit: affinity(track, face, atMs, rules) })))
    .flatMap(({ track, face, fit }) => (fit === null ? [] : [{ track, face, fit }]))
    .sort((a, b) => b.fit - a.fit || a.track.id - b.track.id);

  const trackOf = new Map<FoundFace, Track>();
  const taken = new Set<number>();
  for (const { track, face } of pairs) {
    if (taken.has(track.id) || trackOf.has(face)) continue;
    taken.add(track.id);
    trackOf.set(face, { ...track, box: face.box, lastSeenAtMs: atMs });
  }

  let nextId = book.nextId;
  const seen = faces.map((face) => ({
    face,
    track: trackOf.get(face) ?? { id: nextId++, box: face.box, firstSeenAtMs: atMs, lastSeenAtMs: atMs },
  }));
  const unseen = alive.filter((track) => !taken.has(track.id));
  return { book: { nextId, tracks: [...unseen, ...seen.map(({ track }) => track)] }, seen, ended };
}
