import type { Answer } from "#core/candidate";
import { ALONE } from "#core/company";
import { decide, type Situation, type Verdict } from "#core/decision";
import {
  type FoundFace,
  isBorderline,
  outlineFault,
  type QualityRules,
  type Template,
  templateFault,
} from "#core/face";
import { instant } from "#core/instant";
import { DEFAULT_LOCK_OUT } from "#core/lock-out";
import { NO_PASSBACK } from "#core/passback";
import type { DoorPolicy } from "#core/policy";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, type Evidence, openVisit, spendSearch, type Visit } from "#core/visit";
import type { FaceFinder } from "#ports/face-finder";
import type { FaceSearch } from "#ports/face-search";
import type { FacePhoto } from "./face-photos.js";
import { nearestTo, stageVisit, TICK_MS, TICKS } from "./staged-visit.js";

/** What the models make of one picture of a visit. */
interface Look {
  readonly face: FoundFace;
  readonly template: Template;
  /** Size of the picture, px. */
  readonly view: { readonly width: number; readonly height: number };
}

/** One visit made of one photograph: its pictures, looked at by the real models when they are asked for, once. */
export interface PhotoVisit {
  readonly photo: FacePhoto;
  /** Null where no face was found. */
  look(tick: number): Promise<Look | null>;
}

export function openPhotoVisit(
  finder: FaceFinder,
  { photo, folder, seed }: { photo: FacePhoto; folder: string; seed: number },
): PhotoVisit {
  const stage = stageVisit(photo, folder, seed);
  const looks = new Map<number, Promise<Look | null>>();
  const lookAt = async (tick: number): Promise<Look | null> => {
    const { picture, at } = await stage(tick);
    const face = nearestTo(await finder.find(picture), at);
    if (face === undefined) return null;
    const { template } = await finder.describe(picture, face);
    return { face, template, view: { width: picture.width, height: picture.height } };
  };
  return {
    photo,
    look(tick) {
      const known = looks.get(tick) ?? lookAt(tick);
      looks.set(tick, known);
      return known;
    },
  };
}

/** Pictures of one photograph before the next is shown. */
const TICKS_A_PHOTO = 10;

/** A visit of somebody who moves: several photographs of one person, a second each, the last to the end. */
export function changingVisit([first, ...others]: readonly [PhotoVisit, ...PhotoVisit[]]): PhotoVisit {
  return {
    photo: first.photo,
    look: (tick) => (others[Math.min(Math.floor(tick / TICKS_A_PHOTO), others.length) - 1] ?? first).look(tick),
  };
}

/** Where a visit is decided. */
export interface PhotoDoor {
  readonly search: FaceSearch;
  /** Searched, and required. */
  readonly collection: string;
  readonly policy: Omit<DoorPolicy, "collection">;
  /** Null: every face that is found is evidence. */
  readonly quality: QualityRules | null;
}

/** Smallest face that is somebody, px, whatever the door says of it. */
const MIN_FACE_PX = 48;

/** From a picture's arrival until its face has been found, and until the search has answered; here they only have to be plausible. */
const FOUND_MS = 20;
const ANSWERED_MS = 60;

/** Nothing but the face decides. */
export const OPEN_HOUSE = {
  door: "front",
  mode: "normal",
  engine: "local",
  access: { timeZone: "UTC", siteSchedule: null, doorSchedule: null, groups: [], persons: [], watchList: [] },
  lockOut: DEFAULT_LOCK_OUT,
  passback: NO_PASSBACK,
  interlockedWith: [],
  liveness: { mode: "off", askWithinMs: null },
} as const;

/** Somebody who stands there alone, at a door that nothing speaks against opening. */
const STANDING = { intent: "dwelling", company: ALONE, cues: null } as const;
const NOTHING_AGAINST = {
  at: instant(0),
  clockTrusted: true,
  cameraHealthy: true,
  mayOpenNow: true,
  lockedOut: false,
  notShut: [],
  stays: [],
} as const;

const { signal } = new AbortController();

async function answersTo({ search, collection }: PhotoDoor, template: Template): Promise<Answer[]> {
  const request = { collection, minScore: 0, maxResults: 5, mode: "ACCURATE", signal } as const;
  return [{ engine: "local", candidates: await search.search({ ...request, faces: [template] }) }];
}

async function evidenceOf(
  door: PhotoDoor,
  { face, template }: Pick<Look, "face" | "template">,
  capturedAtMs: number,
  answeredAtMs: number,
): Promise<Evidence> {
  return {
    capturedAtMs,
    faceHeightPx: Math.round(face.box.height),
    norm: template.norm,
    yaw: face.yaw,
    sharpness: face.sharpness,
    isBorderline: door.quality !== null && isBorderline(face, template, door.quality),
    liveness: null,
    answers: await answersTo(door, template),
    answeredAtMs,
    ...STANDING,
  };
}

function decideAt({ policy, collection, search }: PhotoDoor, visit: Visit, nowMs: number, ended: boolean): Verdict {
  const ids = new Set(visit.evidence.flatMap(({ answers }) => answers[0]?.candidates[0]?.personId ?? []));
  const situation: Situation = {
    visit,
    ended,
    nowMs,
    gallerySizes: { local: search.size(collection), verifik: 0 },
    people: [...ids].map((id) => ({ id, name: null, active: true, collections: [collection], lookAlike: false })),
    door: NOTHING_AGAINST,
    calibrated: null,
  };
  return decide({ ...policy, collection }, situation);
}

/**
 * A visit at a door, the way its desk goes about it: a face large enough opens the visit, what is good enough is paid for from the budget of
 * the local engine and searched, and after each picture it is decided; once more when the face has gone.
 */
export async function visitDoor(
  door: PhotoDoor,
  visitor: PhotoVisit,
): Promise<Exclude<Verdict, { result: "wait" }> | null> {
  let visit: Visit | null = null;
  for (let tick = 0; tick < TICKS; tick++) {
    const atMs = tick * TICK_MS;
    // Nothing is looked at that could not be searched: the looks between would change nothing.
    const paid = spendSearch(visit ?? openVisit(1, atMs, LOCAL_SEARCH_BUDGET), LOCAL_SEARCH_BUDGET, atMs + FOUND_MS);
    const look = paid === null ? null : await visitor.look(tick);
    if (paid === null || look === null) continue;
    if (door.quality !== null && outlineFault(look.face, look.view, door.quality) !== null) continue;
    visit = paid;
    if (door.quality !== null && templateFault(look.template, door.quality) !== null) continue;
    visit = addEvidence(visit, await evidenceOf(door, look, atMs, atMs + ANSWERED_MS));
    const verdict = decideAt(door, visit, atMs + ANSWERED_MS, false);
    if (verdict.result !== "wait") return verdict;
  }
  if (visit === null) return null;
  const last = decideAt(door, visit, TICKS * TICK_MS, true);
  return last.result === "wait" ? null : last;
}

/** Whom one picture names over the threshold, whatever it is like; null = nobody, undefined = no face large enough was found. */
export async function namedBy(door: PhotoDoor, visitor: PhotoVisit, tick: number): Promise<string | null | undefined> {
  const look = await visitor.look(tick);
  if (look === null || look.face.box.height < MIN_FACE_PX) return undefined;
  const visit = addEvidence(openVisit(1, 0, LOCAL_SEARCH_BUDGET), await evidenceOf(door, look, 0, 0));
  const verdict = decideAt(door, visit, 0, true);
  return verdict.result === "grant" ? verdict.personId : null;
}
