import { z } from "zod";
import { enveloped, envelopeOf, signature, signed } from "#adapters/http/answer";
import { invalid, noSuchCollection, noSuchPerson } from "#adapters/http/api-error";
import { personFields } from "#adapters/http/gallery-fields";
import { picturesOf, requestPictures } from "#adapters/http/image-input";
import { admitFaces, allowDuplicate, alreadySet, enrolledPerson } from "#adapters/http/look-alikes";
import { listPeople, listQuery, lookUpPeople, lookupQuery, pagination } from "#adapters/http/person-query";
import { keptPerson, keptPersonOf } from "#adapters/http/person-shape";
import { param, type Route, route } from "#adapters/http/route";
import { namedCollection, type RouteParts } from "#adapters/http/search-routes";
import type { PersonChanges, PersonRecord } from "#ports/gallery-admin";

const { name, images, notes, gender, date_of_birth, nationality, collections, status } = personFields;

const newPerson = z.object({
  name,
  images: images.optional(),
  image: images.optional(),
  notes: notes.optional(),
  gender: gender.optional(),
  date_of_birth: date_of_birth.optional(),
  nationality: nationality.optional(),
  collections: collections.optional(),
  allow_duplicate: allowDuplicate,
});

const changedPerson = z.object({
  name: name.optional(),
  images: z
    .union([images, z.array(z.string()).length(0)])
    .optional()
    .meta({ description: "Replaces every enrolled face; an empty list changes nothing" }),
  notes: notes.optional(),
  gender: gender.optional(),
  date_of_birth: date_of_birth.optional(),
  nationality: nationality.optional(),
  collections: collections.optional().meta({ description: "Replaces every membership" }),
  status: status.optional(),
  allow_duplicate: allowDuplicate,
});

const MIN_LOOKUP = 3;
const PHOTO_FAILURES = [404, 412, 413, 415] as const;

/** The object without the keys that are undefined. */
function present<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  return Object.assign(kept, Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
}

/** Everything about people: enrol, read, change, remove. */
export function personRoutes({ ports, desk, clock }: RouteParts): readonly Route[] {
  const { admin } = ports;
  const idsOf = async (named: readonly string[]): Promise<string[]> => {
    const found = await Promise.all(named.map((each) => namedCollection(ports, each)));
    return found.flatMap((collection) => (collection === null ? [] : [collection.id]));
  };
  const existing = async (id: string): Promise<PersonRecord> => {
    const [person] = await admin.persons([id]);
    if (person === undefined) throw noSuchPerson();
    return person;
  };
  const answer = (person: PersonRecord) => enveloped(keptPersonOf(person), clock.now());

  return [
    route({
      method: "post",
      path: "/persons",
      name: "createPerson",
      summary: "Enrols somebody from one to three pictures; look_alikes warns of people who look much the same.",
      scope: "write",
      failures: PHOTO_FAILURES,
      body: newPerson,
      answer: envelopeOf(enrolledPerson),
      handle: async ({ body, signal }) => {
        const pictures = requestPictures(body);
        const memberOf = await idsOf(body.collections ?? []);
        const faces = await desk.enrol(pictures, signal);
        const order = { faces, personId: null, replaces: false, allowDuplicate: body.allow_duplicate, signal };
        const enrolled = await admitFaces(ports, order, async () => {
          const { created, person } = await admin.createPerson({
            name: body.name,
            notes: body.notes ?? null,
            gender: body.gender ?? null,
            dateOfBirth: body.date_of_birth ?? null,
            nationality: body.nationality ?? null,
            collections: memberOf,
            faces,
          });
          if (!created) throw alreadySet(person);
          return person;
        });
        return enveloped(enrolled, clock.now());
      },
    }),
    route({
      method: "get",
      path: "/persons",
      name: "listPersons",
      summary: "People, a page at a time.",
      scope: "read",
      query: listQuery,
      answer: z.object({ data: z.array(keptPerson), pagination, total: z.int(), signature }),
      handle: async ({ query }) => {
        const page = await listPeople(ports, query);
        const data = page.people.map(keptPersonOf);
        return { data, pagination: page.pagination, total: page.total, signature: signed(clock.now()) };
      },
    }),
    route({
      method: "get",
      path: "/persons/lookup",
      name: "lookUpPersons",
      summary: "People whose name contains this text.",
      scope: "read",
      query: lookupQuery,
      answer: envelopeOf(z.array(keptPerson)).extend({ total: z.int(), pagination }),
      handle: async ({ query }) => {
        if (query.name.replace(/\d/g, "").trim().length < MIN_LOOKUP) {
          throw invalid(`name has under ${MIN_LOOKUP} characters that are not digits`);
        }
        const { people, total, pagination: pages } = await lookUpPeople(ports, query);
        return { ...enveloped(people.map(keptPersonOf), clock.now()), total, pagination: pages };
      },
    }),
    route({
      method: "get",
      path: "/persons/:id",
      name: "readPerson",
      summary: "One person.",
      scope: "read",
      failures: [404],
      answer: envelopeOf(keptPerson),
      handle: async (call) => answer(await existing(param(call, "id"))),
    }),
    route({
      method: "put",
      path: "/persons/:id",
      name: "updatePerson",
      summary: "Changes what is sent, keeps the rest; pictures replace every enrolled face.",
      scope: "write",
      failures: PHOTO_FAILURES,
      body: changedPerson,
      answer: envelopeOf(enrolledPerson),
      handle: async (call) => {
        const { body, signal } = call;
        const { id } = await existing(param(call, "id"));
        const memberships = body.collections === undefined ? undefined : await idsOf(body.collections);
        const newImages = body.images?.length ? picturesOf(body.images, "images") : undefined;
        const changes: PersonChanges = present({
          name: body.name,
          notes: body.notes,
          gender: body.gender,
          dateOfBirth: body.date_of_birth,
          nationality: body.nationality,
          active: body.status === undefined ? undefined : body.status === "active",
          collections: memberships,
        });
        if (newImages === undefined) return answer(await admin.updatePerson(id, changes));
        const faces = await desk.enrol(newImages, signal);
        const order = { faces, personId: id, replaces: true, allowDuplicate: body.allow_duplicate, signal };
        return enveloped(
          await admitFaces(ports, order, () => admin.updatePerson(id, { ...changes, faces })),
          clock.now(),
        );
      },
    }),
    route({
      method: "delete",
      path: "/persons/:id",
      name: "deletePerson",
      summary:
        "Deletes somebody for good; with ?collection= only takes them out of it (for good, when it was their last).",
      scope: "write",
      failures: [404],
      query: z.object({ collection: z.string().min(1, { error: "collection is empty" }).optional() }),
      answer: envelopeOf(z.object({ _id: z.string(), deleted: z.boolean() })),
      handle: async (call) => {
        const { id } = await existing(param(call, "id"));
        const collection = await namedCollection(ports, call.query.collection);
        if (collection !== null) {
          const outcome = await admin.detachPerson(id, collection.id);
          if (outcome === "not_a_member") throw noSuchCollection();
          return enveloped({ _id: id, deleted: outcome === "deleted" }, clock.now());
        }
        if (!(await admin.deletePerson(id))) throw noSuchPerson();
        return enveloped({ _id: id, deleted: true }, clock.now());
      },
    }),
  ];
}
