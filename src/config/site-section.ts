import { z } from "zod";
import { oneLineFault, path, text } from "#config/values";
import { nearest } from "#core/nearest";

export const siteSection = z.strictObject({
  name: text((name) => oneLineFault(name, 64), {
    description: "What you call this place; shown in the demo, the log and the status topic.",
    reload: "restart-part",
    range: "1 to 64 characters",
  }).prefault("Home"),
  time_zone: text(timeZoneFault, {
    description: "Where the doors are, so that hours and days mean what they mean there, summer time included.",
    reload: "live",
    range: "an IANA name such as Europe/Berlin",
    computed_default: "the computer's time zone",
  }).optional(),
  data_dir: path({
    description:
      "Where people and decisions are kept. Must survive a restart, and be readable by Limen's account alone.",
    reload: "restart-part",
  }).prefault("data"),
});

function timeZoneFault(name: string): string | null {
  // "+01:00" would be taken by Intl, but knows no summer time.
  if (/^[A-Za-z]/.test(name) && name.length <= 64 && isKnown(name)) return null;
  const near = nearest(name, Intl.supportedValuesOf("timeZone"));
  return `must be an IANA time zone such as Europe/Berlin${near === null ? "" : ` (did you mean "${near}"?)`}`;
}

function isKnown(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
