import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keptInstance } from "#adapters/status/instance-file";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "limen-instance-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("is made once, and the same at every later start", async () => {
  const file = join(folder, "data", "instance");
  expect(await keptInstance(file, () => "0123abcd")).toBe("0123abcd");
  expect(await keptInstance(file, () => "ffffffff")).toBe("0123abcd");
});

it.each(["", "nonsense", "../../etc", "0123ABCD"])("is made anew when the file says %j", async (text) => {
  const file = join(folder, "instance");
  writeFileSync(file, text);
  expect(await keptInstance(file, () => "0123abcd")).toBe("0123abcd");
  expect(readFileSync(file, "utf8")).toBe("0123abcd\n");
});
