import { NO_ATTENTION, worthLooking } from "#core/attention";

import { nextSceneTime, type SceneTime } from "#core/scene-time";

import { type CloseUp, NO_TILES, planTiles } from "#core/tiles";
import { DEFAULT_TRACK_RULES, EMPTY_TRACK_BOOK, joinTracks, type TrackStep } from "#core/track";
import { codeOf, messageOf } from "#errors";
import type { CameraEye } from "#flow/camera-eye";
import type { CueTaker } from "#flow/cue-taker";
import type { DoorDesk, LookTimes } from "#flow/door-desk";
import type { Ticker, Worker } from "#flow/heartbeat";
import type { Described, Sighting } from "#flow/sighting";
import type { Clock } from "#ports/clock";
import type { FaceFinder } from "#ports/face-finder";
import type { Frame, FrameSource } from "#ports/frame-source";
import type { LiveBoard } from "#ports/live-board";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

/** How often visits are judged while no frame comes at all: a camera that died must not leave a visit hanging. */
const IDLE_TICK_MS = 500;

/** Where a camera's loop shows that it works: its clock ticks whether frames come or not, and no frame takes for ever. */
export interface CameraLife {
  readonly ticks: Pick<Ticker, "beat">;
  readonly pictures: Worker;
}

export interface CameraLoopParts {
  readonly camera: string;
  readonly source: FrameSource;
  readonly finder: FaceFinder;
  /** What the finder sees of a picture at one look. */
  readonly closeUp: CloseUp;
  /** One desk for each door this camera watches, of the moment: doors open anew while it goes on looking. */
  readonly desks: () => readonly DoorDesk[];
  /** Sees every picture before anybody looks for faces in it. */
  readonly eye: CameraEye;
  /** Tells people from pictures of people; absent = nobody asks. */
  readonly cues?: CueTaker;
  /** Frames older than this are never looked at, ms. */
  readonly maxFrameAgeMs: number;
  /** Ms between two pictures of the source while something moves. */
  readonly lookIntervalMs: number;
  /** Whoever watches live. */
  readonly board?: LiveBoard;
  readonly life?: CameraLife;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * The life of a frame, over and over, until the signal aborts: newest frame, worth a look?, faces, tracks, each door's desk.
 * A fault of the models, or in judging the camera, costs the frame, never the loop.
 */
export async function runCameraLoop(parts: CameraLoopParts, signal: AbortSignal): Promise<void> {
  const { camera, clock, metrics, desks } = parts;
  let book = EMPTY_TRACK_BOOK;
  let attention = NO_ATTENTION;
  let tilePlan = NO_TILES;
  let hasFault = false;
  let sceneTime: SceneTime | null = null;

  const describe = async (sighting: Sighting): Promise<Described | null> => {
    try {
      const description = await parts.finder.describe(sighting.frame, sighting.face);
      return { ...description, cues: parts.cues?.read(sighting, description.template) ?? null };
    } catch (error) {
      for (const desk of desks()) desk.failed(sighting.track, error);
      return null;
    }
  };

  const meet = async (sighting: Sighting, times: Omit<LookTimes, "describe">): Promise<void> => {
    const wanting = desks().filter((desk) => desk.wants(sighting));
    if (wanting.length === 0) return;
    const startedMs = clock.monotonicMs();
    const description = await describe(sighting);
    if (description === null) return;
    const all: LookTimes = { ...times, describe: clock.monotonicMs() - startedMs };
    for (const desk of wanting) await desk.consider(sighting, description, all, signal);
  };

  const tellBoard = ({ width, height, capturedAtMs: atMs }: Frame, { seen }: TrackStep): void => {
    parts.board?.looked(camera, {
      width,
      height,
      atMs,
      faces: seen.map(({ track, face }) => ({ track: track.id, box: face.box })),
    });
  };

  /** True when it showed nobody. */
  const look = async (frame: Frame): Promise<boolean> => {
    const startedMs = clock.monotonicMs();
    metrics.count("limen_looks_total", { camera });
    const wanted = { moved: attention.moved, faces: book.tracks.map(({ box }) => box) };
    const { plan, tiles } = planTiles(tilePlan, frame, parts.closeUp, wanted);
    tilePlan = plan;
    const faces = await parts.finder.find(frame, tiles);
    if (faces.length > 0) parts.cues?.looked(frame);
    const foundMs = clock.monotonicMs();
    metrics.count("limen_faces_found_total", { camera }, faces.length);
    sceneTime = nextSceneTime(sceneTime, frame, parts.lookIntervalMs);
    const time = { atMs: frame.capturedAtMs, sceneMs: sceneTime.atMs };
    const step = joinTracks(book, faces, time, DEFAULT_TRACK_RULES);
    book = step.book;
    tellBoard(frame, step);
    const times = { wait: startedMs - frame.capturedAtMs, find: foundMs - startedMs };
    const sightings = step.seen.map(({ track, face }) => ({ frame, track, face }));
    for (const desk of desks()) desk.saw(sightings);
    for (const sighting of sightings) await meet(sighting, times);
    for (const track of step.ended) for (const desk of desks()) await desk.left(track, signal);
    return faces.length === 0;
  };

  const withoutFrames = async (): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(IDLE_TICK_MS, signal).catch(() => {});
      if (signal.aborted) return;
      parts.life?.ticks.beat();
      for (const desk of desks()) await desk.tick(signal);
      const lostAt = clock.monotonicMs() - 2 * DEFAULT_TRACK_RULES.lostAfterMs;
      const gone = book.tracks.filter((track) => track.lastSeenAtMs < lostAt);
      book = { ...book, tracks: book.tracks.filter((track) => !gone.includes(track)) };
      for (const track of gone) for (const desk of desks()) await desk.left(track, signal);
    }
  };

  let newestAtMs = Number.NEGATIVE_INFINITY;

  /**
   * One frame's turn; what cannot be judged throws, and is then evidence for nobody. True when nobody holds the frame afterwards:
   * one that shows a face may be held for the record.
   */
  const take = async (frame: Frame): Promise<boolean> => {
    parts.eye.see(frame);
    const isOutOfOrder = frame.capturedAtMs < newestAtMs;
    newestAtMs = Math.max(newestAtMs, frame.capturedAtMs);
    if (isOutOfOrder || clock.monotonicMs() - frame.capturedAtMs > parts.maxFrameAgeMs) {
      metrics.count("limen_frames_stale_total", { camera });
      return true;
    }
    const next = worthLooking(attention, frame, frame.capturedAtMs, book.tracks.length > 0);
    if (next === null) return true;
    attention = next;
    const isEmpty = await look(frame);
    hasFault = false;
    return isEmpty;
  };

  const withFrames = async (): Promise<void> => {
    for await (const frame of parts.source.frames(signal)) {
      parts.life?.pictures.begin();
      try {
        if (await take(frame)) parts.source.giveBack(frame);
      } catch (error) {
        if (!hasFault)
          parts.logger.error({ camera, code: codeOf(error) }, `a picture could not be judged: ${messageOf(error)}`);
        hasFault = true;
      } finally {
        parts.life?.pictures.end();
      }
    }
  };

  await Promise.all([withFrames(), withoutFrames()]);
}
