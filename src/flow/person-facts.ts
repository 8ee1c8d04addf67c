import type { PersonFacts } from "#core/policy";
import { firstOf } from "#core/support";
import type { Visit } from "#core/visit";
import type { Gallery } from "#ports/gallery";

/** Who says that a person exists: this box's own gallery, or the search engine on the network that found them. */
export type Roster = "gallery" | "engine";

/**
 * What is known of everybody who is first in some evidence of a visit, read at the moment of the decision; whom nobody knows is left
 * out. With the engine's roster, being found in the door's collection a moment ago is all there is to know.
 */
export async function readPeopleFacts(
  gallery: Pick<Gallery, "person" | "collection" | "lookAlikesOf">,
  { roster, collection }: { roster: Roster; collection: string },
  visit: Visit,
): Promise<PersonFacts[]> {
  const ids = new Set(visit.evidence.flatMap((frame) => firstOf(frame) ?? []));
  if (roster === "engine")
    return [...ids].map((id) => ({ id, name: null, active: true, collections: [collection], lookAlike: false }));
  const people: PersonFacts[] = [];
  for (const id of ids) {
    const facts = await factsOf(gallery, id);
    if (facts !== null) people.push(facts);
  }
  return people;
}

/** What the gallery knows of a person now; null when it does not know them. */
export async function factsOf(
  gallery: Pick<Gallery, "person" | "collection" | "lookAlikesOf">,
  id: string,
): Promise<PersonFacts | null> {
  const person = await gallery.person(id);
  if (person === null) return null;
  const collections: string[] = [];
  for (const known of person.collections) {
    const code = (await gallery.collection(known))?.code;
    if (code !== undefined) collections.push(code);
  }
  const lookAlike = (await gallery.lookAlikesOf(id)).length > 0;
  return { id, name: person.name, active: person.active, collections, lookAlike };
}
