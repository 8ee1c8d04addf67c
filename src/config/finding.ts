import type { KeyPath } from "#config/problem";

/** Something that only shows when several keys are looked at together. */
export interface Finding {
  readonly path: KeyPath;
  readonly message: string;
  readonly severity: "error" | "warning";
}

export function error(path: KeyPath, message: string): Finding {
  return { path, message, severity: "error" };
}

export function warning(path: KeyPath, message: string): Finding {
  return { path, message, severity: "warning" };
}
