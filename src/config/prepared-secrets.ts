import { decodeDoorKey } from "#config/door-key";
import { type KeyPath, nameOf } from "#config/problem";
import { Secret, SecretReference } from "#config/secret";
import { findSecrets, type SecretSources } from "#config/secret-sources";

/** A secret in a parsed file: written out in plain text, or by name. */
export interface SecretPlace {
  readonly path: KeyPath;
  readonly given: Secret | SecretReference;
}

/** What is wrong with a secret, at the place where the file names it. */
export interface SecretFault {
  readonly path: KeyPath;
  readonly message: string;
}

/** Every secret in a parsed file, in the file's order, wherever it stands. */
export function secretPlaces(value: unknown, path: KeyPath = []): SecretPlace[] {
  if (value instanceof Secret || value instanceof SecretReference) return [{ path, given: value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => secretPlaces(inner, [...path, key]));
}

/** The secrets by the name of the place they stand at, looked up where the file only names them; or what is missing. */
export async function lookUp(
  places: readonly SecretPlace[],
  sources: SecretSources,
): Promise<{ readonly secrets: ReadonlyMap<string, Secret>; readonly faults: readonly SecretFault[] }> {
  const names = new Set(places.flatMap(({ given }) => (given instanceof SecretReference ? [given.name] : [])));
  const found = await findSecrets(names, sources);
  const secrets = new Map<string, Secret>();
  const faults: SecretFault[] = [];
  for (const { path, given } of places) {
    if (given instanceof Secret) {
      secrets.set(nameOf(path), given);
      continue;
    }
    const lookup = found.get(given.name) ?? "was not looked up";
    if (lookup instanceof Secret) secrets.set(nameOf(path), lookup);
    else faults.push({ path, message: `secret "${given.name}" ${lookup}` });
  }
  return { secrets, faults };
}

/** The bytes of every door's key, by door (or of other keys, where `pathOf` says where they stand); or what is wrong with them. */
export function decodeDoorKeys(
  doors: readonly string[],
  secrets: ReadonlyMap<string, Secret>,
  pathOf: (door: string) => readonly string[] = (door) => ["doors", door, "controller", "key"],
): { readonly keys: ReadonlyMap<string, Secret<Uint8Array>>; readonly faults: readonly SecretFault[] } {
  const keys = new Map<string, Secret<Uint8Array>>();
  const faults: SecretFault[] = [];
  for (const door of doors) {
    const path = pathOf(door);
    const bytes = decodeDoorKey(secrets.get(nameOf(path))?.reveal() ?? "");
    if (typeof bytes === "string") faults.push({ path, message: bytes });
    else keys.set(door, new Secret(bytes));
  }
  return { keys, faults };
}

/** Warnings about secrets that stand in the file itself; `mode` is the file's permission bits. */
export function plainSecretFaults(places: readonly SecretPlace[], mode: number): SecretFault[] {
  const readers = (mode & 0o044) === 0 ? "" : ", which other accounts may read";
  const message = `stands in this file in plain text${readers}; write \`!secret name\` and put it into secrets.yaml (mode 600)`;
  return places.filter(({ given }) => given instanceof Secret).map(({ path }) => ({ path, message }));
}
