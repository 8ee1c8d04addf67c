import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type ScalarTag,
  visit,
  type YAMLError,
} from "yaml";
import type { KeyPath, Problem } from "#config/problem";
import { SecretReference } from "#config/secret";
import { nestingOf } from "#config/yaml-nesting";

/** A place in the file, counted from 1. */
interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlFile {
  /** Plain objects, lists and scalars; `!secret name` is a SecretReference. Null when the file holds nothing. */
  readonly value: unknown;
  /** Where the value at this path begins; for a path that is not there, the nearest key above it that is. */
  placeOf(path: KeyPath): Place;
  /** Where the key itself stands that ends this path. */
  placeOfKey(path: KeyPath): Place;
}

/** Deeper than any setting by far, and shallow enough for the parser's recursion. */
const MAX_NESTING = 32;

const secretTag: ScalarTag = {
  tag: "!secret",
  resolve: (name) => new SecretReference(name),
  identify: (value) => value instanceof SecretReference,
};

/**
 * Reads one YAML 1.2 document. Of `dialect` secrets every scalar is text as it stands, so that a password of digits keeps its
 * zeros. No message quotes the file: a password that confuses YAML must not come out in an error.
 */
export function parseYaml(
  file: string,
  text: string,
  dialect: "config" | "secrets",
): { readonly yaml: YamlFile; readonly problems: readonly [] } | { readonly yaml: null; readonly problems: Problem[] } {
  const lines = new LineCounter();
  const problem = (offset: number, message: string): Problem => ({
    file,
    ...placeIn(lines, offset),
    path: "",
    message,
  });
  if (nestingOf(text, lines) > MAX_NESTING) {
    return { yaml: null, problems: [problem(0, `brackets or lists are nested more than ${MAX_NESTING} deep`)] };
  }
  const document = parseDocument(text, {
    schema: dialect === "config" ? "core" : "failsafe",
    customTags: dialect === "config" ? [secretTag] : [],
    merge: false,
    stringKeys: true,
    prettyErrors: false,
  });
  const faults = [...document.errors, ...document.warnings].map((error) => problem(error.pos[0], wordsFor(error)));
  const problems =
    faults.length > 0 ? firstOfEachLine(faults) : unwelcome(document).map((u) => problem(u.at, u.message));
  if (problems.length > 0) return { yaml: null, problems };
  return {
    yaml: {
      value: document.toJS(),
      placeOf: (path) => placeIn(lines, offsetOf(document, path, "value")),
      placeOfKey: (path) => placeIn(lines, offsetOf(document, path, "key")),
    },
    problems: [],
  };
}

function placeIn(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  // An empty file has no line at all.
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** One slip makes YAML stumble several times over; the first time is the one that helps. */
function firstOfEachLine(problems: readonly Problem[]): Problem[] {
  const seen = new Set<number>();
  return problems
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .filter(({ line }) => !seen.has(line) && seen.add(line) !== undefined);
}

const WORDS: Partial<Record<YAMLError["code"], string>> = {
  BAD_ALIAS: "text that begins with * needs quotes round it",
  BAD_DQ_ESCAPE: 'unknown \\ escape inside "…"; single quotes take text as it is',
  BAD_DIRECTIVE: "lines that begin with % are not supported",
  BAD_INDENT: "the indentation does not fit, or a bracket opened before is not closed",
  BAD_SCALAR_START: "text that begins with this character needs quotes round it",
  BLOCK_AS_IMPLICIT_KEY:
    "there is a second `key:` here; either the line above is indented less, or the text needs quotes",
  DUPLICATE_KEY: "this key is there twice",
  MISSING_CHAR: "a quote, a bracket or a colon is missing at or before this place",
  MULTILINE_IMPLICIT_KEY: "a key needs a colon on its own line",
  MULTIPLE_DOCS: "a second document begins here; a file holds one",
  NON_STRING_KEY: "a key must be a plain word",
  TAB_AS_INDENT: "this line is indented with a tab; use spaces",
  TAG_RESOLVE_FAILED: "the only ! tag here is `!secret name`; other text that begins with ! needs quotes round it",
};

function wordsFor(error: YAMLError): string {
  return WORDS[error.code] ?? "this is not YAML";
}

/** What is YAML but not welcome here: anything that makes one place of the file change another, or hides what it is. */
function unwelcome(document: Document): { at: number; message: string }[] {
  const found: { at: number; message: string }[] = [];
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key)) return;
      const at = pair.key.range?.[0] ?? 0;
      if (pair.key.value === "__proto__") found.push({ at, message: "this name is not allowed" });
      if (pair.key.value === "<<") found.push({ at, message: "merge keys are not supported; write the settings out" });
    },
    Node(_, node) {
      const at = node.range?.[0] ?? 0;
      if (isAlias(node)) found.push({ at, message: "aliases are not supported; text that begins with * needs quotes" });
      else if (node.anchor !== undefined) {
        found.push({ at, message: "anchors are not supported; text that begins with & needs quotes" });
      } else if (node.tag !== undefined && node.tag !== secretTag.tag) {
        found.push({ at, message: "the only ! tag here is `!secret name`" });
      }
    },
  });
  return found;
}

function offsetOf(document: Document, path: KeyPath, side: "key" | "value"): number {
  let value: unknown = document.contents;
  let key: Node | null = null;
  for (const [depth, step] of path.entries()) {
    const pair = isMap(value) ? value.items.find((item) => isScalar(item.key) && item.key.value === step) : undefined;
    if (pair && isNode(pair.key)) {
      key = pair.key;
      value = pair.value;
    } else if (isSeq(value) && typeof step === "number" && isNode(value.items[step])) {
      key = value.items[step];
      value = key;
    } else {
      // Not there: point at the last key that is.
      return depth === 0 ? 0 : (key?.range?.[0] ?? 0);
    }
  }
  const node = side === "value" && isNode(value) && !isEmptyScalar(value) ? value : key;
  return node?.range?.[0] ?? 0;
}

/** `name:` with nothing after it lies at the end of the line, or further: its key is the better place to look. */
function isEmptyScalar(node: Node): boolean {
  return isScalar(node) && node.type === "PLAIN" && node.source === "";
}
