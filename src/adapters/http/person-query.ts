import { z } from "zod";
import type { ApiPorts } from "#adapters/http/api-parts";
import { clamped, dateOfBirth, severalTexts } from "#adapters/http/gallery-fields";
import type { PersonPage, PersonQuery } from "#ports/gallery-admin";

/** Listing people: what clients write in the address, and the page it means. Numbers are clamped, never refused. */

export const MOST_A_PAGE = 100;
const FARTHEST = 10_000_000;

export const listQuery = z.object({
  page: clamped(1, FARTHEST, 1).optional(),
  limit: clamped(1, MOST_A_PAGE, 10).optional().meta({ description: "1 to 100, default 10" }),
  take: clamped(1, MOST_A_PAGE, 10).optional().meta({ description: "The same as limit" }),
  offset: clamped(0, FARTHEST, 0).optional(),
  skip: clamped(0, FARTHEST, 0).optional().meta({ description: "The same as offset" }),
  collection: severalTexts.optional().meta({ description: "Code or id" }),
  in_collections: severalTexts.optional().meta({ description: "Codes or ids; may be repeated" }),
  "in_collections[]": severalTexts.optional(),
  like_name: z.string().optional().meta({ description: "Part of the name" }),
  search: z.string().optional().meta({ description: "The same as like_name" }),
  status: z.string().optional().meta({ description: "active or inactive" }),
  sort: z.string().optional().meta({ description: "name, createdAt or updatedAt; with - in front, descending" }),
  sort_by: z.string().optional(),
  sortBy: z.string().optional(),
  order: z.string().optional().meta({ description: "asc or desc" }),
  order_by: z.string().optional(),
  orderBy: z.string().optional(),
  sortOrder: z.string().optional().meta({ description: "The same as order" }),
});

export const lookupQuery = z.object({
  name: z.string(),
  date_of_birth: dateOfBirth.optional(),
  page: clamped(1, FARTHEST, 1).optional(),
  limit: clamped(1, MOST_A_PAGE, 20).optional(),
});

export const pagination = z.object({ page: z.int(), limit: z.int(), total: z.int(), pages: z.int() });

/** A map, since what a client writes may be the name of something that every object has. */
const ORDERS: ReadonlyMap<string, PersonQuery["orderBy"]> = new Map([
  ["name", "name"],
  ["createdat", "created"],
  ["created_at", "created"],
  ["create_date", "created"],
  ["updatedat", "modified"],
  ["updated_at", "modified"],
  ["modified_date", "modified"],
]);

function orderOf(query: z.output<typeof listQuery>): Pick<PersonQuery, "orderBy" | "descending"> {
  const words = [query.sort, query.sort_by, query.sortBy, query.order_by, query.orderBy, query.order, query.sortOrder]
    .filter((word) => word !== undefined)
    .map((word) => word.toLowerCase());
  const field = words.map((word) => ORDERS.get(word.replace(/^-/, ""))).find((order) => order !== undefined);
  const descending = words.some((word) => word === "desc" || word === "-1" || (word.startsWith("-") && word !== "-"));
  return { orderBy: field ?? "name", descending };
}

/** Ids of the named collections that exist; null when none is named. Named but unknown ones hold nobody. */
async function idsOf({ admin }: ApiPorts, named: readonly string[]): Promise<readonly string[] | null> {
  if (named.length === 0) return null;
  const known = await Promise.all(named.map((name) => admin.collection(name)));
  return known.flatMap((collection) => (collection === null ? [] : [collection.id]));
}

export interface NumberedPage extends PersonPage {
  readonly pagination: z.infer<typeof pagination>;
}

async function pageOf(ports: ApiPorts, query: PersonQuery): Promise<NumberedPage> {
  const { people, total } = await ports.admin.listPersons(query);
  const { limit, offset } = query;
  return {
    people,
    total,
    pagination: { page: Math.floor(offset / limit) + 1, limit, total, pages: Math.ceil(total / limit) },
  };
}

export async function listPeople(ports: ApiPorts, query: z.output<typeof listQuery>): Promise<NumberedPage> {
  const limit = query.limit ?? query.take ?? 10;
  const named = [query.collection, query.in_collections, query["in_collections[]"]].flatMap((names) => names ?? []);
  const status = query.status?.toLowerCase();
  const part = (query.like_name ?? query.search ?? "").trim();
  return pageOf(ports, {
    collections: await idsOf(ports, named),
    nameContains: part === "" ? null : part,
    dateOfBirth: null,
    active: status === "active" ? true : status === "inactive" ? false : null,
    ...orderOf(query),
    offset: query.offset ?? query.skip ?? ((query.page ?? 1) - 1) * limit,
    limit,
  });
}

export async function lookUpPeople(ports: ApiPorts, query: z.output<typeof lookupQuery>): Promise<NumberedPage> {
  const limit = query.limit ?? 20;
  return pageOf(ports, {
    collections: null,
    nameContains: query.name.trim(),
    dateOfBirth: query.date_of_birth ?? null,
    active: null,
    orderBy: "name",
    descending: false,
    offset: ((query.page ?? 1) - 1) * limit,
    limit,
  });
}
