import type { Answer } from "#core/candidate";
import { decide, type Situation, type Verdict } from "#core/decision";
import { outlineFault, type QualityRules, type Template, templateFault } from "#core/face";
import { instant } from "#core/instant";
import type { DoorPolicy } from "#core/policy";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, type Evidence, openVisit } from "#core/visit";
import type { FaceFinder } from "#ports/face-finder";
import type { FaceSearch } from "#ports/face-search";
import type { FacePhoto } from "./face-photos.js";
import { nearestTo, stageVisit } from "./staged-visit.js";

/** What the models made of one picture of a visit; null = no face was found there. */
type Look = {
  readonly atMs: number;
  readonly template: Template;
  readonly isGood: boolean;
  readonly seen: Omit<Evidence, "answers" | "answeredAtMs" | "capturedAtMs">;
} | null;

/** One visit made of one photograph, by the real models. */
export interface PhotoVisit {
  readonly photo: FacePhoto;
  readonly looks: readonly Look[];
}

/** Somebody may take so long to answer, ms; here it only has to be plausible. */
const ANSWER_MS = 60;
const GONE_MS = 3100;

export async function watchVisit(
  finder: FaceFinder,
  quality: QualityRules,
  { photo, folder, seed }: { photo: FacePhoto; folder: string; seed: number },
): Promise<PhotoVisit> {
  const looks: Look[] = [];
  for await (const { atMs, picture, at } of stageVisit(photo, folder, seed)) {
    const face = nearestTo(await finder.find(picture), at);
    if (face === undefined) {
      looks.push(null);
      continue;
    }
    const { template } = await finder.describe(picture, face);
    const isGood = outlineFault(face, picture, quality) === null && templateFault(template, quality) === null;
    const { yaw, sharpness } = face;
    const seen = {
      faceHeightPx: Math.round(face.box.height),
      norm: template.norm,
      yaw,
      sharpness,
      liveness: null,
    };
    looks.push({ atMs, template, isGood, seen });
  }
  return { photo, looks };
}

/** A visit and what the search said to each of its pictures. */
export interface SearchedVisit {
  /** Null where no face was found. */
  readonly frames: readonly ({ readonly evidence: Evidence; readonly isGood: boolean } | null)[];
  readonly collection: string;
  readonly gallerySize: number;
}

export async function searchVisit(search: FaceSearch, visit: PhotoVisit, collection: string): Promise<SearchedVisit> {
  const { signal } = new AbortController();
  const frames: SearchedVisit["frames"][number][] = [];
  for (const look of visit.looks) {
    if (look === null) {
      frames.push(null);
      continue;
    }
    const candidates = await search.search({
      faces: [look.template],
      collection,
      minScore: 0,
      maxResults: 5,
      mode: "ACCURATE",
      signal,
    });
    const answers: Answer[] = [{ engine: "local", candidates }];
    const evidence = { ...look.seen, capturedAtMs: look.atMs, answers, answeredAtMs: look.atMs + ANSWER_MS };
    frames.push({ evidence, isGood: look.isGood });
  }
  return { frames, collection, gallerySize: search.size(collection) };
}

/**
 * The decision on a visit, made as the door's desk makes it: after every picture, and once more when the face has gone. `isGated`: only
 * pictures that pass the quality rules are evidence.
 */
export function decideVisit(
  policy: Omit<DoorPolicy, "collection">,
  { frames, collection, gallerySize }: SearchedVisit,
  isGated: boolean,
): Exclude<Verdict, { result: "wait" }> | null {
  let visit = openVisit(1, 0, LOCAL_SEARCH_BUDGET);
  const decideAt = (nowMs: number, ended: boolean): Verdict => {
    const ids = new Set(visit.evidence.flatMap(({ answers }) => answers[0]?.candidates[0]?.personId ?? []));
    const situation: Situation = {
      visit,
      ended,
      nowMs,
      gallerySizes: { local: gallerySize, verifik: 0 },
      people: [...ids].map((id) => ({ id, active: true, collections: [collection], lookAlike: false })),
      door: { at: instant(0), cameraHealthy: true, mayOpenNow: true },
    };
    return decide({ ...policy, collection }, situation);
  };
  for (const frame of frames) {
    if (frame === null || (isGated && !frame.isGood)) continue;
    visit = {
      ...addEvidence(visit, frame.evidence),
      firstTriedAtMs: visit.firstTriedAtMs ?? frame.evidence.capturedAtMs,
    };
    const verdict = decideAt(frame.evidence.answeredAtMs, false);
    if (verdict.result !== "wait") return verdict;
  }
  const last = decideAt(GONE_MS, true);
  return last.result === "wait" ? null : last;
}
