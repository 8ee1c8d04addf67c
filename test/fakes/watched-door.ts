import { DEFAULT_DECISION_RULES as RULES } from "#core/decision-rules";
import type { FoundFace } from "#core/face";
import type { CalibratedThreshold } from "#core/threshold";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { EMPTY_TRACK_BOOK, joinTracks, DEFAULT_TRACK_RULES as TRACK_RULES } from "#core/track";
import { createDoorDesk } from "#flow/door-desk";
import { createDoorStanding } from "#flow/door-standing";
import type { Sighting } from "#flow/sighting";
import { faceAt, frameAt, templateOf } from "./faces";
import { FakeClock } from "./fake-clock";
import { MemoryAuditLog } from "./memory-audit-log";
import { MemoryGallery } from "./memory-gallery";
import { RecordingLogger, RecordingMetrics } from "./quiet";
import { deskRules, doorPolicy } from "./situations";

const LOOK_MS = 100;

/** Somebody in front of the camera: who they are, and where their face is after so many looks; null = not in view. */
export interface Person {
  readonly name: string;
  readonly at: (look: number) => FoundFace | null;
  /** Somebody else from some look on, in the very place of the one before. */
  readonly nameAt?: (look: number) => string;
}

interface Door {
  readonly shots?: number;
  readonly budget?: typeof LOCAL_SEARCH_BUDGET;
  /** What the search says of people it knows; 0.92 of whoever is not named here. */
  readonly scores?: Readonly<Record<string, number>>;
  readonly calibration?: CalibratedThreshold | null;
}

/** A door and the looks of its camera: tracks, desk and policy are real, the search knows everybody's name. */
export async function watchedDoor(rules: Partial<typeof RULES> = {}, door: Door = {}) {
  const { shots = 1, budget = LOCAL_SEARCH_BUDGET, scores = {}, calibration = null } = door;
  const clock = new FakeClock();
  const audit = new MemoryAuditLog();
  const gallery = new MemoryGallery();
  const idOf = new Map<string, string>();
  for (const name of ["ada", "ben"]) {
    const { id } = await gallery.addPerson({ name, collections: ["staff"], faces: [templateOf(idOf.size)] });
    idOf.set(name, id);
  }
  const nameOf = new Map([...idOf].map(([name, id]) => [id, name]));
  let inFront = "";
  /** How many pictures each search was sent. */
  const pictures: number[] = [];
  let norm = 3.6;
  const { signal } = new AbortController();
  const desk = createDoorDesk(deskRules({ budget, shots }), {
    policy: () => doorPolicy({ rules: { ...RULES, ...rules } }),
    roster: "gallery",
    engines: {
      ask: async ({ crops }) => {
        pictures.push((await crops?.())?.length ?? 0);
        const personId = idOf.get(inFront);
        const candidates = personId === undefined ? [] : [{ personId, score: scores[inFront] ?? 0.92 }];
        return { answers: [{ engine: "local", candidates }] };
      },
      isFree: () => shots === 1,
      ended: () => {},
      sizes: () => ({ local: 2, verifik: 0 }),
    },
    gallery,
    standing: createDoorStanding(clock.monotonicMs()),
    actuator: {
      carryOut: async ({ record }) => {
        await audit.append(record);
        return true;
      },
      settled: async () => {},
    },
    calibration: async () => calibration,
    cameraHealthy: () => true,
    cropOf: async () => new Uint8Array(),
    newId: () => `decision-${audit.records.length}`,
    clock,
    logger: new RecordingLogger(),
    metrics: new RecordingMetrics(),
  });
  let book = EMPTY_TRACK_BOOK;
  let look = 0;
  /** So many looks at these people, in this order. */
  const watch = async (people: readonly Person[], looks: number): Promise<void> => {
    for (const until = look + looks; look < until; look++) {
      const frame = frameAt(clock.monotonicMs());
      const found = people.map((person) => ({ name: person.nameAt?.(look) ?? person.name, face: person.at(look) }));
      const nameOfFace = new Map(found.map(({ name, face }) => [face, name]));
      const faces = found.map(({ face }) => face).filter((face) => face !== null);
      const step = joinTracks(book, faces, { atMs: frame.capturedAtMs, sceneMs: frame.capturedAtMs }, TRACK_RULES);
      book = step.book;
      const sightings: Sighting[] = step.seen.map(({ face, track }) => ({ frame, face, track }));
      desk.saw(sightings);
      for (const sighting of sightings) {
        inFront = nameOfFace.get(sighting.face) ?? "";
        if (!desk.wants(sighting)) continue;
        await desk.consider(
          sighting,
          { template: templateOf(0, "model-a", 8, norm), liveness: 0.9 },
          { wait: 0, find: 0, describe: 0 },
          signal,
        );
      }
      for (const track of step.ended) await desk.left(track, signal);
      await desk.tick(signal);
      await clock.advance(LOOK_MS);
    }
  };
  const decided = () =>
    audit.records.map(({ result, reason, personId, accompanied }) => ({
      result,
      reason,
      who: nameOf.get(personId ?? "") ?? null,
      accompanied,
    }));
  const seemsClear = (clear: number): void => {
    norm = clear;
  };
  return { watch, decided, audit, pictures, seemsClear };
}

/** Stands there from one look to another. */
export const standing = (name: string, left: number, from = 0, until = Number.POSITIVE_INFINITY): Person => ({
  name,
  at: (look) => (look >= from && look < until ? faceAt(left, 80, 90) : null),
});
