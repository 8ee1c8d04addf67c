import { describe, expect, it } from "vitest";
import { nameOfFolder, photosToTake } from "#core/person-folder";

describe("a person's folder", () => {
  it("gives its photos by name, and nothing else", () => {
    const files = ["b.PNG", "a.jpeg", "._a.jpeg", "c.webp", "d.heic", "notes.txt", "e.JPG", "jpg"];
    expect(photosToTake(files)).toEqual({ taken: ["a.jpeg", "b.PNG", "c.webp", "e.JPG"], leftOut: 0 });
  });

  it("gives ten photos at most, and says how many are left out", () => {
    const { taken, leftOut } = photosToTake(Array.from({ length: 13 }, (_, i) => `${String(i).padStart(2, "0")}.jpg`));
    expect(taken).toHaveLength(10);
    expect(taken.at(-1)).toBe("09.jpg");
    expect(leftOut).toBe(3);
  });

  it("names the person, however the file system spells an accent", () => {
    expect(nameOfFolder(" Zoe\u0308 ")).toBe("Zo\u00eb");
  });
});
