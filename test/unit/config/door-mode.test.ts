import { describe, expect, it } from "vitest";
import { withDoorMode } from "#config/door-mode";

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
