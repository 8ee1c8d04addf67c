import { z } from "zod";
import { networkFault } from "#config/addresses";
import { duration, oneOf, secret, text } from "#config/values";

export const searchSection = z.strictObject({
  engine: oneOf(["local", "verifik"], {
    description:
      "Where faces are searched: local is this computer, and no picture leaves it; verifik is any server of the search contract.",
    reload: "restart-part",
  }).prefault("local"),
  verifik: z
    .strictObject({
      url: text(networkFault, {
        description: "Address of the server that speaks the search contract; it is sent crops of the faces.",
        reload: "restart-part",
        range: "https://host, or http:// to this computer",
      }),
      token: secret({ description: "Its token: `!secret name`.", reload: "restart-part" }),
      roster: oneOf(["gallery", "engine"], {
        description:
          "Who may pass: gallery, only people this computer has enrolled under the same ids; engine, everybody the server finds in the door's collection.",
        reload: "restart-part",
      }).prefault("gallery"),
    })
    .meta({ description: "The server for engine: verifik.", reload: "restart-part", computed_default: "none" })
    .optional(),
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
    computed_default: "400ms local, 2s verifik",
  }).optional(),
});
