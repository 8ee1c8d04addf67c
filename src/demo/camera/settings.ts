import { z } from "zod";
import { LimenError } from "#errors";

const port = z.number().int().min(0).max(65_535).default(0);

const SETTINGS = z.strictObject({
  /** H.264 Annex B without B-frames, as the demo renders it. */
  clip: z.string().min(1),
  fps: z.number().min(1).max(60).default(20),
  username: z.string().min(1),
  password: z.string(),
  /** Loopback unless told otherwise. */
  host: z.string().default("127.0.0.1"),
  rtsp_port: port,
  onvif_port: port,
  name: z.string().min(1).default("Simulated camera"),
  auth: z.enum(["wsse", "digest"]).default("wsse"),
  endpoint: z
    .string()
    .regex(/^urn:uuid:[0-9a-f-]{36}$/)
    .optional(),
  /** IPv4 addresses of this machine to be found on by a network search; none unless told otherwise. */
  discovery: z.array(z.ipv4()).default([]),
});

export type CameraSettings = z.infer<typeof SETTINGS>;
/** What is written into the settings, before defaults. */
export type CameraSettingsInput = z.input<typeof SETTINGS>;

/** A simulated camera's settings, from JSON. Throws LIMEN_CONFIG_INVALID. */
export function parseCameraSettings(text: string): CameraSettings {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new LimenError("LIMEN_CONFIG_INVALID", "the camera's settings are not JSON");
  }
  const settings = SETTINGS.safeParse(json);
  if (settings.success) return settings.data;
  throw new LimenError("LIMEN_CONFIG_INVALID", `the camera's settings are wrong: ${z.prettifyError(settings.error)}`);
}
