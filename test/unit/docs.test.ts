import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runCommand } from "#commands/table";
import { loadConfig } from "#config/load";
import { ERROR_CODES, exitCodeOf, LimenError } from "#errors";
import { VERSION } from "#version";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const README = read("README.md");

describe("docs/errors.md", () => {
  it("explains every code with its exit code, and no code that does not exist", () => {
    const rows = [...read("docs/errors.md").matchAll(/^\| (LIMEN_[A-Z_]+) \| (\d+) \| .{10,} \|$/gm)];
    const documented = Object.fromEntries(rows.map(([, code, exit]) => [code, Number(exit)]));
    expect(documented).toEqual(
      Object.fromEntries(ERROR_CODES.map((code) => [code, exitCodeOf(new LimenError(code, ""))])),
    );
  });

  it("has no code that nothing raises", () => {
    const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "src"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    const text = files
      .split("\n")
      .filter((file) => file.endsWith(".ts") && file !== "src/errors.ts")
      .map(read)
      .join("\n");
    expect(ERROR_CODES.filter((code) => !text.includes(`"${code}"`) && !text.includes(`${code}:`))).toEqual([]);
  });
});

describe("the README", () => {
  it("shows a configuration that is good", async () => {
    const [, yaml] = /```yaml\n([\s\S]*?)```/.exec(README) ?? [];
    const [, secrets] = /```yaml\n# secrets\.yaml[^\n]*\n([\s\S]*?)```/.exec(README) ?? [];
    const folder = mkdtempSync(join(tmpdir(), "limen-readme-"));
    try {
      writeFileSync(join(folder, "limen.yaml"), yaml ?? "");
      const made = (secrets ?? "").replace(/<[^>]+>/g, randomBytes(32).toString("hex"));
      writeFileSync(join(folder, "secrets.yaml"), made, { mode: 0o600 });
      const { config, warnings } = await loadConfig(join(folder, "limen.yaml"), { env: {} });
      expect(config.doors[0]?.mode).toBe("shadow");
      expect(warnings).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("names only commands and scripts that exist", async () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = [...README.matchAll(/npm run ([a-z:-]+)/g)].map(([, name]) => name ?? "");
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
    const words = [...new Set([...README.matchAll(/npx limen ([a-z-]+)/g)].map(([, word]) => word ?? ""))];
    expect(words.length).toBeGreaterThan(3);
    const helped: string[] = [];
    for (const word of words) {
      await runCommand(["help", word], {
        env: {},
        print: () => helped.push(word),
        write: () => {},
        note: () => {},
        isTerminal: false,
        signal: new AbortController().signal,
      });
    }
    expect(helped).toEqual(words);
  });
});

describe("links and pictures", () => {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" }).split(
    "\n",
  );
  const pages = files.filter((file) => /^([A-Z]+|docs\/.+)\.md$/.test(file));
  /** What a page links to, or shows, as files of this repository. */
  const linkedFrom = (page: string): string[] =>
    [...read(page).matchAll(/(?:\]\((?!https?:|#)|<img src=")([^)"#]+)/g)].map(([, file]) =>
      join(dirname(page), file ?? ""),
    );

  it("every page links only to files that exist", () => {
    expect(pages.length).toBeGreaterThan(10);
    const isThere = (link: string): boolean => files.some((file) => file === link || file.startsWith(`${link}/`));
    const broken = pages.flatMap((page) =>
      linkedFrom(page)
        .filter((file) => !isThere(file))
        .map((file) => [page, file]),
    );
    expect(broken).toEqual([]);
  });

  it("every picture is shown somewhere, with words for those who do not see it, and is small", () => {
    const pictures = files.filter((file) => file.startsWith("docs/pictures/"));
    const shown = pages.flatMap(linkedFrom).filter((file) => file.startsWith("docs/pictures/"));
    expect(new Set(shown)).toEqual(new Set(pictures));
    const words = pages.flatMap((page) =>
      [...read(page).matchAll(/!\[([^\]]*)\]|<img [^>]*alt="([^"]*)"/g)].map(([, one, other]) => one ?? other ?? ""),
    );
    expect(words.length).toBeGreaterThanOrEqual(pictures.length);
    expect(words.filter((alt) => alt.length < 30)).toEqual([]);
    const bytes = pictures.map((file) => statSync(join(ROOT, file)).size);
    expect(Math.max(...bytes)).toBeLessThan(150_000);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_000_000);
  });
});

it("the program's version is the package's", () => {
  expect((JSON.parse(read("package.json")) as { version: string }).version).toBe(VERSION);
});
