import { z } from "zod";
import { networkFault } from "#config/addresses";
import { serverLiveness } from "#config/liveness-keys";
import { duration, number, oneOf, secret, text, whole } from "#config/values";
import { ENGINE_CHOICES } from "#core/engine-choice";

/** How many calls somebody may allow at most; more is a slip of the finger. */
const MOST_CALLS = 10_000_000;

const cap = (span: string) =>
  whole(1, MOST_CALLS, {
    description: `Calls in one ${span}, at most; beyond it nobody is searched there until the next ${span}.`,
    reload: "restart-part",
    computed_default: "no limit",
  }).optional();

export const searchSection = z.strictObject({
  engine: oneOf(ENGINE_CHOICES, {
    description:
      "Where faces are searched: local is this computer, and no picture leaves it; verifik is any server of the search contract; verifik_then_local asks that server, and this computer for people with offline_allowed while it is out; both_agree lets in only whom both name.",
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
      min_score: number(0, 1, {
        description: "Lowest score of the server that may open a door; its scale is its own.",
        reload: "restart-part",
        computed_default: "search.min_score with engine: verifik; otherwise there is none, and it must be given",
      }).optional(),
      deadline: duration("50ms", "2s", {
        description: "A search there that takes longer is thrown away, and opens nothing.",
        reload: "restart-part",
        computed_default: "search.deadline with engine: verifik; otherwise 2s",
      }).optional(),
      fallback_after: duration("100ms", "2s", {
        description: "With verifik_then_local: the server counts as out for a search it has not answered by then.",
        reload: "restart-part",
      }).prefault("700ms"),
      remember_refusals: duration("5s", "1h", {
        description:
          "A face that the server was asked about three times for nothing is not searched there again for so long.",
        reload: "restart-part",
      }).prefault("10m"),
      liveness: serverLiveness.prefault({}),
      caps: z
        .strictObject({ per_minute: cap("minute"), per_day: cap("day"), per_month: cap("month") })
        .meta({
          description: "Calls to the server, at most; they are counted in any case. Days and months are the site's.",
          reload: "restart-part",
          computed_default: "no limit",
        })
        .optional(),
    })
    .meta({ description: "The server for every engine but local.", reload: "restart-part", computed_default: "none" })
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
    reload: "restart-part",
  }).prefault("ACCURATE"),
  deadline: duration("50ms", "2s", {
    description: "A search that takes longer is thrown away, and opens nothing.",
    reload: "restart-part",
    computed_default: "400ms, 2s with engine: verifik",
  }).optional(),
});
