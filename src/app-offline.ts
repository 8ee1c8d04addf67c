import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#adapters/clock/system-clock";
import { encodeCrop } from "#adapters/faces/encode-crop";
import { type OpenFaceFinder, openFaceFinder } from "#adapters/faces/finder";
import { modelIdOf, readModelManifest } from "#adapters/faces/manifest";
import { createPhotoReader } from "#adapters/faces/photo-reader";
import { createSqliteAccountStore } from "#adapters/sqlite/account-store";
import { createSqliteAuditLog } from "#adapters/sqlite/audit-log";
import { type BackupContents, backUpDatabase } from "#adapters/sqlite/backup";
import { createSqliteCalibrations } from "#adapters/sqlite/calibrations";
import { openStore } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { createSqliteGalleryAdmin } from "#adapters/sqlite/gallery-admin";
import { createSqliteSpendBook } from "#adapters/sqlite/spend-book";
import { createSqliteStandingStore } from "#adapters/sqlite/standing-store";
import { createSqliteTemplateUpkeep, unsearchablePeopleIn } from "#adapters/sqlite/template-upkeep";
import { readStatusFile } from "#adapters/status/status-file";
import type { Config } from "#config/config";
import { type Plain, readPlain } from "#config/plain";
import { openSearchEngine } from "#engine/search-engine";
import { LimenError, messageOf } from "#errors";
import { createEnroller } from "#flow/enroller";
import { type Enrolment, type EnrolmentOrder, enrol, type TakenFace } from "#flow/enrolment";
import { createLoadProgress } from "#flow/load-progress";
import { type ImportOrder, type ImportOutcome, type ImportParts, importPeople } from "#flow/people-import";
import { type ReEmbedOutcome, reEmbed } from "#flow/re-embed";
import { createClosingStack } from "#lifecycle";
import { cacheDir, databaseIn, runningConfigIn, SHIPPED_MANIFEST, statusFileIn } from "#paths";
import type { AccountStore } from "#ports/account-store";
import type { AuditLog } from "#ports/audit-log";
import type { CalibrationBook } from "#ports/calibration-book";
import type { CropFace } from "#ports/face-crop";
import type { Gallery } from "#ports/gallery";
import type { GalleryAdmin } from "#ports/gallery-admin";
import type { SpendBook } from "#ports/spend-book";
import type { StandingStore } from "#ports/standing-store";
import type { Status } from "#ports/status-board";
import type { TemplateUpkeep } from "#ports/template-upkeep";

export type { ImportOutcome } from "#flow/people-import";
export type { ReEmbedOutcome } from "#flow/re-embed";

/** The parts of Limen that commands use beside a running daemon, or without one. */

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Loads the models the config names. Throws LIMEN_MODEL_*. `for: "photos"` spares the liveness model: nobody asks for it at enrolment and
 * behind the API. At doors it is loaded where the set has one, whatever they ask for now: a door may begin to while all others go on.
 */
export async function openConfiguredFinder(
  config: Config,
  env: Env,
  { for: use }: { readonly for: "photos" | "doors" },
): Promise<OpenFaceFinder> {
  const manifest = await readModelManifest(config.faces.models ?? SHIPPED_MANIFEST);
  const isAsked = use === "doors" && config.doors.some(({ policy }) => policy.liveness !== "off");
  return openFaceFinder({
    manifest,
    modelsDir: config.faces.modelsDir ?? join(cacheDir(env), "models"),
    liveness: isAsked || (use === "doors" && manifest.liveness !== null),
  });
}

/** A face with enough around it to be found and described again by another model. */
const KEPT_PHOTO = { scale: 2.4, maxSide: 640, quality: 92 };

/** Cuts the photo that is kept of an enrolled face; undefined where the config keeps none. */
export function photoKeeper({ faces }: Config): CropFace | undefined {
  return faces.keepPhotos ? (picture, box) => encodeCrop(picture, box, KEPT_PHOTO) : undefined;
}

export interface Records extends AsyncDisposable {
  readonly gallery: Gallery;
  readonly audit: AuditLog;
  /** The gallery for those who manage it. */
  readonly admin: GalleryAdmin;
  readonly upkeep: TemplateUpkeep;
  /** What doors remember. */
  readonly standing: StandingStore;
  /** Who may use the console. */
  readonly accounts: AccountStore;
  readonly spendBook: SpendBook;
  readonly calibrations: CalibrationBook;
}

