import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { allKeys } from "#config/known-keys";
import { configReference } from "#config/reference";

const page = fileURLToPath(new URL("../../../docs/configuration.md", import.meta.url));

describe("the reference page", () => {
  it("in docs/ is the one that is generated (if not: limen schema --reference > docs/configuration.md)", async () => {
    expect(await readFile(page, "utf8")).toBe(configReference());
  });

  it("has a row for every key", () => {
    const text = configReference();
    const keys = allKeys();
    const sections = keys.filter(({ path, isGroup }) => isGroup && !path.includes("."));
    const missing = keys.filter((key) => !sections.includes(key) && !text.includes(`| \`${key.path}\` |`));
    expect(missing.map(({ path }) => path)).toEqual([]);
    for (const { path } of sections) expect(text).toContain(`\n## ${path}\n`);
  });

  it("has five cells in every row", () => {
    const rows = configReference()
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    expect(rows.length).toBeGreaterThan(100);
    for (const row of rows) expect(row.replaceAll("\\|", "").split("|").length, row).toBe(7);
  });
});
