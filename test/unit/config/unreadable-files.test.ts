import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConfigFolder, openConfigFolder, refusalOf, refusalOfFile } from "./config-folder.js";

let folder: ConfigFolder;
beforeAll(async () => {
  folder = await openConfigFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

describe("a file that cannot be read", () => {
  it("because it is not there says how to begin", async () => {
    const error = await refusalOfFile(folder.file("nowhere.yaml"));
    expect(error.code).toBe("LIMEN_CONFIG_MISSING");
    expect(error.hint).toContain("limen.example.yaml");
  });

  it("because its folder is a file is missing too", async () => {
    const file = await folder.write("plain", "");
    expect((await refusalOfFile(`${file}/limen.yaml`)).code).toBe("LIMEN_CONFIG_MISSING");
  });

  it("because it is a directory says so", async () => {
    await mkdir(folder.file("directory"));
    const error = await refusalOfFile(folder.file("directory"));
    expect(error.code).toBe("LIMEN_CONFIG_UNREADABLE");
    expect(error.message).toContain("it is a directory");
  });

  it("because it is a pipe is refused instead of waited for", async () => {
    execFileSync("sh", ["-c", 'mkfifo "$0"', folder.file("pipe")]);
    const error = await refusalOfFile(folder.file("pipe"));
    expect(error.code).toBe("LIMEN_CONFIG_UNREADABLE");
    expect(error.message).toContain("not an ordinary file");
  });

  it.each<[string, Uint8Array, string]>([
    ["larger than a megabyte", new Uint8Array(1_000_001).fill(35), "larger than 1MB"],
    ["not UTF-8", Buffer.from("site:\n  name: K\u00fcche\n", "latin1"), "line 2 is not UTF-8"],
    ["UTF-16", Buffer.from("site: {}\n", "utf16le"), "NUL bytes"],
  ])("because it is %s says so", async (_, bytes, words) => {
    const error = await refusalOf(folder, bytes);
    expect(error.code).toBe("LIMEN_CONFIG_UNREADABLE");
    expect(error.message).toContain(words);
  });
});
