import { fstatSync, openSync, readFileSync } from "node:fs";
import { z } from "zod";
import { LimenError } from "#errors";

const SLUG = /^[a-z0-9_-]{1,64}$/;

const SETTINGS = z.strictObject({
  /** mqtt://host:port */
  url: z.url({ protocol: /^mqtts?$/ }),
  username: z.string().optional(),
  password: z.string().optional(),
  prefix: z.string().default("limen"),
  controller: z.string().regex(SLUG),
  key_id: z.string().min(1).max(64),
  /** base64url, at least 32 bytes. */
  key: z
    .string()
    .transform((text) => new Uint8Array(Buffer.from(text, "base64url")))
    .refine((key) => key.length >= 32, "shorter than 32 bytes"),
  pulse_max_ms: z.number().int().min(1).max(60_000).default(10_000),
  clock_synced: z.boolean().default(true),
  /** It has a contact: SIGHUP opens and shuts the leaf. */
  contact: z.boolean().default(false),
  keepalive_s: z.number().int().min(1).max(60).default(10),
  /** File every event is appended to, one JSON a line. */
  ledger: z.string().optional(),
});

export type DoorSettings = z.infer<typeof SETTINGS>;
/** What is written into the settings, before defaults. */
export type DoorSettingsInput = z.input<typeof SETTINGS>;

function privateText(file: string): string {
  const handle = openSync(file, "r");
  if ((fstatSync(handle).mode & 0o077) !== 0) {
    throw new LimenError("LIMEN_CONFIG_SECRET", `${file} holds a key but others can read it`, {
      hint: `chmod 600 ${file}`,
    });
  }
  return readFileSync(handle, "utf8");
}

/**
 * The simulated door's settings as JSON, from standard input or from a file only its owner can read: never from the command line,
 * which every user of the machine can see. Throws LIMEN_CONFIG_INVALID, LIMEN_CONFIG_SECRET.
 */
export function readDoorSettings(file: string | undefined): DoorSettings {
  const text = file === undefined ? readFileSync(0, "utf8") : privateText(file);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new LimenError("LIMEN_CONFIG_INVALID", "the door's settings are not JSON");
  }
  const settings = SETTINGS.safeParse(json);
  if (settings.success) return settings.data;
  throw new LimenError("LIMEN_CONFIG_INVALID", `the door's settings are wrong: ${z.prettifyError(settings.error)}`);
}
