import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeDemoSite } from "#demo/site";
import { VERSION } from "#version";
import { cached } from "../fixtures/cached";
import { limen } from "../fixtures/limen-program";

let directory: string;
let config: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-commands-"));
  const site = await writeDemoSite({
    directory: join(directory, "home"),
    camera: { url: "rtsp://127.0.0.1:9/sub", username: "u", password: "camera-secret" },
    broker: { url: "mqtt://127.0.0.1:9", username: "u", password: "broker-secret" },
    pulseMs: 1000,
    serverPort: null,
  });
  config = site.configFile;
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const people = (...args: string[]) => limen(["people", ...args, "--config", config]);

/** Part of a demo photograph as a file of its own. */
async function cut(
  file: string,
  region: { left: number; top: number; width: number; height: number },
  name: string,
  change?: (image: Sharp) => Sharp,
) {
  const out = join(directory, name);
  const image = sharp(cached("demo", file)).extract(region);
  await (change?.(image) ?? image).jpeg().toFile(out);
  return out;
}
const ADA = { left: 856, top: 14, width: 670, height: 730 };

describe("what is typed wrongly", () => {
  it.each([
    [["rum"], 'there is no command "rum" (did you mean "run"?)'],
    [["run", "--confg", "x"], 'has no flag --confg (did you mean "--config"?)'],
    [["people", "lst"], 'people has no action "lst" (did you mean "list"?)'],
    [["people", "add", "--config", "CONFIG"], "who is it? give --name"],
    [["people", "add", "--name", "Ada", "--config", "CONFIG"], "at least one photo"],
    [["decisions", "--limit", "0"], "--limit takes a whole number"],
  ])("%j is answered with what to do and exit code 2", async (args, said) => {
    const ran = await limen(args.map((word) => (word === "CONFIG" ? config : word)));
    expect(ran.err).toContain(said);
    expect(ran.err).toContain("LIMEN_USAGE");
    expect(ran.err).toContain("what to do:");
    expect(ran.code).toBe(2);
  });

  it("help and version answer", async () => {
    expect((await limen([])).out).toContain("usage: limen COMMAND");
    expect((await limen(["help", "people"])).out).toContain("add --name NAME");
    expect((await limen(["--version"])).out.trim()).toBe(VERSION);
  });
});

describe("a configuration", () => {
  it("that is good is explained without a secret", async () => {
    const ran = await limen(["check", "--config", config]);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain("door    front: normal");
    expect(ran.out + ran.err).not.toMatch(/camera-secret|broker-secret/);
  });

  it.each([
    ["missing", "", "LIMEN_CONFIG_MISSING"],
    ["not YAML", "site: { name: [", "LIMEN_CONFIG_SYNTAX"],
    ["wrong", "site: { nam: Home }\ncameras: { a: { rtsp: rtsp://x/y } }\ndoors: {}\n", "LIMEN_CONFIG_INVALID"],
  ])("that is %s stops the daemon with its code", async (_, text, code) => {
    const file = join(directory, `bad-${code}.yaml`);
    if (text !== "") await writeFile(file, text);
    const ran = await limen(["run", "--config", file]);
    expect(ran.err).toContain(code);
    expect(ran.code).toBe(3);
    if (code === "LIMEN_CONFIG_INVALID") expect(ran.err).toMatch(/:1:\d+ site\.nam: .*did you mean "name"/);
  });
});

