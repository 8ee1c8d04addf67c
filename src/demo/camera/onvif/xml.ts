/** Text that is XML already. Only `xml` makes it, so no value reaches a message unescaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | boolean | Markup | readonly Markup[];

/**
 * XML from a template: markup is put in as it is, everything else escaped, for text and for quoted attributes alike. A line
 * break of the template itself is nothing behind a tag and a blank between attributes.
 */
export function xml(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const pieces = parts.map((part, index) => {
    const oneLine = part.replaceAll(/(^|>)\n\s*/g, "$1").replaceAll(/\n\s*/g, " ");
    return oneLine + (index < values.length ? written(values[index] ?? "") : "");
  });
  return new Markup(pieces.join(""));
}

function written(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map((markup) => markup.text).join("");
  return escapeXml(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Control characters and half characters, which XML 1.0 cannot hold (§2.2), become U+FFFD; line ends a blank: a message is one line. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[\t\n\r]/g, " ")
    .replaceAll(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, "\ufffd")
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The five named entities and character numbers; anything else stays as it stands. */
export function unescapeXml(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[String(name)] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/**
 * Text of the first element of this local name, whatever its prefix, unescaped and trimmed; null when there is none or when it
 * holds elements. Enough to read what clients send to a simulated camera: no document is ever built from it.
 */
export function textOf(document: string, localName: string): string | null {
  const found = new RegExp(`<(?:[\\w.-]+:)?${localName}(?:\\s[^<>]*)?>([^<]*)</`).exec(document);
  return found === null ? null : unescapeXml(found[1] ?? "").trim();
}
