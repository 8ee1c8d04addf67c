import { describe, expect, it } from "vitest";
import { COMPANY_RULES, DEFAULT_DECISION_RULES as RULES } from "#core/decision-rules";
import type { FoundFace } from "#core/face";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { EMPTY_TRACK_BOOK, joinTracks, DEFAULT_TRACK_RULES as TRACK_RULES } from "#core/track";
import { createDoorDesk } from "#flow/door-desk";
import { createDoorStanding } from "#flow/door-standing";
import type { Sighting } from "#flow/sighting";
import { faceAt, frameAt, templateOf } from "../../fakes/faces";
import { FakeClock } from "../../fakes/fake-clock";
import { MemoryAuditLog } from "../../fakes/memory-audit-log";
import { MemoryGallery } from "../../fakes/memory-gallery";
import { RecordingLogger, RecordingMetrics } from "../../fakes/quiet";
import { doorPolicy } from "../../fakes/situations";

const LOOK_MS = 100;

/** Somebody in front of the camera: who they are, and where their face is after so many looks; null = not in view. */
interface Person {
  readonly name: string;
  readonly at: (look: number) => FoundFace | null;
}

/** A door and the looks of its camera: tracks, desk and policy are real, the search knows everybody's name. */
async function scene(rules: Partial<typeof RULES> = {}) {
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
  const { signal } = new AbortController();
  const desk = createDoorDesk(
    {
      camera: "front",
      quality: { minFacePx: 48, maxYaw: 0.25, minSharpness: 5, minNorm: 3, zone: [] },
      budget: LOCAL_SEARCH_BUDGET,
      searchMode: "ACCURATE",
      searchFloor: 0,
    },
    {
      policy: doorPolicy({ rules: { ...RULES, ...rules } }),
      roster: "gallery",
      engines: {
        ask: async () => {
          const personId = idOf.get(inFront);
          return [{ engine: "local", candidates: personId === undefined ? [] : [{ personId, score: 0.92 }] }];
        },
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
      cameraHealthy: () => true,
      cropOf: async () => new Uint8Array(),
      newId: () => `decision-${audit.records.length}`,
      clock,
      logger: new RecordingLogger(),
      metrics: new RecordingMetrics(),
    },
  );
  let book = EMPTY_TRACK_BOOK;
  let look = 0;
  /** So many looks at these people, in this order. */
  const watch = async (people: readonly Person[], looks: number): Promise<void> => {
    for (const until = look + looks; look < until; look++) {
      const frame = frameAt(clock.monotonicMs());
      const found = people.map(({ name, at }) => ({ name, face: at(look) }));
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
          { template: templateOf(0), liveness: 0.9 },
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
  return { watch, decided, audit };
}

const standing = (name: string, left: number, from = 0, until = Number.POSITIVE_INFINITY): Person => ({
  name,
  at: (look) => (look >= from && look < until ? faceAt(left, 80, 90) : null),
});
const walkingPast = (name: string, pxALook: number): Person => ({
  name,
  at: (look) => (30 + pxALook * look < 540 ? faceAt(30 + pxALook * look, 80, 70) : null),
});
const walkingUp = (name: string): Person => ({ name, at: (look) => faceAt(300 - 4 * look, 80, 30 + 4 * look) });

describe("several people in view", () => {
  it("are judged separately, each once", async () => {
    const { watch, decided } = await scene();
    await watch([standing("ada", 60), standing("ben", 260), standing("stranger", 460)], 60);
    expect(decided().map(({ result, reason, who }) => ({ result, reason, who }))).toEqual([
      { result: "grant", reason: "ok", who: "ada" },
      { result: "grant", reason: "ok", who: "ben" },
      { result: "deny", reason: "unknown_person", who: null },
    ]);
  });
});

describe("a resident with a stranger beside them", () => {
  const resident = standing("ada", 100);
  const stranger = standing("stranger", 400);

  it.each(COMPANY_RULES)("at a door that says %s", async (company) => {
    for (const people of [
      [resident, stranger],
      [stranger, resident],
    ]) {
      const { watch, decided } = await scene({ company });
      await watch(people, 50);
      const aboutAda = decided().filter(({ who }) => who === "ada");
      const granted = { result: "grant", reason: "ok", who: "ada" };
      if (company === "deny") expect(aboutAda).toMatchObject([{ result: "deny", reason: "accompanied" }]);
      else expect(aboutAda).toEqual([{ ...granted, accompanied: company === "ignore" ? null : true }]);
    }
  });

  it("is let in at a door that denies once the stranger has gone", async () => {
    const { watch, decided } = await scene({ company: "deny" });
    await watch([resident, standing("stranger", 400, 0, 10)], 30);
    expect(decided().find(({ who }) => who === "ada")).toMatchObject({ result: "grant", accompanied: false });
  });

  it("is not let in by the stranger looking away for a moment", async () => {
    const { watch, decided } = await scene({ company: "deny" });
    const blinking: Person = { name: "stranger", at: (look) => (look % 6 < 2 ? faceAt(400, 80, 90) : null) };
    await watch([resident, blinking], 50);
    expect(decided().filter(({ result }) => result === "grant")).toEqual([]);
  });

  it("who is too far away to count, is let in", async () => {
    const { watch, decided } = await scene({ company: "deny" });
    await watch([resident, { name: "stranger", at: () => faceAt(400, 80, 40) }], 20);
    expect(decided()).toMatchObject([{ result: "grant", who: "ada", accompanied: false }]);
  });

  it("two residents side by side are both let in at a door that denies", async () => {
    const { watch, decided } = await scene({ company: "deny" });
    await watch([resident, standing("ben", 400)], 20);
    expect(decided()).toMatchObject([
      { result: "grant", accompanied: false },
      { result: "grant", accompanied: false },
    ]);
  });
});

describe("somebody known", () => {
  it("who walks up is let in with the second picture that is large enough", async () => {
    const { watch, audit } = await scene();
    await watch([walkingUp("ada")], 12);
    expect(audit.records).toMatchObject([{ result: "grant", searches: 2 }]);
  });

  it.each([24, 36, 60])("who walks past (%i px a look) is not let in", async (pxALook) => {
    const { watch, decided } = await scene();
    await watch([walkingPast("ada", pxALook)], 50);
    expect(decided()).toMatchObject([{ result: "deny", reason: "walked_past", who: "ada" }]);
  });

  it("who turns up at the door is let in with the third picture: by then it is seen that they do not walk past", async () => {
    const { watch, audit } = await scene();
    await watch([standing("ada", 200)], 12);
    expect(audit.records).toMatchObject([{ result: "grant", searches: 3 }]);
  });

  it("who walks away is not let in, and is let in when they come back", async () => {
    const { watch, decided } = await scene();
    await watch([{ name: "ada", at: (look) => (look < 12 ? faceAt(200, 80, 130 - 7 * look) : null) }], 30);
    expect(decided()).toMatchObject([{ result: "deny", reason: "walked_past" }]);
    await watch([standing("ada", 200)], 12);
    expect(decided()[1]).toMatchObject({ result: "grant", who: "ada" });
  });
});
