import type { Box } from "#core/geometry";
import type { Reason } from "#core/reason";

/** The faces of one look, in pixels of the picture that was looked at. */
export interface LiveLook {
  readonly width: number;
  readonly height: number;
  /** Monotonic ms at which the picture arrived. */
  readonly atMs: number;
  readonly faces: readonly { readonly track: number; readonly box: Box }[];
}

export interface LiveDecision {
  readonly door: string;
  /** The track of the face it is about. */
  readonly track: number;
  readonly result: "grant" | "deny";
  readonly reason: Reason;
  /** The person granted, or the one a refusal is about; null when nobody was recognised. */
  readonly personId: string | null;
  readonly score: number | null;
}

/** Tells whoever looks at a camera what Limen sees in it. Never blocks, never throws; nobody looking is no fault. */
export interface LiveBoard {
  /** Every look, also one without a face. */
  looked(camera: string, look: LiveLook): void;
  /** A decision that is on disk already. */
  decided(camera: string, decision: LiveDecision): void;
}