describe("enrolling", () => {
  it("takes a good photo, refuses the same face under a second name, and removes by name", async () => {
    const photo = await cut("sample3.jpg", ADA, "ada.jpg");
    const shown = join(directory, "shown");
    await mkdir(shown);
    const added = await people("add", "--name", "Ada", "--show", shown, photo);
    const [crop] = await readdir(shown);
    expect((await sharp(join(shown, crop ?? "")).metadata()).width).toBeGreaterThan(100);
    expect(added).toMatchObject({ code: 0, out: expect.stringContaining("Ada is enrolled") });
    const twin = await people("add", "--name", "Ada's twin", photo);
    expect(twin).toMatchObject({ code: 7, err: expect.stringContaining("LIMEN_PERSON_DUPLICATE") });
    expect(twin.err).toContain("enrolled already as Ada");
    const allowed = await people("add", "--name", "Ada's twin", "--allow-duplicate", photo);
    expect(allowed).toMatchObject({ code: 0, err: expect.stringContaining("looks much like Ada") });
    expect((await people("list")).out).toMatch(/Ada .*1 face/);
    expect(await people("remove", "Adda")).toMatchObject({
      code: 7,
      err: expect.stringContaining('did you mean "Ada"'),
    });
    expect(await people("remove", "Ada")).toMatchObject({ code: 0, out: expect.stringContaining("removed") });
    expect(await people("remove", "Ada's twin")).toMatchObject({ code: 0 });
    expect((await people("list")).err).toContain("nobody is enrolled yet");
  }, 60_000);

  it.each([
    ["LIMEN_PHOTO_UNREADABLE", async () => join(directory, "not-there.jpg")],
    [
      "LIMEN_PHOTO_UNREADABLE",
      async () => {
        const file = join(directory, "text.jpg");
        await writeFile(file, "this is no picture");
        return file;
      },
    ],
    [
      "LIMEN_PHOTO_TOO_LARGE",
      async () => {
        const file = join(directory, "huge.png");
        await sharp({ create: { width: 14_000, height: 14_000, channels: 3, background: "grey" } })
          .png()
          .toFile(file);
        return file;
      },
    ],
    [
      "LIMEN_PHOTO_NO_FACE",
      async () => {
        const file = join(directory, "grey.jpg");
        await sharp({ create: { width: 640, height: 480, channels: 3, background: "grey" } })
          .jpeg()
          .toFile(file);
        return file;
      },
    ],
    ["LIMEN_PHOTO_SEVERAL_FACES", async () => cached("demo", "sample1.jpg")],
    ["LIMEN_PHOTO_POOR", () => cut("sample3.jpg", ADA, "blurred.jpg", (image) => image.blur(7))],
    ["LIMEN_PHOTO_POOR", () => cut("sample3.jpg", ADA, "small.jpg", (image) => image.resize(110))],
  ])(
    "refuses with %s, says what to do, and enrols nobody",
    async (code, photo) => {
      const ran = await people("add", "--name", "X", await photo());
      expect(ran.err).toContain(code);
      expect(ran.err).toContain("what to do:");
      expect(ran.code).toBe(7);
      expect((await people("list", "--json")).out).toBe("");
    },
    60_000,
  );

  it("enrols nobody when one of several photos is bad, or shows somebody else", async () => {
    const good = await cut("sample3.jpg", ADA, "ada.jpg");
    expect(await people("add", "--name", "X", good, join(directory, "not-there.jpg"))).toMatchObject({ code: 7 });
    const other = await cut("sample6.jpg", { left: 1266, top: 84, width: 650, height: 708 }, "other.jpg");
    expect(await people("add", "--name", "X", good, other)).toMatchObject({
      code: 7,
      err: expect.stringContaining("same person"),
    });
    expect((await people("list", "--json")).out).toBe("");
  }, 60_000);
});

describe("a fault of the machine", () => {
  it("such as a database held by another program is named, and nothing is lost", async () => {
    const other = new SqliteDatabase(join(directory, "home", "data", "limen.db"));
    other.exec("BEGIN EXCLUSIVE");
    const photo = await cut("sample3.jpg", ADA, "ada.jpg");
    const ran = await people("add", "--name", "Ada", photo);
    expect(ran).toMatchObject({ code: 6, err: expect.stringContaining("LIMEN_STORE_LOCKED") });
    other.exec("ROLLBACK");
    other.close();
    expect((await people("list", "--json")).out).toBe("");
  }, 60_000);

  it("such as ffmpeg missing stops the daemon with what to install", async () => {
    const empty = join(directory, "empty-path");
    const ran = await limen(["run", "--config", config], { PATH: empty });
    expect(ran).toMatchObject({ code: 4, err: expect.stringContaining("LIMEN_FFMPEG_MISSING") });
  });

  it("such as a model file that is missing or was replaced stops the daemon, too", async () => {
    const cache = join(directory, "cache");
    const ran = await limen(["run", "--config", config], { LIMEN_CACHE_DIR: cache });
    expect(ran).toMatchObject({ code: 4, err: expect.stringContaining("LIMEN_MODEL_MISSING") });
    expect(ran.err).toContain("npm run setup");
  });

  it("such as secrets that others may read stops it before anything starts", async () => {
    const secrets = join(directory, "home", "secrets.yaml");
    await chmod(secrets, 0o644);
    const ran = await limen(["check", "--config", config]);
    await chmod(secrets, 0o600);
    expect(ran).toMatchObject({ code: 3, err: expect.stringContaining("LIMEN_CONFIG_SECRET") });
  });
});
