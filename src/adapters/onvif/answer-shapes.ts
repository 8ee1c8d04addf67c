import { z } from "zod";
import { plainText } from "#adapters/onvif/plain-text";
import type { StreamCodec, StreamProfile } from "#core/stream-choice";

/** What the `onvif` package hands out, as far as it is used. It turns texts of digits into numbers, and empty elements into "". */

const word = z.unknown().transform(plainText);
const size = z.number().int().min(1).max(20_000).catch(0);

export const deviceInformation = z.object({ manufacturer: word, model: word }).partial().catch({});

const MOST_PROFILES = 128;

const encoder = z.object({
  encoding: word,
  resolution: z.object({ width: size, height: size }).partial().optional().catch(undefined),
  rateControl: z
    .object({ frameRateLimit: z.number().min(0).max(1000) })
    .optional()
    .catch(undefined),
});

const profile = z.object({
  $: z.object({ token: z.union([z.string().min(1).max(256), z.number(), z.boolean()]).transform(String) }),
  name: word.optional(),
  videoEncoderConfiguration: encoder.optional().catch(undefined),
});

/** The profiles that can be read; one that cannot spoils no other. */
export function readProfiles(answer: unknown): StreamProfile[] {
  const list = Array.isArray(answer) ? answer.slice(0, MOST_PROFILES) : [answer];
  return list.flatMap((item) => {
    const { success, data } = profile.safeParse(item);
    if (!success) return [];
    const { encoding = "", resolution, rateControl } = data.videoEncoderConfiguration ?? {};
    return [
      {
        token: data.$.token,
        name: data.name === undefined || data.name === "" ? plainText(data.$.token) : data.name,
        width: resolution?.width ?? 0,
        height: resolution?.height ?? 0,
        codec: codecOf(encoding),
        fps: rateControl === undefined ? null : rateControl.frameRateLimit,
      },
    ];
  });
}

function codecOf(encoding: string): StreamCodec {
  const letters = encoding.toUpperCase().replace(/[^A-Z0-9]/g, "");
  if (letters === "H264") return "H264";
  if (letters === "H265" || letters === "HEVC") return "H265";
  if (letters.startsWith("MPEG4") || letters === "MP4VES") return "MPEG4";
  return letters === "JPEG" ? "JPEG" : "unknown";
}

export const mediaUri = z.object({ uri: z.string().min(1).max(2048) });

export const deviceTime = z.date().refine((time) => !Number.isNaN(time.getTime()));
