import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { all, escapeXml, readXml } from "#adapters/onvif/xml";

const read = (text: string) => readXml(Buffer.from(text));

describe("XML from a stranger", () => {
  it("is read without prefixes, attributes and comments", () => {
    const root = read(
      '<?xml version="1.0"?><a:x b:c="1>2"><!-- <no/> --><y z=\'q\'>one &amp; <![CDATA[<two>]]></y><a:y/></a:x>',
    );
    expect(root).toMatchObject({
      name: "x",
      children: [
        { name: "y", text: "one & <two>" },
        { name: "y", text: "" },
      ],
    });
    expect(root === null ? [] : all(root, "y").map(({ text }) => text)).toEqual(["one & <two>", ""]);
  });

  it.each([
    ["a DTD", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ["a DTD with an outside file", '<!DOCTYPE a SYSTEM "http://127.0.0.1/x"><a/>'],
    ["an entity of its own", "<a>&nbsp;</a>"],
    ["a bare ampersand", "<a>1 & 2</a>"],
    ["a character that does not exist", "<a>&#x110000;</a>"],
    ["a processing instruction", "<a><?php x?></a>"],
    ["two documents", "<a/><b/>"],
    ["text round the document", "<a/>b"],
    ["an open end", "<a><b></a>"],
    ["a closing tag too many", "<a/></b>"],
    ["a closing tag first", "</a>"],
    ["an open comment", "<a><!-- </a>"],
    ["an open CDATA", "<a><![CDATA[ </a>"],
    ["a tag cut short", "<a><b"],
    ["an attribute without quotes", "<a b=c/>"],
    ["nothing", ""],
    ["no XML", "hello"],
    ["nesting without end", `${"<a>".repeat(40)}${"</a>".repeat(40)}`],
    ["elements without end", `<a>${"<b/>".repeat(2_001)}</a>`],
  ])("is refused with %s", (_, text) => {
    expect(read(text)).toBeNull();
  });

  it("is refused when it is longer than 64 kB or not UTF-8", () => {
    expect(read(`<a>${"x".repeat(64 * 1024)}</a>`)).toBeNull();
    expect(readXml(Buffer.from("<a>ü</a>", "latin1"))).toBeNull();
    expect(readXml(Buffer.from("<a/>", "utf16le"))).toBeNull();
  });

  it("never throws and never takes long, whatever the bytes", () => {
    const pieces = fc.array(
      fc.constantFrom("<", ">", "/", "a", " ", "&", ";", '"', "<!--", "-->", "<![CDATA[", "]]>", "="),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 400 }),
          pieces.map((all) => Buffer.from(all.join(""))),
        ),
        (bytes) => {
          readXml(bytes);
        },
      ),
    );
    for (const hard of ["<a ", "<a b", '<a b="', "&", "&#", "<!--", " "]) readXml(Buffer.from(hard.repeat(13_000)));
  });

  it("says the same after escaping", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(read(`<a>${escapeXml(text)}</a>`)?.text).toBe(text.trim());
      }),
    );
  });
});
