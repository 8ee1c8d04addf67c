import type { Template } from "#core/face";

/** Cosine of two templates' angle, −1..1; they must be of the same model. */
export function cosineOf(a: Template, b: Template): number {
  return a.values.reduce((sum, value, i) => sum + value * (b.values[i] ?? 0), 0);
}

/** Mean of several templates of one person, of unit length again; its norm is the mean norm. Null for none, or when they cancel out. */
export function meanTemplate(templates: readonly Template[]): Template | null {
  const [first] = templates;
  if (first === undefined) return null;
  const values = new Float32Array(first.values.length);
  let norm = 0;
  for (const template of templates) {
    for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) + (template.values[i] ?? 0);
    norm += template.norm / templates.length;
  }
  const length = Math.hypot(...values);
  if (!(length > 0)) return null;
  return { modelId: first.modelId, values: values.map((value) => value / length), norm };
}
