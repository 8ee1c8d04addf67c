import { z } from "zod";

/** The fields requests share, as lenient as the contract's server side and never more. */

/** What the contract's own example writes for a collection. */
const COLLECTION_PLACEHOLDER = "ID_OF_COLLECTION";

const PICTURE = z
  .string()
  .meta({ description: "base64 (or base64url, or a base64 data: URI) of a JPEG, PNG or WebP picture" });

const imagesText = "one base64 picture, or a list of 1 to 3 of the same person; at most 3 can be sent";
export const imageList = z
  .union([z.array(PICTURE).min(1).max(3), PICTURE], { error: `must be ${imagesText}` })
  .meta({ id: "Pictures", description: `The face: ${imagesText}` });

/** `images` or `image`; that exactly one is there is checked where they are decoded. */
export const pictures = {
  images: imageList.optional(),
  image: imageList.optional().meta({ description: "The same as images, under its other name" }),
};

const scoreText = 'is a number from 0 to 1 (a string such as "0.81" will do)';

/** An API score, as a number or as digits. */
export function score(name: string) {
  return z
    .union([z.number().min(0).max(1), z.string().regex(/^(0?\.\d+|0|1|1\.0*|0\.)$/)], { error: `${name} ${scoreText}` })
    .transform(Number);
}

export const givenMinScore = score("min_score");
export const minScore = givenMinScore
  .prefault(0.81)
  .meta({ description: "Nobody below this score is returned; 0.81 means the same person" });

export const givenSearchMode = z
  .string({ error: 'search_mode is "FAST" or "ACCURATE"' })
  .regex(/^([Ff][Aa][Ss][Tt]|[Aa][Cc][Cc][Uu][Rr][Aa][Tt][Ee])$/, {
    error: 'search_mode is "FAST" or "ACCURATE"; choose one of the two words',
  })
  .transform((mode): "FAST" | "ACCURATE" => (mode.toUpperCase() === "FAST" ? "FAST" : "ACCURATE"));
export const searchMode = givenSearchMode
  .prefault("FAST")
  .meta({ description: "FAST describes each face once; ACCURATE also its mirror image, for twice the work" });

export const collectionId = z
  .string({ error: "collection_id is a collection's id or code" })
  .min(1, { error: "collection_id is empty: leave it out to search everybody" })
  .max(64, { error: "collection_id is a collection's id or code, at most 64 characters" })
  .refine((id) => id !== COLLECTION_PLACEHOLDER, {
    error: `collection_id holds the documentation's placeholder "${COLLECTION_PLACEHOLDER}"; send the id or code of one`,
  })
  .nullish()
  .meta({ description: "Id or code of the collection to search; everybody when left out" });

export const givenMaxResults = z
  .union([z.int().min(1).max(100), z.string().regex(/^(100|[1-9]\d?)$/)], {
    error: "max_results is a whole number from 1 to 100",
  })
  .transform(Number);
export const maxResults = givenMaxResults.prefault(10).meta({ description: "At most so many people" });

/** Sent by clients that ask for liveness; says nothing about a picture, so only its type is looked at. */
export const clientOs = z.string().max(20).optional().meta({ description: "ANDROID, IOS or DESKTOP; not used" });
