import type { PersonFacts } from "#core/policy";
import type { Gallery } from "#ports/gallery";

/** Who says that a person exists: this box's own gallery, or the search engine on the network that found them. */
export type Roster = "gallery" | "engine";

/**
 * What is known of a recognised person, read at the moment of the decision; null = nobody knows them. With the engine's roster,
 * being found in the door's collection a moment ago is all there is to know.
 */
export async function readPersonFacts(
  gallery: Gallery,
  roster: Roster,
  collectionCode: string,
  id: string | null,
): Promise<PersonFacts | null> {
  if (id === null) return null;
  if (roster === "engine") return { id, active: true, inCollection: true };
  const person = await gallery.person(id);
  if (person === null) return null;
  const collection = await gallery.collection(collectionCode);
  const inCollection = collection !== null && person.collections.includes(collection.id);
  return { id: person.id, active: person.active, inCollection };
}
