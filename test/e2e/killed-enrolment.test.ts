import { randomBytes } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openStore } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { freePort } from "#demo/free-port";
import type { Person } from "#ports/gallery";
import { cached } from "../fixtures/cached";
import { limen, startLimen } from "../fixtures/limen-program";
import { until } from "../fixtures/until.js";

/** Acknowledged before the kill: enough for it to fall into the middle of a write now and then. */
const ACKNOWLEDGED = 6;

let home: string;
let config: string;
let photo: string;
let url: string;
const token = randomBytes(32).toString("hex");

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "limen-killed-"));
  const port = await freePort("127.0.0.1");
  url = `http://127.0.0.1:${port}`;
  config = join(home, "limen.yaml");
  await writeFile(
    config,
    `cameras: { a: { rtsp: "rtsp://127.0.0.1:9/none" } }
doors: { a: { camera: a, collection: staff, controller: { profile: limen_native, key: !secret token } } }
api: { listen: "127.0.0.1:${port}", tokens: { desk: { token: !secret token, scopes: [write] } } }
`,
  );
  await writeFile(join(home, "secrets.yaml"), `token: "${token}"\n`, { mode: 0o600 });
  photo = join(home, "ada.jpg");
  await sharp(cached("demo", "sample3.jpg"))
    .extract({ left: 856, top: 14, width: 670, height: 730 })
    .jpeg()
    .toFile(photo);
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** Who is in the database now, which opens and is whole. */
async function enrolled(): Promise<Person[]> {
  await using store = await openStore(join(home, "data", "limen.db"));
  return createSqliteGallery(store, systemClock).people();
}

describe("killed in the middle of enrolling", () => {
  it("over HTTP: everybody whose enrolment was answered is there, with a face", async () => {
    const body = { images: [(await readFile(photo)).toString("base64")], allow_duplicate: true };
    const acknowledged: string[] = [];
    const post = async (name: string): Promise<void> => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const sent = { method: "POST", headers, body: JSON.stringify({ name, ...body }) };
      const answer = await fetch(`${url}/v2/face-recognition/persons`, sent);
      expect(answer.status).toBe(200);
      acknowledged.push(((await answer.json()) as { data: { _id: string } }).data._id);
    };
    await using server = startLimen(["serve", "--config", config]);
    await until("the API answers", () => server.out().includes("the API answers"), 60_000);
    let isKilled = false;
    const senders = [0, 1, 2].map(async (sender) => {
      for (let i = 0; !isKilled; i++) {
        // What the kill cuts off is no acknowledgement.
        await post(`Person ${sender}-${i}`).catch((error: unknown) => {
          if (!isKilled) throw error;
        });
      }
    });
    await until("some are enrolled", () => acknowledged.length >= ACKNOWLEDGED, 60_000);
    isKilled = true;
    server.signal("SIGKILL");
    await Promise.all(senders);
    await server.ended;
    const people = await enrolled();
    expect(people.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
    expect(people.filter(({ faces }) => faces !== 1)).toEqual([]);
  }, 120_000);

  it("in an import: everybody it said is enrolled is there, and the next run goes on behind them", async () => {
    const folders = Array.from({ length: ACKNOWLEDGED + 4 }, (_, i) => `Person ${i}`);
    for (const folder of folders) {
      await mkdir(join(home, "photos", folder), { recursive: true });
      await copyFile(photo, join(home, "photos", folder, "1.jpg"));
    }
    const words = ["people", "import", join(home, "photos"), "--json", "--allow-duplicate", "--config", config];
    await using importing = startLimen(words);
    const idsIn = (out: string): string[] => [...out.matchAll(/"id":"([0-9a-f]{24})"/g)].map(([, id]) => id ?? "");
    const said = (): string[] => idsIn(importing.out().replace(/[^\n]*$/, ""));
    await until("some are enrolled", () => said().length >= ACKNOWLEDGED, 60_000);
    importing.signal("SIGKILL");
    await importing.ended;
    const people = await enrolled();
    expect(people.map(({ id }) => id)).toEqual(expect.arrayContaining(said()));
    expect(people.filter(({ faces }) => faces !== 1)).toEqual([]);
    const again = await limen(words);
    expect(JSON.parse(again.out.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
      outcome: "end",
      alreadyThere: people.length,
      enrolled: folders.length - people.length,
    });
    expect((await enrolled()).map(({ name }) => name)).toEqual(folders);
  }, 180_000);
});
