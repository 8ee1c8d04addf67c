/** An element without its namespace prefix; attributes are not kept, nothing here needs one. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Its own text, trimmed. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly children: OpenElement[];
  text: string;
}

const MOST_BYTES = 64 * 1024;
const MOST_ELEMENTS = 2_000;
const MOST_NESTING = 32;
/** One tag, with quoted attribute values that may hold `>`. */
const TAG = /<(\/?)([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Reads one small XML document from a stranger. Null for everything it need not understand: more than 64 kB, not UTF-8, a DTD,
 * entities beyond the five of XML itself, processing instructions, deep nesting. No recursion, no back-tracking over the text.
 */
export function readXml(bytes: Uint8Array): XmlElement | null {
  const text = decode(bytes);
  if (text === null) return null;
  const document: OpenElement = { name: "", children: [], text: "" };
  const open: OpenElement[] = [document];
  let elements = 0;
  let at = skipDeclaration(text);

  while (at < text.length) {
    const parent = open.at(-1);
    if (parent === undefined) return null;
    if (text.startsWith("<!--", at)) {
      const end = text.indexOf("-->", at + 4);
      if (end < 0) return null;
      at = end + 3;
    } else if (text.startsWith("<![CDATA[", at)) {
      const end = text.indexOf("]]>", at);
      if (end < 0) return null;
      parent.text += text.slice(at + 9, end);
      at = end + 3;
    } else if (text[at] === "<") {
      TAG.lastIndex = at;
      const [tag, closing, name = "", attributes = "", empty] = TAG.exec(text) ?? [];
      if (tag === undefined) return null;
      at += tag.length;
      if (closing === "/") {
        if (empty === "/" || attributes !== "" || parent.name !== name) return null;
        open.pop();
      } else {
        if (++elements > MOST_ELEMENTS || open.length > MOST_NESTING) return null;
        const element: OpenElement = { name, children: [], text: "" };
        parent.children.push(element);
        if (empty !== "/") open.push(element);
      }
    } else {
      const end = text.indexOf("<", at);
      const plain = unescaped(text.slice(at, end < 0 ? text.length : end));
      if (plain === null) return null;
      parent.text += plain;
      at = end < 0 ? text.length : end;
    }
  }
  const [root, ...more] = document.children;
  if (open.length !== 1 || root === undefined || more.length > 0 || document.text.trim() !== "") return null;
  return finished(root);
}

/** Every element on this path below `from`, in order: `all(root, "Body", "ProbeMatches", "ProbeMatch")`. */
export function all(from: XmlElement, ...path: readonly string[]): XmlElement[] {
  return path.reduce<XmlElement[]>(
    (elements, name) => elements.flatMap(({ children }) => children.filter((child) => child.name === name)),
    [from],
  );
}

/** Text for an element's inside. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function decode(bytes: Uint8Array): string | null {
  if (bytes.length > MOST_BYTES) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function skipDeclaration(text: string): number {
  return /^\s*<\?xml\s[^?<>]*\?>/.exec(text)?.[0].length ?? 0;
}

/** Null for an entity that is not XML's own. */
function unescaped(text: string): string | null {
  let known = true;
  const plain = text.replace(/&([^;&]{0,10});?/g, (whole, name: string) => {
    const code = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
    const point =
      code === null ? Number.NaN : Number.parseInt(code[1] ?? code[2] ?? "", code[1] === undefined ? 10 : 16);
    const sign = Number.isNaN(point) ? ENTITIES[name] : point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
    if (sign === undefined || !whole.endsWith(";")) known = false;
    return sign ?? "";
  });
  return known ? plain : null;
}

/** Without prefixes and open ends. The nesting is bounded, so recursion is fine here. */
function finished({ name, children, text }: OpenElement): XmlElement {
  return { name: name.slice(name.indexOf(":") + 1), children: children.map(finished), text: text.trim() };
}
