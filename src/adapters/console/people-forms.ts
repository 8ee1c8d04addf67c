import { z } from "zod";
import { LimenError } from "#errors";

/** Photographs of one request, all together. */
export const MAX_UPLOAD_BYTES = 32 * 1024 * 1024;
/** One photograph. */
const MAX_PHOTO_BYTES = 12 * 1024 * 1024;

/** What hono makes of a form: a value, or several under one name. */
type Form = Readonly<Record<string, string | File | (string | File)[]>>;

const NEW_PERSON = z.object({
  name: z.string().trim().min(1).max(200),
  collection: z.string().regex(/^[a-z0-9_-]{1,64}$/, "must be 1 to 64 of a-z 0-9 _ -"),
  twin: z.literal("yes").optional(),
});
const PERSON = z.object({
  name: z.string().trim().min(1).max(200),
  notes: z.string().max(2000).default(""),
  active: z.literal("yes").optional(),
  collections: z.array(z.string().regex(/^[0-9a-f]{24}$/)),
});

/** Throws LIMEN_PERSON_INVALID. */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new LimenError(
    "LIMEN_PERSON_INVALID",
    `${issue?.path.join(".") ?? "the form"}: ${issue?.message ?? "is not right"}`,
  );
}

export function newPersonOf(form: Form) {
  return parsed(NEW_PERSON, form);
}

export function personChangesOf(form: Form) {
  const { collections = [] } = form;
  return parsed(PERSON, { ...form, collections: [collections].flat() });
}

/** The photographs of a form, or the one a camera took. Throws LIMEN_PHOTO_TOO_LARGE, LIMEN_PHOTO_UNREADABLE. */
export async function picturesOf(form: Form): Promise<Uint8Array[]> {
  const { taken } = form;
  if (typeof taken === "string" && taken !== "") {
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(taken)) throw new LimenError("LIMEN_PHOTO_UNREADABLE", "the picture is damaged");
    return [new Uint8Array(Buffer.from(taken, "base64"))];
  }
  const files = [form["photos"] ?? []].flat().filter((file) => file instanceof File && file.size > 0);
  const pictures: Uint8Array[] = [];
  for (const file of files) {
    if (!(file instanceof File)) continue;
    if (file.size > MAX_PHOTO_BYTES)
      throw new LimenError("LIMEN_PHOTO_TOO_LARGE", "a photo is larger than 12 MB", { hint: "make it smaller first" });
    pictures.push(new Uint8Array(await file.arrayBuffer()));
  }
  return pictures;
}