/** People and decisions, from the database of the config's data folder. Throws LIMEN_STORE_*. */
export async function openRecords(config: Config): Promise<Records> {
  const store = await openStore(databaseIn(config.site.dataDir));
  return {
    gallery: createSqliteGallery(store, systemClock),
    audit: createSqliteAuditLog(store),
    admin: createSqliteGalleryAdmin(store, systemClock),
    upkeep: createSqliteTemplateUpkeep(store),
    standing: createSqliteStandingStore(store),
    accounts: createSqliteAccountStore(store),
    spendBook: createSqliteSpendBook(store),
    calibrations: createSqliteCalibrations(store),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

export interface EnrolmentDesk extends AsyncDisposable {
  /** Many people, one after the other; `photosOf` names the photos in one of the order's folders. */
  importPeople(
    photosOf: ImportParts["photosOf"],
    order: ImportOrder,
    signal: AbortSignal,
  ): AsyncGenerator<ImportOutcome, void>;
  enrol(order: EnrolmentOrder, signal: AbortSignal): Promise<Enrolment>;
  /** A JPEG of a face that was enrolled, without the photo's metadata. */
  cropOf(taken: TakenFace): Promise<Uint8Array>;
}

/** Everything enrolling needs: the database, the models, a photo reader, a search for look-alikes. */
export async function openEnrolment(
  config: Config,
  context: { env: Env; note: (line: string) => void },
): Promise<EnrolmentDesk> {
  const closing = createClosingStack((error) => context.note(`while closing: ${messageOf(error)}`));
  try {
    const { gallery } = closing.own(await openRecords(config));
    const models = closing.own(await openConfiguredFinder(config, context.env, { for: "photos" }));
    const search = closing.own(
      await openSearchEngine({
        gallery,
        modelId: models.modelId,
        samePersonCosine: models.samePersonCosine,
        onProgress: createLoadProgress(systemClock.monotonicMs, ({ done, all }) =>
          context.note(`reading who is enrolled: ${done} of ${all} people`),
        ),
        onFault: (error) => context.note(`the gallery could not be read anew: ${messageOf(error)}`),
      }),
    );
    const enroller = createEnroller({ finder: models, gallery, search });
    const enrolOne = (order: EnrolmentOrder, signal: AbortSignal): Promise<Enrolment> => enrol(parts, order, signal);
    const { samePersonCosine } = models;
    const photoOf = photoKeeper(config);
    const parts = { gallery, enroller, samePersonCosine, reader: createPhotoReader(), ...(photoOf && { photoOf }) };
    return {
      enrol: enrolOne,
      importPeople: (photosOf, order, signal) => importPeople({ photosOf, gallery, enrol: enrolOne }, order, signal),
      cropOf: ({ picture, box }) => encodeCrop(picture, box),
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

export interface ReEmbedding extends AsyncDisposable {
  /** See flow/re-embed. */
  run(
    options: { write: boolean; onCount: (people: number) => void },
    signal: AbortSignal,
  ): AsyncGenerator<ReEmbedOutcome, void>;
}

/** Everything that making templates anew needs: the database, and the models the config names now. */
export async function openReEmbedding(
  config: Config,
  context: { env: Env; note: (line: string) => void },
): Promise<ReEmbedding> {
  const closing = createClosingStack((error) => context.note(`while closing: ${messageOf(error)}`));
  try {
    const { upkeep } = closing.own(await openRecords(config));
    const finder = closing.own(await openConfiguredFinder(config, context.env, { for: "photos" }));
    const parts = { upkeep, finder, reader: createPhotoReader() };
    return {
      run: (options, signal) => reEmbed(parts, options, signal),
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * How many people no door can recognise because their templates are of other models than the config's. Only reads. Throws
 * LIMEN_MODEL_MANIFEST, LIMEN_STORE_*.
 */
export async function unsearchablePeople(config: Config): Promise<number> {
  const manifest = await readModelManifest(config.faces.models ?? SHIPPED_MANIFEST);
  return unsearchablePeopleIn(databaseIn(config.site.dataDir), modelIdOf(manifest));
}

/** Keeps what the daemon that starts now works with, for whoever compares a changed file with it. Throws LIMEN_STORE_FAILED. */
export async function keepRunningConfig(config: Config, plain: Plain): Promise<void> {
  const file = runningConfigIn(config.site.dataDir);
  try {
    await writeFile(`${file}.new`, `${JSON.stringify(plain)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  } catch (cause) {
    throw new LimenError("LIMEN_STORE_FAILED", `${file} could not be written: ${messageOf(cause)}`, { cause });
  }
}

/** The configuration the newest daemon works or worked with; null when there is none, or none that can be read. */
export async function readRunningConfig(config: Config): Promise<Plain | null> {
  const text = await readFile(runningConfigIn(config.site.dataDir), "utf8").catch(() => "");
  return readPlain(text);
}

/** What a running daemon says of itself; null when none is running on this data folder. */
export function readStatus(config: Config): Promise<Status | null> {
  return readStatusFile(statusFileIn(config.site.dataDir));
}

/** Copies people and decisions into a new file, beside a running daemon. Throws LIMEN_STORE_*. */
export function backUp(config: Config, file: string): BackupContents {
  return backUpDatabase(databaseIn(config.site.dataDir), file);
}
