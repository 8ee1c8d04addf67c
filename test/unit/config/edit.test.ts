import { describe, expect, it } from "vitest";
import { withKey, withoutKey } from "#config/edit";

const withDoorMode = (text: string, door: string, mode: string) => withKey(text, ["doors", door, "mode"], mode);

const BLOCK = `# my house
doors:
  # the front
  front:
    camera: front   # towards the street
    mode: shadow # for now
    controller: { key: !secret front }
  back: { camera: back, collection: "staff" }
`;

describe("a door's mode in the file", () => {
  it("is changed where it stands, and nothing else", () => {
    expect(withDoorMode(BLOCK, "front", "normal")).toBe(BLOCK.replace("mode: shadow", "mode: normal"));
  });

  it("is written into a line of brackets that has none", () => {
    expect(withDoorMode(BLOCK, "back", "normal")).toBe(BLOCK.replace("{ camera: back", "{ mode: normal, camera: back"));
  });

  it("is written as a line of its own where the others are", () => {
    const without = BLOCK.replace("    mode: shadow # for now\n", "");
    expect(withDoorMode(without, "front", "normal")).toBe(
      without.replace("    camera: front", "    mode: normal\n    camera: front"),
    );
  });

  it.each(["doors: {}", "doors: { front: }", "doors: { front: [] }", "cameras: {}", ""])(
    "is left to a person in %j",
    (text) => {
      expect(withDoorMode(text, "front", "normal")).toBeNull();
    },
  );
});

describe("a key of a section that is not there", () => {
  it("gets the section, behind everything else", () => {
    expect(withKey("doors: {}\n", ["search", "min_score"], "0.86")).toBe("doors: {}\nsearch: { min_score: 0.86 }\n");
    expect(withKey("doors: {}", ["search", "min_score"], "0.86")).toBe("doors: {}\nsearch: { min_score: 0.86 }\n");
  });

  it("is written into it where there is one", () => {
    expect(withKey("search: { mode: FAST }\n", ["search", "min_score"], "auto")).toBe(
      "search: { min_score: auto, mode: FAST }\n",
    );
    expect(withKey("search:\n  min_score: 0.9 # high\n", ["search", "min_score"], "auto")).toBe(
      "search:\n  min_score: auto # high\n",
    );
  });
});

describe("a group", () => {
  it("is added beside the others, in brackets", () => {
    const text = "cameras:\n  front: { rtsp: rtsp://a/b }\ndoors: {}\n";
    expect(withKey(text, ["cameras", "yard"], "{ onvif: 10.0.0.2 }")).toBe(
      "cameras:\n  yard: { onvif: 10.0.0.2 }\n  front: { rtsp: rtsp://a/b }\ndoors: {}\n",
    );
  });

  it("is written into brackets that hold nothing yet", () => {
    expect(withKey("persons: {}\n", ["persons", "ada"], "{ doors: [] }")).toBe("persons: { ada: { doors: [] } }\n");
    expect(withKey("persons: { # none\n}\n", ["persons", "ada"], "{}")).toBe("persons: { ada: {} # none\n}\n");
    expect(withKey("{ doors: {} }\n", ["persons", "ada"], "{}")).toBe("{ persons: { ada: {} }, doors: {} }\n");
  });

  it("is left to a person where the file has an end of its own", () => {
    expect(withKey("doors: {}\n...\n", ["persons", "ada"], "{}")).toBeNull();
  });

  it("gets a name in quotes where it is no plain word", () => {
    const by = (name: string) => withKey("doors: {}\n", ["persons", name], "{}");
    expect(by("123")).toBe('doors: {}\npersons: { "123": {} }\n');
    expect(by("true")).toBe('doors: {}\npersons: { "true": {} }\n');
    expect(by('A "b": #c')).toBe('doors: {}\npersons: { "A \\"b\\": #c": {} }\n');
    expect(withKey("persons:\n  123: { doors: [] }\n", ["persons", "123", "doors"], "[a]")).toBe(
      "persons:\n  123: { doors: [a] }\n",
    );
  });

  it("that is there stays as it is", () => {
    expect(withKey("cameras:\n  front: { rtsp: rtsp://a/b }\n", ["cameras", "front"], "{}")).toBeNull();
  });
});

describe("a list", () => {
  it("is replaced as a whole, however it is written", () => {
    const set = (text: string) => withKey(text, ["groups", "doors"], "[front]");
    expect(set("groups: { doors: [a, b] } # x\n")).toBe("groups: { doors: [front] } # x\n");
    expect(set("groups:\n  doors:\n  - a\n  - b # x\n  more: 1\n")).toBe("groups:\n  doors: [front] # x\n  more: 1\n");
  });

  it("with a comment in it is left to a person", () => {
    expect(withKey("groups:\n  doors:\n    - a # why\n    - b\n", ["groups", "doors"], "[]")).toBeNull();
    expect(withKey("groups: { doors: [a, # why\n b] }\n", ["groups", "doors"], "[]")).toBeNull();
  });
});

describe("a key that is taken away", () => {
  const without = (text: string) => withoutKey(text, ["persons", "ada", "schedule"]);

  it.each([
    ["persons: { ada: { schedule: x } }\n", "persons: { ada: {} }\n"],
    ["persons: { ada: { schedule: x, } }\n", "persons: { ada: {} }\n"],
    ["persons: { ada: { schedule: x, doors: [a] } }\n", "persons: { ada: { doors: [a] } }\n"],
    ["persons: { ada: { doors: [a], schedule: x } }\n", "persons: { ada: { doors: [a] } }\n"],
    ["persons:\n  ada:\n    schedule: x\n    doors: [a]\n", "persons:\n  ada:\n    doors: [a]\n"],
    ["persons:\n  ada:\n    doors: [a]\n    schedule: x", "persons:\n  ada:\n    doors: [a]\n"],
    [
      "persons:\n  ada:\n    doors: [a]\r\n    schedule: x\r\nlog: {}\r\n",
      "persons:\n  ada:\n    doors: [a]\r\nlog: {}\r\n",
    ],
    [
      "persons:\n  ada:\n    # why\n    schedule: x # not\n    doors: [a]\n",
      "persons:\n  ada:\n    # why\n    # not\n    doors: [a]\n",
    ],
    ["persons:\n  ada:\n    # why\n    schedule: x # not\n", "persons:\n  ada:\n    # why\n    {} # not\n"],
    ["persons:\n  ada: { doors: [] }\n", "persons:\n  ada: { doors: [] }\n"],
    ["doors: {}\n", "doors: {}\n"],
  ])("leaves everything else of %j", (text, then) => {
    expect(without(text)).toBe(then);
  });

  it.each([
    "persons: { ada: { schedule: x, # why\n doors: [a] } }\n",
    "persons: { ada: { doors: [a], # why\n schedule: x } }\n",
    "persons:\n  ada:\n    schedule: |\n      x\n",
  ])("is left to a person in %j", (text) => {
    expect(without(text)).toBeNull();
  });
});
