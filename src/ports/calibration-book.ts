import type { Instant } from "#core/instant";
import type { CalibratedThreshold } from "#core/threshold";

/** A threshold that was measured for one collection and one model, and what it promises. */
export interface KeptCalibration extends CalibratedThreshold {
  /** How often one picture of a stranger may score over it. */
  readonly fpir: number;
  readonly at: Instant;
}

/** The calibrations in force, durable. Every method may throw LIMEN_STORE_*. */
export interface CalibrationBook {
  /** By the collection's code; null = none, the safe default holds. */
  inForce(collection: string, modelId: string): Promise<KeptCalibration | null>;
  /** Takes the place of the one before. False when there is no such collection. */
  apply(collection: string, modelId: string, calibration: KeptCalibration): Promise<boolean>;
  /** False when there was none. */
  forget(collection: string, modelId: string): Promise<boolean>;
}
