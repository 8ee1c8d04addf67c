import { readFileSync } from "node:fs";
import { connect } from "node:net";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openHttpServer } from "#adapters/http/server";
import { TOKENS } from "../fixtures/api-rig";
import { cached } from "../fixtures/cached.js";
import { openRealApi } from "../fixtures/real-api";

/** Parts of the demo's pictures that show one person each: file, then left, top, width, height. */
const PARTS = {
  ada: ["sample3.jpg", 856, 14, 670, 730],
  adaLater: ["sample1.jpg", 1352, 138, 420, 458],
  stranger: ["sample6.jpg", 1266, 84, 650, 708],
} as const;

let api: Awaited<ReturnType<typeof openRealApi>>;
let adaId: string;

function part(name: keyof typeof PARTS): Sharp {
  const [file, left, top, width, height] = PARTS[name];
  // From memory: the reader closes the loaders of files for the whole process.
  return sharp(readFileSync(cached("demo", file))).extract({ left, top, width, height });
}

const text = async (image: Sharp | Buffer): Promise<string> =>
  (Buffer.isBuffer(image) ? image : await image.toBuffer()).toString("base64");

async function call(method: string, path: string, body?: unknown) {
  const response = await api.ask(`/v2/face-recognition${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKENS.all}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    json: (await response.json()) as { data?: unknown; code?: string; message?: string },
  };
}
const search = (images: string[], more: object = {}) => call("POST", "/search", { images, ...more });
const people = (answer: { json: { data?: unknown } }) => answer.json.data as { id: string; score: number }[];

beforeAll(async () => {
  api = await openRealApi();
  await call("POST", "/collections", { name: "Staff", code: "staff" });
  const made = await call("POST", "/persons", {
    name: "Ada",
    images: [await text(part("ada").jpeg())],
    collections: ["staff"],
    gender: "F",
  });
  expect(made).toMatchObject({ status: 200, json: { data: { name: "Ada" } } });
  adaId = (made.json.data as { _id: string })._id;
  const probe = await text(part("ada").jpeg());
  await vi.waitFor(async () => expect(people(await search([probe]))).toHaveLength(1), { timeout: 5000 });
});

afterAll(() => api[Symbol.asyncDispose]());

describe("a gallery filled and asked over HTTP", () => {
  it("finds the person on another day, in both modes, and no stranger", async () => {
    const later = await text(part("adaLater").jpeg());
    for (const search_mode of ["FAST", "ACCURATE"]) {
      const answer = await search([later], { search_mode, collection_id: "staff" });
      expect(answer.status).toBe(200);
      expect(people(answer)).toMatchObject([{ id: adaId, name: "Ada", gender: "F" }]);
      expect(people(answer)[0]?.score).toBeGreaterThan(0.85);
    }
    const stranger = await search([await text(part("stranger").jpeg())], { min_score: 0.5 });
    expect(people(stranger)).toEqual([]);
  });

  it("gives a thumbnail that is a small JPEG of a face", async () => {
    const answer = await call("GET", `/persons/${adaId}`);
    const [{ thumbnail } = { thumbnail: "" }] = (answer.json.data as { thumbnails: { thumbnail: string }[] })
      .thumbnails;
    const bytes = Buffer.from(thumbnail, "base64");
    const { format, width, height, exif } = await sharp(bytes).metadata();
    expect({ format, exif, isSmall: Math.max(width, height) <= 160 && bytes.length < 20_000 }).toEqual({
      format: "jpeg",
      exif: undefined,
      isSmall: true,
    });
  });

  it("compares, verifies and detects", async () => {
    const [ada, later, other] = await Promise.all(
      (["ada", "adaLater", "stranger"] as const).map((name) => text(part(name).jpeg())),
    );
    const same = await call("POST", "/compare", { probe: [ada], gallery: [later], compare_min_score: 0.81 });
    expect(same).toMatchObject({ json: { data: { passed: true } } });
    const different = await call("POST", "/compare", { probe: [ada], gallery: [other] });
    expect(different).toMatchObject({ json: { data: { passed: false } } });
    expect(await call("POST", "/verify", { id: adaId, images: [later] })).toMatchObject({
      json: { data: { match: { id: adaId } } },
    });
    expect(await call("POST", "/verify", { id: adaId, images: [other] })).toMatchObject({
      json: { data: { match: null } },
    });
    const enlarged = part("ada").resize({ width: 2680 }).jpeg();
    const [large, plain] = [
      await call("POST", "/detect", { image: await text(enlarged) }),
      await call("POST", "/detect", { image: ada }),
    ];
    const boxOf = ({ json }: typeof large) =>
      (json.data as { faces: { box: { left: number; right: number } }[] }).faces[0]?.box;
    expect((boxOf(large)?.left ?? 0) / (boxOf(plain)?.left ?? 1)).toBeCloseTo(4, 0);
  });

  it("finds somebody in a small, tight cut-out", async () => {
    const answer = await call("POST", "/detect", { image: await text(part("adaLater").jpeg()) });
    const [face] = (
      answer.json.data as { faces: { box: { left: number; top: number; right: number; bottom: number } }[] }
    ).faces;
    const { left, top, right, bottom } = face?.box ?? { left: 0, top: 0, right: 1, bottom: 1 };
    const whole = await part("adaLater").png().toBuffer();
    const crop = sharp(whole)
      .extract({
        left: Math.round(left),
        top: Math.round(top),
        width: Math.round(right - left),
        height: Math.round(bottom - top),
      })
      .resize({ width: 120, height: 120, fit: "inside" });
    const found = await call("POST", "/search/crops", { images: [await text(crop.jpeg())], min_score: 0.7 });
    expect(found).toMatchObject({ status: 200, json: { data: [{ id: adaId }] } });
  });
});

describe("pictures of every kind", () => {
  const upright = async () => sharp(await part("adaLater").png().toBuffer());

  it.each<[string, (image: Sharp) => Promise<Buffer> | Sharp]>([
    ["a PNG", (image) => image.png()],
    ["a WebP", (image) => image.webp()],
    ["a greyscale JPEG", (image) => image.greyscale().jpeg()],
    ["a 16-bit PNG", (image) => image.toColourspace("rgb16").png()],
    ["a CMYK JPEG", (image) => image.toColourspace("cmyk").jpeg({ quality: 95 })],
    ["a PNG with transparency", (image) => image.ensureAlpha(0.9).png()],
    ["a progressive JPEG", (image) => image.jpeg({ progressive: true })],
    [
      "a JPEG that its EXIF turns upright",
      async (image) =>
        sharp(await image.rotate(270).toBuffer())
          .jpeg()
          .withMetadata({ orientation: 6 })
          .toBuffer(),
    ],
    [
      "a JPEG with a script behind it",
      async (image) =>
        Buffer.concat([await image.jpeg().toBuffer(), Buffer.from("<script>alert(1)</script>PK\x03\x04")]),
    ],
  ])("finds the person in %s", async (_, make) => {
    const made = make(await upright());
    const answer = await search([await text(await made)], { min_score: 0.75 });
    expect(answer).toMatchObject({ status: 200, json: { data: [{ id: adaId }] } });
  });

  it("refuses bombs, cut files, other formats in disguise and picture-less pictures, each in time and with the right status", async () => {
    const whole = await part("adaLater").jpeg().toBuffer();
    const bomb = await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: "#888" } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    const flat = sharp({ create: { width: 640, height: 480, channels: 3, background: "#888" } }).jpeg();
    const svg = Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480">${" ".repeat(200)}</svg>`,
    );
    const refusals: readonly (readonly [Buffer, number, string])[] = [
      [bomb, 413, "image_too_large"],
      [whole.subarray(0, whole.length / 2), 400, "image_unreadable"],
      [Buffer.concat([whole.subarray(0, 20), svg]), 400, "image_unreadable"],
      [svg, 415, "unsupported_image_format"],
      [await sharp(whole).tiff().toBuffer(), 415, "unsupported_image_format"],
      [await sharp(whole).gif().toBuffer(), 415, "unsupported_image_format"],
      [Buffer.concat([Buffer.from("%PDF-1.4\n"), whole]), 415, "unsupported_image_format"],
      [await flat.toBuffer(), 400, "no_face_detected"],
    ];
    const before = process.memoryUsage().rss;
    for (const [bytes, status, code] of refusals) {
      const answer = await search([bytes.toString("base64")]);
      expect({ status: answer.status, code: answer.json.code }).toEqual({ status, code });
    }
    expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(300);
  });

  it("refuses bodies over 8 MiB, also when their length is not announced", async () => {
    const big = JSON.stringify({ images: ["A".repeat(9 * 1024 * 1024)] });
    const headers = { authorization: `Bearer ${TOKENS.all}`, "content-type": "application/json" };
    const address = `${api.server.url}/v2/face-recognition/search`;
    expect((await fetch(address, { method: "POST", headers, body: big })).status).toBe(413);
    const stream = new Blob([big]).stream();
    const chunked = await fetch(address, { method: "POST", headers, body: stream, duplex: "half" } as RequestInit);
    expect(chunked.status).toBe(413);
  });
});

