import type { PhotoFault } from "#core/enrolment";
import type { FoundFace, Picture, Template } from "#core/face";

/** What a photo is worth for enrolling: its one good face, or why there is none. */
export type JudgedPhoto =
  | { readonly fault: null; readonly face: FoundFace; readonly template: Template }
  | { readonly fault: PhotoFault; readonly faces: readonly FoundFace[] };

/** Somebody enrolled already who looks like the person to enrol. */
export interface LookAlike {
  readonly personId: string;
  readonly name: string;
  readonly score: number;
  /** Which of the templates they look most like, from 0. */
  readonly face: number;
}

export interface AdmissionOrder {
  /** Of one person, at least one. */
  readonly templates: readonly Template[];
  /** Who is enrolled already and gets these faces; null = somebody new. */
  readonly personId: string | null;
  /** True when the faces take the place of the ones the person has. */
  readonly replaces: boolean;
  /** Let them in although somebody else has this face by every measure (twins). */
  readonly allowDuplicate: boolean;
  readonly signal: AbortSignal;
}

/** What a write did: whose faces they are now; null = nothing was written. */
export interface Written<T> {
  readonly personId: string | null;
  readonly result: T;
}

export type Admission<T> =
  | { readonly admitted: true; readonly result: T; readonly lookAlikes: readonly LookAlike[] }
  | { readonly admitted: false; readonly twin: LookAlike };

/** The one way faces come into the gallery, whoever asks for it. */
export interface Enroller {
  /** Throws LIMEN_MODEL_RUN. */
  judge(picture: Picture): Promise<JudgedPhoto>;
  /**
   * Runs `write` unless one of the faces is enrolled already as somebody else. One after the other, so that of two who bring the
   * same face at once only the first is admitted; look-alikes come best first. Throws what the search, the gallery and `write` throw.
   */
  admit<T>(order: AdmissionOrder, write: () => Promise<Written<T>>): Promise<Admission<T>>;
}
