import { randomInt } from "node:crypto";
import { z } from "zod";
import { type Instant, isoOf } from "#core/instant";

/** What every answer is wrapped in, and how it writes times. */

export const signature = z
  .object({
    message: z.string().meta({ description: "Who answered; not a cryptographic signature" }),
    dateTime: z.string().meta({ examples: ["September 29, 2023 11:55 PM"], description: "UTC" }),
  })
  .meta({ id: "Signature" });

const CALL_ID = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Schema of `{id, data, signature}` around this data. */
export function envelopeOf<T extends z.ZodType>(data: T) {
  return z.object({ id: z.string().length(5), data, signature });
}

const MONTH_DAY_YEAR = new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" });
const TIME = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", hour12: true, timeZone: "UTC" });

/** As the contract writes it: "September 29, 2023 11:55 PM". */
export function longDateTime(at: Instant): string {
  // Newer time zone data put a narrow no-break space before AM and PM.
  return `${MONTH_DAY_YEAR.format(at)} ${TIME.format(at).replace(/\s/gu, " ")}`;
}

/** UTC without saying so, with microseconds (of which the last three are always 0): "2023-09-29T21:38:59.306000". */
export function naiveMicroseconds(at: Instant): string {
  return isoOf(at).replace("Z", "000");
}

export function signed(at: Instant): z.infer<typeof signature> {
  return { message: "Answered by Limen", dateTime: longDateTime(at) };
}

export function enveloped<T>(data: T, at: Instant) {
  const id = Array.from({ length: 5 }, () => CALL_ID[randomInt(CALL_ID.length)]).join("");
  return { id, data, signature: signed(at) };
}
