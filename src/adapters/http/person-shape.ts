import { z } from "zod";
import { naiveMicroseconds } from "#adapters/http/answer";
import { isoOf } from "#core/instant";
import type { CollectionRecord, PersonRecord } from "#ports/gallery-admin";

/** People and collections as answers show them: one shape in searches, another where they are managed; clients read both. */

const thumbnails = z.array(
  z.object({ id: z.string(), thumbnail: z.string().optional().meta({ description: "base64 of a JPEG" }) }),
);
const nullableText = z.string().nullable();
const dateOfBirth = nullableText.meta({ examples: ["1995-05-07"] });
const gender = z.enum(["M", "F"]).nullable();
const naive = z.string().meta({ examples: ["2023-09-29T21:38:59.306000"], description: "UTC, without a zone" });

const memberOf = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  description: nullableText,
  count: z.int(),
  create_date: naive,
  modified_date: naive,
});

export const foundPerson = z
  .object({
    id: z.string(),
    name: z.string(),
    notes: nullableText,
    score: z.number().min(0).max(1),
    gender,
    thumbnails,
    collections: z.array(memberOf),
    create_date: naive,
    nationality: nullableText,
    date_of_birth: dateOfBirth,
    modified_date: naive,
  })
  .meta({ id: "FoundPerson" });

function thumbnailsOf({ faces }: PersonRecord): z.infer<typeof thumbnails> {
  return faces.map(({ id, thumbnail }) =>
    thumbnail === null ? { id } : { id, thumbnail: Buffer.from(thumbnail).toString("base64") },
  );
}

/** Rounded to the four digits the contract shows. */
export function roundedScore(score: number): number {
  return Math.round(score * 1e4) / 1e4;
}

export function foundPersonOf(person: PersonRecord, score: number): z.infer<typeof foundPerson> {
  return {
    id: person.id,
    name: person.name,
    notes: person.notes,
    score: roundedScore(score),
    gender: person.gender,
    thumbnails: thumbnailsOf(person),
    collections: person.collections.map(({ createdAt, modifiedAt, ...collection }) => ({
      ...collection,
      create_date: naiveMicroseconds(createdAt),
      modified_date: naiveMicroseconds(modifiedAt),
    })),
    create_date: naiveMicroseconds(person.createdAt),
    nationality: person.nationality,
    date_of_birth: person.dateOfBirth,
    modified_date: naiveMicroseconds(person.modifiedAt),
  };
}

export const keptPerson = z
  .object({
    _id: z.string(),
    id: z.string(),
    name: z.string(),
    notes: nullableText,
    gender,
    date_of_birth: dateOfBirth,
    nationality: nullableText,
    status: z.enum(["active", "inactive"]).meta({ description: "inactive: kept, but never found and never let in" }),
    collections: z.array(z.string()).meta({ description: "Codes" }),
    thumbnails,
    create_date: naive,
    modified_date: naive,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: "Person" });

export function keptPersonOf(person: PersonRecord): z.infer<typeof keptPerson> {
  return {
    _id: person.id,
    id: person.id,
    name: person.name,
    notes: person.notes,
    gender: person.gender,
    date_of_birth: person.dateOfBirth,
    nationality: person.nationality,
    status: person.active ? "active" : "inactive",
    collections: person.collections.map(({ code }) => code),
    thumbnails: thumbnailsOf(person),
    create_date: naiveMicroseconds(person.createdAt),
    modified_date: naiveMicroseconds(person.modifiedAt),
    createdAt: isoOf(person.createdAt),
    updatedAt: isoOf(person.modifiedAt),
  };
}

export const keptCollection = z
  .object({
    _id: z.string(),
    id: z.string(),
    code: z.string().meta({ description: "What configurations and collection_id name it by" }),
    name: z.string(),
    description: nullableText,
    count: z.int().meta({ description: "People in it" }),
    deleted: z.boolean(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: "Collection" });

export function keptCollectionOf(collection: CollectionRecord, deleted = false): z.infer<typeof keptCollection> {
  const { id, code, name, description, count, createdAt, modifiedAt } = collection;
  return {
    _id: id,
    id,
    code,
    name,
    description,
    count,
    deleted,
    createdAt: isoOf(createdAt),
    updatedAt: isoOf(modifiedAt),
  };
}
