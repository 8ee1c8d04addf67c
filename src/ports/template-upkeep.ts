import type { Template } from "#core/face";

/** A face whose template is of another model. */
export interface OldFace {
  readonly faceId: string;
  /** The JPEG that was kept of it; null when none was. */
  readonly photo: Uint8Array | null;
}

export interface OldPerson {
  readonly name: string;
  /** The person has a face of the model asked for as well. */
  readonly isSearchable: boolean;
  readonly faces: readonly OldFace[];
}

/** Templates when the models change. Every method may throw LIMEN_STORE_*. */
export interface TemplateUpkeep {
  /** Ids of the people for whom something is to be done or said: no face of this model, or a kept photo of a face of another. */
  peopleToRenew(modelId: string): Promise<string[]>;
  /** The faces of other models; null when the person is gone. */
  oldFaces(personId: string, modelId: string): Promise<OldPerson | null>;
  /** Puts these templates in the place of what the faces had, all of them or none; faces that are gone are left out. */
  renew(faces: readonly { readonly faceId: string; readonly template: Template }[]): Promise<void>;
}
