import { join } from "node:path";
import { formatProblems } from "#config/problem";
import { readText } from "#config/read-text";
import { Secret, secretFaultOf } from "#config/secret";
import { parseYaml } from "#config/yaml-document";
import { codeOf, LimenError, messageOf } from "#errors";

/** The secret, or a sentence part that says why there is none. */
export type Lookup = Secret | string;

export interface SecretSources {
  /** Folder of the configuration file; `secrets.yaml` is looked for here. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Looks names up in the service manager's credentials folder, then `secrets.yaml` beside the configuration, then the
 * environment. The first place that has the name decides: a value there that cannot be used is an error, never a reason to
 * go on to the next place. Nothing that is returned holds a value, except inside a Secret.
 */
export async function findSecrets(
  names: ReadonlySet<string>,
  sources: SecretSources,
): Promise<ReadonlyMap<string, Lookup>> {
  const found = new Map<string, Lookup>();
  let file: SecretsFile | null = null;
  for (const name of names) {
    const credential = await fromCredentials(name, sources.env);
    if (credential !== null) {
      found.set(name, credential);
      continue;
    }
    file ??= await readSecretsFile(sources.folder);
    found.set(name, fromFile(name, file) ?? fromEnvironment(name, sources.env) ?? notFound(name, sources, file));
  }
  return found;
}

/** The environment variable a secret may come from. */
export function variableOf(name: string): string {
  return `LIMEN_SECRET_${name.toUpperCase().replaceAll("-", "_")}`;
}

async function fromCredentials(name: string, env: SecretSources["env"]): Promise<Lookup | null> {
  const folder = env["CREDENTIALS_DIRECTORY"];
  if (folder === undefined || folder === "") return null;
  const file = join(folder, name);
  try {
    return checked((await readText(file)).text, file);
  } catch (error) {
    return codeOf(error) === "LIMEN_CONFIG_MISSING" ? null : messageOf(error);
  }
}

/** `refused` says why nothing in the file may be used. */
interface SecretsFile {
  readonly path: string;
  readonly exists: boolean;
  readonly refused: string | null;
  readonly values: ReadonlyMap<string, unknown>;
}

async function readSecretsFile(folder: string): Promise<SecretsFile> {
  const path = join(folder, "secrets.yaml");
  const nothing = { path, exists: true, refused: null, values: new Map<string, unknown>() };
  try {
    const { text, mode } = await readText(path);
    if ((mode & 0o077) !== 0) {
      return {
        ...nothing,
        refused: `${path} can be used by other accounts (mode ${octal(mode)}); run: chmod 600 ${path}`,
      };
    }
    const { yaml, problems } = parseYaml(path, text, "secrets");
    if (yaml === null) return { ...nothing, refused: `${path} cannot be understood: ${formatProblems(problems)}` };
    if (yaml.value === null || yaml.value === "") return nothing;
    if (typeof yaml.value !== "object" || Array.isArray(yaml.value)) {
      return { ...nothing, refused: `${path} must hold \`name: value\` lines` };
    }
    return { ...nothing, values: new Map(Object.entries(yaml.value)) };
  } catch (error) {
    if (codeOf(error) === "LIMEN_CONFIG_MISSING") return { ...nothing, exists: false };
    if (error instanceof LimenError) return { ...nothing, refused: error.message };
    throw error;
  }
}

function fromFile(name: string, file: SecretsFile): Lookup | null {
  if (file.refused !== null) return file.refused;
  if (!file.values.has(name)) return null;
  const value = file.values.get(name);
  return typeof value === "string" ? checked(value, file.path) : `must be text in ${file.path}`;
}

function fromEnvironment(name: string, env: SecretSources["env"]): Lookup | null {
  const value = env[variableOf(name)];
  return value === undefined ? null : checked(value, variableOf(name));
}

/** Files that were written with `echo` end in a line feed that is no part of the secret. */
function checked(value: string, source: string): Lookup {
  const secret = value.replace(/\r?\n$/, "");
  const fault = secretFaultOf(secret);
  return fault === null ? new Secret(secret) : `${fault} in ${source}`;
}

function notFound(name: string, { env }: SecretSources, file: SecretsFile): string {
  const folder = env["CREDENTIALS_DIRECTORY"];
  const places = [
    folder === undefined || folder === "" ? "$CREDENTIALS_DIRECTORY (not set)" : join(folder, name),
    file.exists ? `${file.path} (no such name in it)` : `${file.path} (no such file)`,
    `$${variableOf(name)} (not set)`,
  ];
  return `was not found; looked in ${places.join(", ")}`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
