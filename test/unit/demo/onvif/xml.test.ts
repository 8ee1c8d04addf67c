import { describe, expect, test } from "vitest";
import { textOf, unescapeXml, xml } from "#demo/camera/onvif/xml";

describe("xml", () => {
  test("escapes every value, in text and in attributes, and puts markup in as it is", () => {
    const name = `<a b="c" d='e'>&`;
    expect(xml`<n x="${name}">${name}</n>`.text).toBe(
      '<n x="&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;">&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;</n>',
    );
    expect(xml`<n>${xml`<m>${1}</m>`}${[xml`<o/>`, xml`<p>${true}</p>`]}${[]}</n>`.text).toBe(
      "<n><m>1</m><o/><p>true</p></n>",
    );
  });

  test("keeps out what XML cannot hold, and stays on one line", () => {
    expect(xml`<n>${"a\u0000b\u0008c\ud800d\uffffe"}</n>`.text).toBe("<n>a\ufffdb\ufffdc\ufffdd\ufffde</n>");
    expect(
      xml`<n>
      ${"a\r\nb"}</n>`.text,
    ).toBe("<n>a  b</n>");
    expect(xml`<n>${"ä 😀"}</n>`.text).toBe("<n>ä 😀</n>");
  });

  test("a line break between attributes stays a blank, one between elements goes", () => {
    const made = xml`<a x="${1}"
      y="2"
      z="3"><b>
        <c/></b>
      ${xml`<d/>`}
      </a>`;
    expect(made.text).toBe('<a x="1" y="2" z="3"><b><c/></b><d/></a>');
  });

  test("what was escaped reads back", () => {
    const values = ['p@ss"w<rd&1', "&amp;lt;", "a]]>b", "'"];
    for (const value of values) expect(textOf(xml`<n>${value}</n>`.text, "n")).toBe(value);
  });
});

test("unescapeXml leaves alone what is no entity", () => {
  expect(unescapeXml("&#65;&#x42;&unknown;&#x110000;& &;")).toBe("AB&unknown;&#x110000;& &;");
});

test("textOf looks for the local name alone, and not inside other elements", () => {
  expect(textOf('<x:Name a="1"> one </x:Name><Name>two</Name>', "Name")).toBe("one");
  expect(textOf("<NameTag>no</NameTag>", "Name")).toBeNull();
  expect(textOf("<Name><b>no</b></Name>", "Name")).toBeNull();
  expect(textOf("<Name/>", "Name")).toBeNull();
});
