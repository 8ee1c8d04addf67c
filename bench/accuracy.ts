import { join } from "node:path";
import { env } from "node:process";
import { openFaceFinder } from "#adapters/faces/finder";
import { readModelManifest } from "#adapters/faces/manifest";
import { DEFAULT_DECISION_RULES } from "#core/decision-rules";
import type { QualityRules, Template } from "#core/face";
import type { DoorPolicy } from "#core/policy";
import { SAME_PERSON_SCORE } from "#core/score";
import { DEFAULT_THRESHOLD } from "#core/threshold";
import { createEnroller } from "#flow/enroller";
import { cacheDir, SHIPPED_MANIFEST } from "#paths";
import type { Enroller } from "#ports/enroller";
import { report, type Trial } from "./accuracy-report.js";
import { type FacePhoto, openFacePhotos } from "./face-photos.js";
import type { BenchResult } from "./measure.js";
import { ALL, openPhotoGallery, without } from "./photo-gallery.js";
import {
  changingVisit,
  namedBy,
  OPEN_HOUSE,
  openPhotoVisit,
  type PhotoDoor,
  type PhotoVisit,
  visitDoor,
} from "./photo-visits.js";
import { enrolPicture } from "./staged-visit.js";

/** Each photograph visits so often, staged differently each time. */
const VISITS_A_PHOTO = 2;
/** A third of the pictures is enrolled at a time; the others visit. */
const ROUNDS = 3;

/** As a new configuration has them. */
const QUALITY = { minFacePx: 48, maxYaw: 0.25, minSharpness: 2.5, zone: [] };
const BORDERLINE_YAW = 0.4;

interface Rule {
  readonly name: string;
  /** Which faces are evidence: all, clear ones, or also those on the border. */
  readonly gate: "none" | "clear" | "borderline";
  readonly policy: Omit<DoorPolicy, "collection">;
}

function ruleOf(name: string, gate: Rule["gate"], rules: Partial<DoorPolicy["rules"]>, isFixed = false): Rule {
  const local = isFixed ? { configuredMin: null, base: SAME_PERSON_SCORE, slopePerDecade: 0 } : DEFAULT_THRESHOLD;
  return {
    name,
    gate,
    policy: {
      ...OPEN_HOUSE,
      rules: { ...DEFAULT_DECISION_RULES, ...rules },
      thresholds: { local, verifik: { configuredMin: 1, base: 1, slopePerDecade: 0 } },
    },
  };
}

const ONE_PICTURE = { agree: 1, of: 1, margin: 0 };
/** What a single picture is worth; and which of a visit's are tried by themselves. */
const SINGLE = ruleOf("one picture, threshold by gallery size", "none", ONE_PICTURE);
const SINGLE_TICKS = [0, 5, 10, 15, 20, 25, 30];
const RULES: readonly Rule[] = [
  ruleOf("one picture, score 0.81", "none", ONE_PICTURE, true),
  SINGLE,
  ruleOf("+ quality gate", "clear", ONE_PICTURE),
  ruleOf("+ margin", "clear", { agree: 1, of: 1 }),
  ruleOf("+ 2 of 3", "clear", {}),
  ruleOf("+ borderline faces, which must score more: the full rule", "borderline", {}),
];

/** Templates of the photographs that enrolment takes; how many it refused. */
async function templatesOf(enroller: Enroller, folder: string, photos: readonly FacePhoto[]) {
  const templates: Template[] = [];
  for (const photo of photos) {
    const judged = await enroller.judge(await enrolPicture(photo, folder));
    if (judged.fault === null) templates.push(judged.template);
  }
  return { templates, refused: photos.length - templates.length };
}

/**
 * How often the right people are let in and the wrong ones are not: visits made of photographs (bench/staged-visit), found and described by the
 * real models, searched by the real engine, decided by the real core, under one rule more in each line of the table. Residents are enrolled
 * from a third of their photographs and visit with the others, three times round; everybody else is an impostor, and so is each resident in
 * turn, with all their photographs, against a gallery they have been taken out of. What was tuned on the outcome, and what not, is told in
 * docs/accuracy.md; `firstSeed` stages all visits anew. In a visit one
 * photograph is seen all the time; in those of three photographs the person shows another face each second, as people do.
 */
