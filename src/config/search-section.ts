import { z } from "zod";
import { duration, oneOf } from "#config/values";

export const searchSection = z.strictObject({
  engine: oneOf(["local"], {
    description: "Where faces are searched: local is this computer, and no picture leaves it.",
    reload: "restart-part",
  }).prefault("local"),
  min_score: z
    .union([z.literal("auto"), z.number().min(0).max(1)], { error: "must be auto, or a number from 0 to 1" })
    .meta({
      description:
        "Lowest score that may open a door. auto rises with the number of people; a number only ever raises it further.",
      reload: "live",
      range: "auto, or 0 to 1",
    })
    .prefault("auto"),
  mode: oneOf(["FAST", "ACCURATE"], {
    description:
      "ACCURATE compares with everybody exactly; FAST compares coarsely first, which pays with many thousands.",
    reload: "live",
  }).prefault("ACCURATE"),
  deadline: duration("50ms", "2s", {
    description: "A search that takes longer is thrown away, and opens nothing.",
    reload: "live",
  }).prefault("400ms"),
});
