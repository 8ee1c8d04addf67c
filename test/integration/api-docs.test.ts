import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import sharp from "sharp";
import { expect, it, vi } from "vitest";
import { TOKENS } from "../fixtures/api-rig";
import { cached } from "../fixtures/cached.js";
import { openRealApi } from "../fixtures/real-api";

const DOCS = readFileSync(fileURLToPath(new URL("../../docs/api.md", import.meta.url)), "utf8");
const run = promisify(execFile);

it("every example of docs/api.md does what it says, in its order", async () => {
  await using api = await openRealApi();
  const folder = await mkdtemp(join(tmpdir(), "limen-docs-"));
  try {
    const photo = sharp(readFileSync(cached("demo", "sample3.jpg"))).extract({
      left: 856,
      top: 14,
      width: 670,
      height: 730,
    });
    await writeFile(join(folder, "face.jpg"), await photo.jpeg().toBuffer());
    const env: Record<string, string> = { PATH: process.env["PATH"] ?? "", LIMEN_TOKEN: TOKENS.all, NO_PROXY: "*" };
    const answerOf = async (script: string): Promise<{ data?: unknown }> => {
      const local = script.replaceAll("http://127.0.0.1:8480", api.server.url);
      const { stdout } = await run("bash", ["-euc", local], { cwd: folder, env });
      if (stdout === "") return {};
      const answer = JSON.parse(stdout) as { data?: unknown };
      const [, path = ""] = /8480(\/v2[^\s"']*)/.exec(script) ?? [];
      const [, method = script.includes(" -d ") ? "POST" : "GET"] = /-X (\w+)/.exec(script) ?? [];
      api.checkAnswer(method, path, 200, answer);
      return answer;
    };
    const scripts = [...DOCS.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, script]) => script ?? "");
    expect(scripts).toHaveLength(7);
    const [header = "", collection = "", person = "", search = "", list = "", update = "", remove = ""] = scripts;
    await answerOf(header);
    expect(await answerOf(collection)).toMatchObject({ data: { code: "staff" } });
    const made = await answerOf(person);
    expect(made).toMatchObject({ data: { name: "Mateo", collections: ["staff"], date_of_birth: "1995-05-07" } });
    env["PERSON_ID"] = (made.data as { _id: string })._id;
    await vi.waitFor(async () => expect(await answerOf(search)).toMatchObject({ data: [{ name: "Mateo" }] }), {
      timeout: 5000,
    });
    expect(await answerOf(list)).toMatchObject({ data: [{ name: "Mateo" }], pagination: { total: 1 } });
    expect(await answerOf(update)).toMatchObject({ data: { status: "inactive" } });
    expect(await answerOf(remove)).toMatchObject({ data: { deleted: true } });
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("docs/api.md names every route that is served", async () => {
  const { paths } = JSON.parse(
    readFileSync(fileURLToPath(new URL("../../docs/openapi.json", import.meta.url)), "utf8"),
  ) as {
    paths: Record<string, unknown>;
  };
  const quiet = new Set(["/collections/project-type/{type}", "/persons/project-type/{type}"]);
  const names = Object.keys(paths).map((path) =>
    path.replace("/v2/face-recognition", "").replace("{face}", "{thumbnail id}"),
  );
  expect(names.filter((name) => !quiet.has(name) && !DOCS.includes(name))).toEqual([]);
});
