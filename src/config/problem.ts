/** Where a key stands in the settings tree: names, and indexes inside lists. */
export type KeyPath = readonly (string | number)[];

/** One thing that is wrong with a configuration file, or that deserves a warning. Holds no value from the file. */
export interface Problem {
  readonly file: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  /** `cameras.front.zone[2]`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong, in words that follow the path. */
  readonly message: string;
}

const MOST_SHOWN = 30;

/** One line a problem: `file:line:column key.path: what is wrong`, in the order of the file. */
export function formatProblems(problems: readonly Problem[]): string {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted
    .slice(0, MOST_SHOWN)
    .map(
      ({ file, line, column, path, message }) =>
        `${file}:${line}:${column} ${path === "" ? "" : `${path}: `}${message}`,
    );
  if (sorted.length > MOST_SHOWN) lines.push(`… and ${sorted.length - MOST_SHOWN} more`);
  return lines.join("\n");
}

/** `["cameras", "front", "zone", 2]` → `cameras.front.zone[2]`. */
export function nameOf(path: KeyPath): string {
  return path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");
}
