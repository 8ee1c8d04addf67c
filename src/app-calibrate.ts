import { systemClock } from "#adapters/clock/system-clock";
import { modelIdOf, readModelManifest } from "#adapters/faces/manifest";
import { calibrationIn } from "#adapters/sqlite/calibrations";
import { keptThreshold } from "#adapters/status/threshold-file";
import { openRecords } from "#app-offline";
import { localThresholdOf } from "#app-parts";
import type { Config } from "#config/config";
import { highestMin, thresholdFor, UNREADABLE_MIN } from "#core/threshold";
import { openSearchEngine } from "#engine/search-engine";
import { messageOf } from "#errors";
import { type CalibrationFindings, measureCollection } from "#flow/calibrate";
import { createClosingStack } from "#lifecycle";
import { databaseIn, SHIPPED_MANIFEST, thresholdFileIn } from "#paths";
import type { KeptCalibration } from "#ports/calibration-book";

export type { CalibrationFindings } from "#flow/calibrate";

/** Thresholds measured with the site's own gallery, and which one is in force. */

const manifestOf = (config: Config) => readModelManifest(config.faces.models ?? SHIPPED_MANIFEST);

export interface CalibrationDesk extends AsyncDisposable {
  /** See flow/calibrate. */
  measure(
    order: { collection: string; fpir: number; onStep: (done: number, all: number) => void },
    signal: AbortSignal,
  ): Promise<CalibrationFindings>;
  /** Puts a fitted threshold in force and the pairs on stricter rules; the running daemon follows with its next decision. */
  apply(collection: string, fpir: number, findings: CalibrationFindings): Promise<void>;
  /** False when none was in force. */
  forget(collection: string): Promise<boolean>;
  nameOf(personId: string): Promise<string>;
}

/** Everything that calibrating needs: the database and a search over it, no models. Throws LIMEN_STORE_*, LIMEN_MODEL_MANIFEST. */
export async function openCalibration(
  config: Config,
  context: { note: (line: string) => void },
): Promise<CalibrationDesk> {
  const closing = createClosingStack((error) => context.note(`while closing: ${messageOf(error)}`));
  try {
    const { gallery, calibrations } = closing.own(await openRecords(config));
    const manifest = await manifestOf(config);
    const modelId = modelIdOf(manifest);
    const samePersonCosine = manifest.embed.same_person_cosine;
    const onFault = (error: unknown): void => context.note(`the gallery could not be read anew: ${messageOf(error)}`);
    const search = closing.own(await openSearchEngine({ gallery, modelId, samePersonCosine, onFault }));
    return {
      measure: (order, signal) => measureCollection({ gallery, search, modelId, samePersonCosine }, order, signal),
      async apply(collection, fpir, { calibration, lookAlikes }) {
        await gallery.noteLookAlikes(lookAlikes);
        if (calibration.kind === "too_few") return;
        await calibrations.apply(collection, modelId, { ...calibration.proposal, fpir, at: systemClock.now() });
      },
      forget: (collection) => calibrations.forget(collection, modelId),
      nameOf: async (personId) => (await gallery.person(personId))?.name ?? personId,
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

export interface ThresholdInForce {
  readonly collection: string;
  readonly people: number;
  /** API score. */
  readonly threshold: number;
  readonly calibration: KeptCalibration | null;
}

/** The threshold of each collection that a door of the config searches here; empty where a server searches, or nobody is enrolled yet. */
export async function thresholdsInForce(config: Config): Promise<ThresholdInForce[]> {
  if (config.search.verifik !== null) return [];
  const modelId = modelIdOf(await manifestOf(config));
  const asked = await keptThreshold(thresholdFileIn(config.site.dataDir)).catch(() => UNREADABLE_MIN);
  const rule = localThresholdOf(config, highestMin(config.search.minScore, asked));
  return [...new Set(config.doors.map(({ collection }) => collection))].flatMap((collection) => {
    const found = calibrationIn(databaseIn(config.site.dataDir), collection, modelId);
    if (found === null) return [];
    return [{ ...found, collection, threshold: thresholdFor(found.people, rule, found.calibration) }];
  });
}
