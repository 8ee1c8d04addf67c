import { describe, expect, it } from "vitest";
import { withKey } from "#config/edit";

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

  it.each(["doors: {}", "doors: { front: }", "doors: { front: {} }", "cameras: {}", ""])(
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

  it("that is there stays as it is", () => {
    expect(withKey("cameras:\n  front: { rtsp: rtsp://a/b }\n", ["cameras", "front"], "{}")).toBeNull();
  });
});
