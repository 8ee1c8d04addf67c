import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "#config/load";
import { codeOf, messageOf } from "#errors";
import { type ConfigFolder, openConfigFolder, problemsIn, refusalOf } from "./config-folder.js";

let folder: ConfigFolder;
beforeAll(async () => {
  folder = await openConfigFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

describe("a file that is not YAML", () => {
  it.each<[string, string, string]>([
    ["a tab", "site:\n\tname: x\n", "2:1 this line is indented with a tab"],
    ["a key that is there twice", "log: { level: info }\nmqtt: {}\nlog: {}\n", "3:1 this key is there twice"],
    ["a quote that stays open", "site: { name: 'x }\n", "2:1 "],
    ["a bracket that stays open", "cameras: {\nfront: 1\n", ":1 "],
    ["two colons", "site: name: x\n", "1:7 there is a second `key:`"],
    ["wrong indentation", "site:\n  name: x\n   data_dir: y\n", "2:9 "],
    ["an unquoted @", "site: { name: @x }\n", "1:15 text that begins with this character needs quotes"],
    ["another tag", "mqtt:\n  password: !hunter2\n", "2:13 the only ! tag here is `!secret name`"],
    ["a tag of YAML's own", "site: { name: !!binary aGk= }\n", "the only ! tag here is"],
    ["an alias", "mqtt: { password: *hunter2 }\n", "1:19 aliases are not supported"],
    ["an anchor", "site: &hunter2 { name: x }\n", "1:16 anchors are not supported"],
    ["a merge key", "cameras:\n  front: { <<: { rtsp: x } }\n", "2:12 merge keys are not supported"],
    ["a list as key", "? [a]\n: 1\n", "1:3 a key must be a plain word"],
    [
      "a key that JavaScript treats in its own way",
      "cameras:\n  __proto__: { rtsp: x }\n",
      "2:3 this name is not allowed",
    ],
    ["a second document", "log: {}\n---\nlog: {}\n", "2:1 a second document begins here"],
    ["an old YAML version's directive", "%FOO bar\n---\nlog: {}\n", "lines that begin with % are not supported"],
  ])("because of %s is refused at its place", async (_, text, expected) => {
    const error = await refusalOf(folder, text);
    expect(error.code).toBe("LIMEN_CONFIG_SYNTAX");
    expect(problemsIn(error).join("\n")).toContain(expected);
    expect(error.message + error.hint).not.toContain("hunter2");
  });

  it("because of a billion laughs is refused before any of them is told", async () => {
    const lines = ["a: &a [x, x, x, x, x, x, x, x, x]"];
    for (const [before, name] of [..."abcdefgh"].map((letter, i) => [letter, "bcdefghi"[i]])) {
      lines.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(", ")}]`);
    }
    expect((await refusalOf(folder, lines.join("\n"))).code).toBe("LIMEN_CONFIG_SYNTAX");
  });

  it.each([
    ["[", 5000],
    ["- ", 5000],
    ["? ", 5000],
    ["{a: ", 5000],
  ])("because of %j in itself %d times is refused without harm to the process", async (piece, times) => {
    const error = await refusalOf(folder, piece.repeat(times));
    expect(error.code).toBe("LIMEN_CONFIG_SYNTAX");
    expect(problemsIn(error)[0]).toContain("1:1 brackets or lists are nested more than 32 deep");
  });
});

describe("any file whatever", () => {
  it("is either taken or refused with a code of the configuration, never with an accident", async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "site:",
        "cameras:",
        "doors:",
        "front:",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ": ",
        ", ",
        "#",
        "'",
        '"',
      ),
      fc.constantFrom(
        "!secret x",
        "&a ",
        "*a",
        "<<",
        "null",
        "1",
        "1e400",
        "rtsp://a@b",
        "|",
        ">",
        "? ",
        "%",
        "\t",
        "\r",
        "---\n",
      ),
      fc.string({ maxLength: 4 }),
    );
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
    await fc.assert(
      fc.asyncProperty(text, async (anything) => {
        const file = await folder.write("any.yaml", anything);
        const outcome = await loadConfig(file, { env: {} }).then(
          () => "taken",
          (error: unknown) => (codeOf(error) === "LIMEN_INTERNAL" ? messageOf(error) : codeOf(error)),
        );
        expect(["LIMEN_CONFIG_SYNTAX", "LIMEN_CONFIG_INVALID", "LIMEN_CONFIG_UNREADABLE"]).toContain(outcome);
      }),
      { numRuns: 300 },
    );
  }, 30_000);
});
