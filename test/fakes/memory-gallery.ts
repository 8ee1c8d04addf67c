import type { Template } from "#core/face";
import { instant } from "#core/instant";
import { LimenError } from "#errors";
import type {
  Collection,
  Gallery,
  GalleryPiece,
  LookAlikePair,
  NewPerson,
  PeopleChanges,
  Person,
  SearchablePerson,
} from "#ports/gallery";

/** People whose faces come in one piece. */
const PIECE_PEOPLE = 250;

/** A gallery in memory; ids are readable: person-1, person-2 … */
export class MemoryGallery implements Gallery {
  readonly #people = new Map<string, { person: Person; faces: Template[] }>();
  readonly #collections = new Map<string, Collection>();
  readonly #listeners = new Set<() => void>();
  #lookAlikes: LookAlikePair[] = [];
  /** Revision at which each person last changed. */
  readonly #changed = new Map<string, number>();
  #revision = 0;
  #next = 1;

  async addPerson(order: NewPerson): Promise<Person> {
    if (
      order.name.trim() === "" ||
      order.faces.length === 0 ||
      order.collections.some((code) => !/^[a-z0-9_-]+$/.test(code))
    ) {
      throw new LimenError("LIMEN_PERSON_INVALID", "a person needs a name, a face and well-formed collections");
    }
    for (const code of order.collections) this.#collections.set(code, { id: `id-${code}`, code, name: code });
    const person: Person = {
      id: `person-${this.#next++}`,
      name: order.name.trim(),
      notes: order.notes ?? null,
      active: true,
      collections: order.collections.map((code) => `id-${code}`),
      faces: order.faces.length,
      createdAt: instant(0),
      modifiedAt: instant(0),
    };
    this.#people.set(person.id, { person, faces: [...order.faces] });
    this.#tell(person.id);
    return person;
  }

  async addFaces(personId: string, faces: readonly Template[]): Promise<Person> {
    const known = this.#people.get(personId);
    if (known === undefined)
      throw new LimenError("LIMEN_PERSON_UNKNOWN", `nobody is enrolled under the id ${personId}`);
    known.faces.push(...faces);
    known.person = { ...known.person, faces: known.faces.length };
    this.#tell(personId);
    return known.person;
  }

  async people(collection?: string): Promise<Person[]> {
    const id = collection === undefined ? undefined : ((await this.collection(collection))?.id ?? "none");
    return [...this.#people.values()]
      .map(({ person }) => person)
      .filter((person) => id === undefined || person.collections.includes(id))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async person(id: string): Promise<Person | null> {
    return this.#people.get(id)?.person ?? null;
  }

  async removePerson(id: string): Promise<boolean> {
    const gone = this.#people.delete(id);
    this.#lookAlikes = this.#lookAlikes.filter(({ personIds }) => !personIds.includes(id));
    if (gone) this.#tell(id);
    return gone;
  }

  async noteLookAlikes(pairs: readonly LookAlikePair[]): Promise<void> {
    for (const { personIds, score } of pairs) {
      const [one, other] = personIds;
      if (one === other || !personIds.every((id) => this.#people.has(id))) continue;
      const known = this.#lookAlikes.find((pair) => pair.personIds.includes(one) && pair.personIds.includes(other));
      this.#lookAlikes = this.#lookAlikes.filter((pair) => pair !== known);
      this.#lookAlikes.push({ personIds, score: Math.max(score, known?.score ?? 0) });
    }
  }

  async lookAlikesOf(personId: string): Promise<{ personId: string; score: number }[]> {
    return this.#lookAlikes
      .filter(({ personIds }) => personIds.includes(personId))
      .map(({ personIds: [one, other], score }) => ({ personId: one === personId ? other : one, score }))
      .sort((a, b) => b.score - a.score);
  }

  async collection(codeOrId: string): Promise<Collection | null> {
    return [...this.#collections.values()].find(({ id, code }) => id === codeOrId || code === codeOrId) ?? null;
  }

  async *everything(modelId: string): AsyncIterable<GalleryPiece> {
    const people = [...this.#people.values()];
    const mine = people.flatMap(({ faces }) => faces.filter((face) => face.modelId === modelId));
    yield { kind: "start", mark: this.#revision, people: people.length, faces: mine.length };
    for (let at = 0; at < people.length; at += PIECE_PEOPLE) {
      const faces = people.slice(at, at + PIECE_PEOPLE).flatMap(({ person, faces }) => {
        const mine = person.active ? faces.filter((face) => face.modelId === modelId) : [];
        return mine.map((template) => ({ personId: person.id, template }));
      });
      yield { kind: "faces", faces };
    }
    const memberships = people.flatMap(({ person }) =>
      person.collections.map((collectionId) => ({ personId: person.id, collectionId })),
    );
    yield { kind: "memberships", memberships };
  }

  async peopleChanged(mark: number | null): Promise<PeopleChanges> {
    const isEverybody = mark === null || mark > this.#revision;
    const personIds = isEverybody
      ? [...this.#people.keys()]
      : [...this.#changed].filter(([, revision]) => revision > mark).map(([id]) => id);
    return { mark: this.#revision, personIds, isEverybody };
  }

  async searchable(modelId: string, personIds: readonly string[]): Promise<SearchablePerson[]> {
    return personIds.flatMap((id) => {
      const known = this.#people.get(id);
      const faces = known?.faces.filter((face) => face.modelId === modelId) ?? [];
      if (known === undefined || !known.person.active || faces.length === 0) return [];
      return [{ personId: id, collections: known.person.collections, faces }];
    });
  }

  async *changes(signal: AbortSignal): AsyncIterable<void> {
    let known = this.#revision;
    while (!signal.aborted) {
      if (known === this.#revision) {
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            signal.removeEventListener("abort", wake);
            resolve();
          };
          this.#listeners.add(wake);
          signal.addEventListener("abort", wake, { once: true });
        });
      }
      known = this.#revision;
      if (!signal.aborted) yield;
    }
  }

  #tell(personId: string): void {
    this.#changed.set(personId, ++this.#revision);
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}
