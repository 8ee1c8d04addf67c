import { nameOfFolder } from "#core/person-folder";
import { codeOf, type ErrorCode, exitCodeOf, LimenError, messageOf } from "#errors";
import type { Enrolment, EnrolmentOrder } from "#flow/enrolment";
import type { Gallery } from "#ports/gallery";

/** What every refusal of a photo or a person ends a command with; anything else is a fault of the machine. */
const REFUSED_EXIT = 7;

export interface ImportParts {
  /** Paths of the photos in this folder; refuses (LIMEN_PHOTO_*, LIMEN_PERSON_*) or throws what the disk throws. */
  photosOf(folder: string): Promise<readonly string[]>;
  enrol(order: EnrolmentOrder, signal: AbortSignal): Promise<Enrolment>;
  readonly gallery: Pick<Gallery, "people">;
}

export interface ImportOrder {
  /** A folder a person; its name is the person's. */
  readonly folders: readonly string[];
  readonly collections: readonly string[];
  readonly allowDuplicate: boolean;
}

export type ImportOutcome =
  | {
      readonly outcome: "enrolled";
      readonly name: string;
      readonly id: string;
      readonly faces: number;
      readonly lookAlikes: Enrolment["lookAlikes"];
    }
  | {
      readonly outcome: "refused";
      readonly name: string;
      readonly code: ErrorCode;
      /** Begins with the photo, when one is to blame. */
      readonly reason: string;
      readonly hint: string | null;
    }
  | { readonly outcome: "already_there"; readonly name: string };

async function importPerson(
  parts: ImportParts,
  order: ImportOrder,
  folder: string,
  signal: AbortSignal,
): Promise<ImportOutcome> {
  const name = nameOfFolder(folder);
  try {
    const photos = await parts.photosOf(folder);
    const { collections, allowDuplicate } = order;
    const { person, lookAlikes } = await parts.enrol({ name, collections, photos, allowDuplicate }, signal);
    return { outcome: "enrolled", name, id: person.id, faces: person.faces, lookAlikes };
  } catch (error) {
    if (!(error instanceof LimenError) || exitCodeOf(error) !== REFUSED_EXIT) throw error;
    return { outcome: "refused", name, code: codeOf(error), reason: messageOf(error), hint: error.hint ?? null };
  }
}

/**
 * Enrols one person after the other, each of them all or nothing, and skips names that are enrolled; keeps nothing of those who are done but their names. A refused
 * person does not stop it, a fault of the machine does: throws LIMEN_STORE_*, LIMEN_MODEL_*. Whoever is enrolled stays so, and the
 * next run goes on behind them.
 */
export async function* importPeople(
  parts: ImportParts,
  order: ImportOrder,
  signal: AbortSignal,
): AsyncGenerator<ImportOutcome, void> {
  // Read once: whoever another process enrols meanwhile under the same name has the same face, too.
  const names = new Set((await parts.gallery.people()).map(({ name }) => name));
  for (const folder of order.folders) {
    signal.throwIfAborted();
    const name = nameOfFolder(folder);
    if (names.has(name)) {
      yield { outcome: "already_there", name };
      continue;
    }
    const outcome = await importPerson(parts, order, folder, signal);
    if (outcome.outcome === "enrolled") names.add(name);
    yield outcome;
  }
}