describe("the server", () => {
  it("turns away who has no token before reading what they send", async () => {
    const big = "A".repeat(9 * 1024 * 1024);
    const address = `${api.server.url}/v2/face-recognition/search`;
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 5; i++) {
      const headers = { authorization: "Bearer wrong-wrong-wrong-wrong", "content-type": "application/json" };
      const { status } = await fetch(address, { method: "POST", headers, body: big });
      expect(status).toBe(403);
    }
    expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(150);
  });

  it("writes no token and no picture into its log", async () => {
    const picture = await text(part("ada").jpeg());
    await search([picture]);
    await search(["nothing"]);
    const written = JSON.stringify(api.logger.lines);
    for (const token of Object.values(TOKENS)) expect(written).not.toContain(token);
    expect(written).not.toContain(picture.slice(100, 140));
  });

  it("says which address it could not have", async () => {
    const port = Number(new URL(api.server.url).port);
    await expect(openHttpServer({ ...api.options, listen: { host: "127.0.0.1", port } })).rejects.toMatchObject({
      code: "LIMEN_API_LISTEN",
      hint: expect.any(String),
    });
  });

  it("survives clients that hang up in the middle of their request", async () => {
    const { hostname, port } = new URL(api.server.url);
    for (let i = 0; i < 20; i++) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => {
          const head = `POST /v2/face-recognition/search HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKENS.all}\r\n`;
          socket.write(`${head}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"images":`, () => {
            socket.destroy();
            resolve();
          });
        });
      });
    }
    // Their places are free again: more than fit at once have come and gone.
    await expect.poll(async () => (await search([await text(part("ada").jpeg())])).status).toBe(200);
  });

  it("stops within two seconds, whoever is connected", async () => {
    const other = await openHttpServer(api.options);
    const { hostname, port } = new URL(other.url);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    await new Promise<void>((resolve) => {
      socket.on("connect", () => {
        const head = `POST /v2/face-recognition/search HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKENS.all}\r\n`;
        socket.write(`${head}Content-Length: 100\r\n\r\n{`, () => resolve());
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = performance.now();
    await other[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    expect(performance.now() - started).toBeLessThan(3000);
    await expect(fetch(other.url)).rejects.toThrow();
    socket.destroy();
  });
});
