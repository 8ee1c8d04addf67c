import { z } from "zod";
import { ApiError, noSuchCollection } from "#adapters/http/api-error";
import { collectionFields, collectionName } from "#adapters/http/gallery-fields";
import { keptCollection, keptCollectionOf } from "#adapters/http/person-shape";
import { type Call, param, type Route, route } from "#adapters/http/route";
import { namedCollection, type RouteParts } from "#adapters/http/search-routes";
import { plainText } from "#core/plain-text";
import type { CollectionRecord } from "#ports/gallery-admin";

const { name, description, people } = collectionFields;

const newCollection = z.object({
  name,
  description: description.optional(),
  code: z
    .string()
    .regex(/^[a-z0-9_-]{0,64}$/, { error: "code is 1 to 64 of a-z 0-9 _ -" })
    .optional()
    .meta({ description: "What a door's configuration writes; a UUID when left out" }),
});

const changedCollection = z.object({
  name: name.optional(),
  description: description.optional(),
  people: people.optional(),
});

const one = z.object({ data: keptCollection });

/** Everything about collections; these answers have no id and no signature. */
export function collectionRoutes({ ports }: RouteParts): readonly Route[] {
  const { admin } = ports;
  const named = async (given: string): Promise<CollectionRecord> => {
    const collection = await namedCollection(ports, given);
    if (collection === null) throw noSuchCollection();
    return collection;
  };
  const ofPath = (call: Call<unknown, unknown>) => named(param(call, "id"));
  const shown = (collection: CollectionRecord | null, deleted = false) => {
    if (collection === null) throw noSuchCollection();
    return { data: keptCollectionOf(collection, deleted) };
  };

  return [
    route({
      method: "post",
      path: "/collections",
      name: "createCollection",
      summary: "Makes a collection.",
      scope: "write",
      failures: [409],
      body: newCollection,
      answer: one,
      handle: async ({ body }) => {
        const code = body.code === "" ? undefined : body.code;
        const made = await admin.createCollection({
          name: body.name,
          description: body.description ?? null,
          ...(code === undefined ? {} : { code }),
        });
        if (made === null) throw new ApiError(409, "collection_exists", "a collection of this code exists already");
        return shown(made);
      },
    }),
    route({
      method: "get",
      path: "/collections",
      name: "listCollections",
      summary: "Every collection, or those whose name contains like_name, in any case and without accents.",
      scope: "read",
      query: z.object({ like_name: z.string().optional().meta({ description: "Part of the name" }) }),
      answer: z.object({ data: z.array(keptCollection) }),
      handle: async ({ query }) => {
        const part = plainText(query.like_name ?? "").trim();
        const data = (await admin.collections()).filter(({ name: called }) => plainText(called).includes(part));
        return { data: data.map((collection) => keptCollectionOf(collection)) };
      },
    }),
    route({
      method: "post",
      path: "/collections/move-people",
      name: "movePeople",
      summary: "Takes people out of one collection and puts them into another.",
      scope: "write",
      failures: [404],
      body: z.object({
        fromCollection: collectionName,
        toCollection: collectionName,
        peopleIds: z.array(z.string()).max(10_000),
      }),
      answer: z.object({ data: z.object({ moved: z.int() }) }),
      handle: async ({ body }) => {
        const from = await named(body.fromCollection);
        const to = await named(body.toCollection);
        return { data: { moved: await admin.movePeople(body.peopleIds, from.id, to.id) } };
      },
    }),
    route({
      method: "get",
      path: "/collections/:id",
      name: "readCollection",
      summary: "One collection, by id or code.",
      scope: "read",
      failures: [404],
      answer: one,
      handle: async (call) => shown(await ofPath(call)),
    }),
    route({
      method: "put",
      path: "/collections/:id",
      name: "updateCollection",
      summary: "Changes what is sent, keeps the rest; people replaces who is in it.",
      scope: "write",
      failures: [404],
      body: changedCollection,
      answer: one,
      handle: async (call) => {
        const { id } = await ofPath(call);
        const { name: newName, description: newDescription, people: members } = call.body;
        return shown(
          await admin.updateCollection(id, {
            ...(newName === undefined ? {} : { name: newName }),
            ...(newDescription === undefined ? {} : { description: newDescription }),
            ...(members === undefined ? {} : { people: members }),
          }),
        );
      },
    }),
    route({
      method: "delete",
      path: "/collections/:id",
      name: "deleteCollection",
      summary: "Deletes the collection, not the people in it; answers with what was deleted.",
      scope: "write",
      failures: [404],
      answer: one,
      handle: async (call) => shown(await admin.deleteCollection((await ofPath(call)).id), true),
    }),
  ];
}