export async function benchAccuracy(firstSeed = 1): Promise<BenchResult> {
  const { folder, residents, strangers } = await openFacePhotos();
  const manifest = await readModelManifest(SHIPPED_MANIFEST);
  await using finder = await openFaceFinder({ manifest, modelsDir: join(cacheDir(env), "models"), liveness: false });
  const clear: QualityRules = { ...QUALITY, minNorm: finder.minNorm, borderline: null };
  const borderline = { maxYaw: BORDERLINE_YAW, minNorm: finder.borderlineNorm };
  const gates = { none: null, clear, borderline: { ...clear, borderline } };
  const nobody = { search: async () => [], size: () => 0 };
  const enroller = createEnroller({
    finder,
    gallery: { person: async () => null, noteLookAlikes: async () => {} },
    search: nobody,
  });

  const visitors = new Map<FacePhoto, PhotoVisit[]>();
  const everything = [...residents.flatMap(({ pictures }) => pictures), ...strangers];
  for (const [i, photo] of everything.entries()) {
    const seeds = Array.from({ length: VISITS_A_PHOTO }, (_, again) => firstSeed + i * VISITS_A_PHOTO + again);
    visitors.set(
      photo,
      seeds.map((seed) => openPhotoVisit(finder, { photo, folder, seed })),
    );
  }

  const own: Trial[] = [];
  const foreign: Trial[] = [];
  const changing: Record<"own" | "foreign", Trial[]> = { own: [], foreign: [] };
  const pictures = { missed: 0, all: 0 };
  const sizes: number[] = [];
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const isEnrolled = (_: unknown, i: number): boolean => i % ROUNDS === round;
    const people = new Map<string, readonly Template[]>();
    for (const { id, pictures } of residents) {
      const taken = await templatesOf(enroller, folder, pictures.filter(isEnrolled));
      refused += taken.refused;
      if (taken.templates.length > 0) people.set(id, taken.templates);
    }
    const outside: FacePhoto[] = [];
    for (const [i, photo] of strangers.entries()) {
      const taken = isEnrolled(photo, i) ? await templatesOf(enroller, folder, [photo]) : null;
      if (taken === null || taken.refused > 0) outside.push(photo);
      else people.set(`single-${i}`, taken.templates);
    }
    sizes.push(people.size);
    await using gallery = await openPhotoGallery(
      finder,
      people,
      residents.map(({ id }) => id),
    );
    const doorOf = ({ policy, gate }: Rule, collection: string): PhotoDoor => ({
      search: gallery.search,
      collection,
      policy,
      quality: gates[gate],
    });
    const tried = async (visitor: PhotoVisit, collection: string, truth: string | null): Promise<Trial> => {
      const verdicts: Trial["verdicts"][number][] = [];
      for (const rule of RULES) verdicts.push(await visitDoor(doorOf(rule, collection), visitor));
      return { visitor, verdicts, truth };
    };
    /** Each of these photographs begins a visit in which two more of the same person follow. */
    const moves = async (trials: Trial[], photos: readonly FacePhoto[], collection: string, truth: string | null) => {
      for (const [i] of photos.entries()) {
        for (let again = 0; again < VISITS_A_PHOTO; again++) {
          const shown = [0, 1, 2].flatMap((step) => {
            const photo = photos[(i + step) % photos.length];
            return (photo && visitors.get(photo)?.[again]) ?? [];
          });
          const [first, ...others] = shown;
          if (first !== undefined) trials.push(await tried(changingVisit([first, ...others]), collection, truth));
        }
      }
    };
    const visit = async (trials: Trial[], photo: FacePhoto, collection: string, truth: string | null) => {
      for (const visitor of visitors.get(photo) ?? []) {
        trials.push(await tried(visitor, collection, truth));
        for (const tick of truth === null ? [] : SINGLE_TICKS) {
          const named = await namedBy(doorOf(SINGLE, collection), visitor, tick);
          if (named === undefined) continue;
          pictures.all++;
          if (named !== truth) pictures.missed++;
        }
      }
    };
    for (const { id, pictures: photos } of residents) {
      const personId = gallery.ids.get(id);
      for (const [i, photo] of photos.entries()) {
        if (personId !== undefined && !isEnrolled(photo, i)) await visit(own, photo, ALL, personId);
        await visit(foreign, photo, without(id), null);
      }
      const others = photos.filter((photo, i) => !isEnrolled(photo, i));
      if (personId !== undefined) await moves(changing.own, others, ALL, personId);
      await moves(changing.foreign, photos, without(id), null);
    }
    for (const photo of outside) await visit(foreign, photo, ALL, null);
  }
  return report({
    rules: RULES.map(({ name }) => name),
    visitsAPhoto: VISITS_A_PHOTO,
    own,
    foreign,
    changing,
    sizes,
    refused,
    photos: everything.length,
    pictures,
  });
}
