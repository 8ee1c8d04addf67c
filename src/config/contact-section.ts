import { z } from "zod";
import { oneLineFault, text } from "#config/values";

const TOPIC_RANGE = "1 to 200 characters without + # and spaces";

function topicOf(description: string) {
  return text(
    (topic) => (/^(?!\$)[^\s+#\p{Cc}]{1,200}$/u.test(topic) ? null : `must be ${TOPIC_RANGE}, and not begin with $`),
    { description, reload: "restart-part", range: TOPIC_RANGE },
  );
}

/** A sensor's word, which YAML may read as a boolean or a number. */
function word(description: string, computed_default: string) {
  return z
    .union([z.boolean(), z.number(), z.string().refine((value) => oneLineFault(value, 64) === null)], {
      error: "must be one word the sensor sends: text, a number, true or false",
    })
    .meta({ description, reload: "restart-part", computed_default });
}

/** A door contact that is not the controller's own: anything on the broker that tells whether the leaf stands open. */
export const contactSection = z.strictObject({
  topic: topicOf("Where the contact reports."),
  key: text((key) => oneLineFault(key, 64), {
    description: "The key of the JSON it sends.",
    reload: "restart-part",
    range: "1 to 64 characters",
  })
    .meta({ computed_default: "none: the message is the word itself" })
    .optional(),
  open: word("Its word for an open door.", "ON").optional(),
  shut: word(
    "Its word for a shut door.",
    "the opposite of `open`, for ON, OFF, open, closed, opened, 1, 0, true and false",
  ).optional(),
  availability: topicOf("Where it is said that the contact is there (online, offline).")
    .meta({ computed_default: "nowhere: it counts as there while the broker is" })
    .optional(),
});

export type ParsedContact = z.infer<typeof contactSection>;

/** What is wrong with a door's contact, as key and words; null = nothing. */
export function contactFault(contact: ParsedContact): { key: "shut"; message: string } | null {
  const { open, shut } = contactWords(contact);
  if (shut === null) return { key: "shut", message: "is needed: nobody can guess the opposite of that word for open" };
  return open === shut ? { key: "shut", message: "and open are the same word" } : null;
}

const OPPOSITES: ReadonlyMap<string, string> = new Map(
  (
    [
      ["ON", "OFF"],
      ["on", "off"],
      ["open", "closed"],
      ["OPEN", "CLOSED"],
      ["opened", "closed"],
      ["1", "0"],
      ["true", "false"],
    ] as const
  ).flatMap(([one, other]): [string, string][] => [
    [other, one],
    [one, other],
  ]),
);

/** The contact's two words as text; `shut` null = nobody can tell what is the opposite. */
export function contactWords({ open = "ON", shut }: ParsedContact): { open: string; shut: string | null } {
  return { open: String(open), shut: shut === undefined ? (OPPOSITES.get(String(open)) ?? null) : String(shut) };
}
