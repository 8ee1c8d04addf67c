import { z } from "zod";
import { oneOf, text, yesOrNo } from "#config/values";

const PREFIX_RANGE = "1 to 64 of A-Z a-z 0-9 _ - / with no / at the ends";

/** Whose pictures leave over MQTT. */
const SNAPSHOTS = ["never", "refused", "always"] as const;

export const homeSection = z.strictObject({
  discovery: yesOrNo({
    description: "Show the doors and cameras in Home Assistant, by its MQTT discovery.",
    reload: "restart-part",
  }).prefault(true),
  prefix: text(
    (prefix) =>
      prefix.length <= 64 && /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/.test(prefix) ? null : `must be ${PREFIX_RANGE}`,
    {
      description: "First part of Home Assistant's own topics, as its MQTT integration has it.",
      reload: "restart-part",
      range: PREFIX_RANGE,
    },
  ).prefault("homeassistant"),
  names: yesOrNo({
    description:
      "Publish the names of people who come to a door, instead of ids that say nothing. Whoever may read the topics reads them.",
    reload: "restart-part",
  }).prefault(false),
  snapshots: oneOf(SNAPSHOTS, {
    description:
      "Publish the camera's picture at each decision: of nobody, of those who were refused, or of everybody. A picture of a face is personal data.",
    reload: "restart-part",
  }).prefault("never"),
  frigate: yesOrNo({
    description: "Also say who was let in as Frigate does, on frigate/tracked_object_update.",
    reload: "restart-part",
  }).prefault(false),
  double_take: yesOrNo({
    description: "Also say it as Double Take does, on double-take/matches/… and double-take/cameras/….",
    reload: "restart-part",
  }).prefault(false),
});
