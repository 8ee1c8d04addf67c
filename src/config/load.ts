import { dirname, resolve } from "node:path";
import type { Config } from "#config/config";
import { crossChecks } from "#config/cross-checks";
import { defaultedIn } from "#config/known-keys";
import { type Plain, plainOf } from "#config/plain";
import { decodeDoorKeys, lookUp, plainSecretFaults, secretPlaces } from "#config/prepared-secrets";
import { formatProblems, type KeyPath, nameOf, type Problem } from "#config/problem";
import { readText } from "#config/read-text";
import { configSchema, type ParsedFile } from "#config/schema";
import type { Secret } from "#config/secret";
import { toConfig } from "#config/to-config";
import { faultsOf, wordsFor } from "#config/wording";
import { parseYaml, type YamlFile } from "#config/yaml-document";
import { codeOf, type ErrorCode, LimenError, messageOf } from "#errors";

export interface LoadedConfig {
  readonly config: Config;
  /** Nothing that stops Limen, but somebody should look. */
  readonly warnings: readonly Problem[];
  /** Keys and whole groups that the file leaves to their defaults, as paths. */
  readonly defaulted: readonly string[];
  /** The file with its defaults filled in; secrets by name. */
  readonly parsed: ParsedFile;
  /** The same as data that may be kept and shown. */
  readonly plain: Plain;
  /** Every secret it uses, by the place it stands at. */
  readonly secrets: ReadonlyMap<string, Secret>;
}

export interface LoadOptions {
  /** The process environment: `CREDENTIALS_DIRECTORY` and `LIMEN_SECRET_*` are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads, checks and completes a configuration file. Throws LIMEN_CONFIG_MISSING, _UNREADABLE, _SYNTAX (not YAML), _INVALID
 * (YAML, but not a configuration; the message lists every problem as `file:line:column key: what`) or _SECRET (a secret was
 * not found, or may not be used). No error and no warning ever holds a value that could be a secret.
 */
export async function loadConfig(file: string, options: LoadOptions): Promise<LoadedConfig> {
  const { text, mode } = await readConfigText(file);
  const { yaml, problems } = parseYaml(file, text, "config");
  if (yaml === null) throw refusal("LIMEN_CONFIG_SYNTAX", file, problems);
  const parsed = checkShape(file, yaml);
  const placed = ({ path, message }: { path: KeyPath; message: string }): Problem => {
    return { file, ...yaml.placeOf(path), path: nameOf(path), message };
  };
  const demandNone = (code: ErrorCode, faults: readonly { path: KeyPath; message: string }[]): void => {
    if (faults.length > 0) throw refusal(code, file, faults.map(placed));
  };
  const findings = crossChecks(parsed);
  demandNone(
    "LIMEN_CONFIG_INVALID",
    findings.filter(({ severity }) => severity === "error"),
  );

  const folder = dirname(resolve(file));
  const places = secretPlaces(parsed);
  const { secrets, faults } = await lookUp(places, { folder, env: options.env });
  demandNone("LIMEN_CONFIG_SECRET", faults);
  const doorKeys = decodeDoorKeys(nativeDoorsOf(parsed), secrets);
  demandNone("LIMEN_CONFIG_INVALID", doorKeys.faults);
  const signers = Object.keys(parsed.remote?.keys ?? {});
  const remoteKeys = decodeDoorKeys(signers, secrets, (name) => ["remote", "keys", name, "key"]);
  demandNone("LIMEN_CONFIG_INVALID", remoteKeys.faults);

  const config = toConfig(parsed, {
    folder,
    systemTimeZone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
    secretAt: (path) => demand(secrets.get(path), path),
    remoteKeyOf: (name) => demand(remoteKeys.keys.get(name), name),
    doorKeyOf: (door) => demand(doorKeys.keys.get(door), door),
  });
  const warnings = [...findings.filter(({ severity }) => severity === "warning"), ...plainSecretFaults(places, mode)];
  return {
    config,
    warnings: warnings.map(placed),
    defaulted: defaultedIn(yaml.value),
    parsed,
    plain: plainOf(parsed),
    secrets,
  };
}

function nativeDoorsOf({ doors }: ParsedFile): string[] {
  return Object.entries(doors).flatMap(([id, { controller }]) => (controller.profile === "limen_native" ? [id] : []));
}

async function readConfigText(file: string): Promise<{ text: string; mode: number }> {
  try {
    return await readText(file);
  } catch (error) {
    if (codeOf(error) !== "LIMEN_CONFIG_MISSING") throw error;
    throw new LimenError("LIMEN_CONFIG_MISSING", messageOf(error), {
      hint: "Copy config/limen.example.yaml and describe your door in it, or try `limen demo`, which needs no file",
    });
  }
}

function checkShape(file: string, yaml: YamlFile): ParsedFile {
  if (yaml.value === null)
    throw refusal("LIMEN_CONFIG_INVALID", file, [
      { file, line: 1, column: 1, path: "", message: "the file holds no settings" },
    ]);
  const result = configSchema.safeParse(yaml.value, { error: wordsFor });
  if (result.success) return result.data;
  const problems = faultsOf(result.error, yaml.value).map(({ path, message, onKey }) => {
    const place = onKey ? yaml.placeOfKey(path) : yaml.placeOf(path);
    return { file, ...place, path: nameOf(path), message };
  });
  throw refusal("LIMEN_CONFIG_INVALID", file, problems);
}

function refusal(code: ErrorCode, file: string, problems: readonly Problem[]): LimenError {
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  return new LimenError(code, `${file} has ${count}:\n${formatProblems(problems)}`, {
    hint: HINTS[code] ?? "Nothing was started",
  });
}

const HINTS: Partial<Record<ErrorCode, string>> = {
  LIMEN_CONFIG_SYNTAX: "Mind the indentation: two spaces a level, and quotes round text with special characters",
  LIMEN_CONFIG_INVALID: "config/limen.example.yaml shows every key with its default",
  LIMEN_CONFIG_SECRET:
    "Put secrets into secrets.yaml beside the configuration, one `name: value` a line, and run: chmod 600 secrets.yaml",
};

function demand<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new LimenError("LIMEN_INTERNAL", `No secret was prepared for ${what}`);
  return value;
}
