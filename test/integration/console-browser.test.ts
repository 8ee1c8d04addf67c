import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LiveLook } from "#ports/live-board";
import { openBrowser } from "../fixtures/browser";
import { ADA, blindCamera, openConsoleRig, PASSWORD } from "../fixtures/console-rig";
import { openTappedCamera, type TappedCamera } from "../fixtures/tapped-camera";
import { makeTestClip } from "../fixtures/test-clip";

type Colour = readonly [red: number, green: number, blue: number];

let directory: string;
let tapped: TappedCamera;
let rig: Awaited<ReturnType<typeof openConsoleRig>>;
let browser: Browser;
let page: Page;
/** Errors and warnings of the page. */
let complaints: string[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-console-"));
  tapped = await openTappedCamera(await makeTestClip(directory, { width: 640, height: 360 }), { silenceMs: 1500 });
  rig = await openConsoleRig([tapped.camera, blindCamera("yard")]);
  browser = await openBrowser();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await rig?.[Symbol.asyncDispose]();
  await tapped?.[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

beforeEach(async () => {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return () => context.close();
});

async function signIn(): Promise<void> {
  await page.goto(rig.url);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${rig.url}/`);
}

/** What a person sees of the live picture, as pixels. */
async function seen(): Promise<{ spread: number; pixels: Buffer; width: number; height: number }> {
  const png = await page.locator(".screen.large").screenshot();
  const { channels } = await sharp(png).greyscale().stats();
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { spread: channels[0]?.stdev ?? 0, pixels: data, width: info.width, height: info.height };
}

/** Whether a colour comes to be seen there while the board says that these faces are there. */
async function shows(faces: LiveLook["faces"], x: number, y: number, colour: Colour): Promise<boolean> {
  rig.room.board.looked("front", { width: 640, height: 360, atMs: 0, faces });
  return await hasColourAt(x / 640, y / 360, colour);
}

/** Whether a colour is to be seen within a few pixels of a place given in fractions of the picture. */
async function hasColourAt(x: number, y: number, colour: Colour): Promise<boolean> {
  const { pixels, width, height } = await seen();
  const middle = { x: Math.round(x * width), y: Math.round(y * height) };
  for (let dx = -4; dx <= 4; dx++) {
    const at = (middle.y * width + middle.x + dx) * 3;
    if (colour.every((value, channel) => Math.abs((pixels[at + channel] ?? 0) - value) <= 10)) return true;
  }
  return false;
}

const GOOD: Colour = [0x3d, 0xdc, 0x84];
const BAD: Colour = [0xff, 0x8a, 0x65];
const ada = { track: 3, box: { left: 200, top: 80, width: 90, height: 120 } };
const stranger = { track: 4, box: { left: 420, top: 100, width: 70, height: 95 } };
const FACES = [ada, stranger];

describe("in a real browser", () => {
  it("somebody signs in, sees the cameras, the live picture with faces and decisions, and leaves", async () => {
    await page.goto(rig.url);
    expect(page.url()).toBe(`${rig.url}/sign-in`);
    await signIn();
    const wide = () => page.evaluate("document.querySelector('.camera img').naturalWidth");
    await expect.poll(wide, { timeout: 20_000 }).toBe(640);
    await expect.poll(() => page.getByText("the camera has sent no picture yet").isVisible()).toBe(true);

    await page.locator(".camera", { hasText: "front" }).getByRole("link").click();
    await page.waitForURL(/cameras\/front/);
    await expect.poll(() => page.getByRole("status").isVisible(), { timeout: 30_000 }).toBe(false);
    const first = await seen();
    expect(first.spread).toBeGreaterThan(20);
    await expect.poll(async () => (await seen()).pixels.equals(first.pixels), { timeout: 10_000 }).toBe(false);

    const { board } = rig.room;
    const decision = { door: "front", track: ada.track, result: "grant", reason: "ok", personId: ADA } as const;
    board.decided("front", { ...decision, score: 0.91 });
    const refusal = { door: "front", track: stranger.track, result: "deny", reason: "unknown_person" } as const;
    board.decided("front", { ...refusal, personId: null, score: 0.11 });
    await expect.poll(() => shows(FACES, 200, 140, GOOD), { timeout: 15_000 }).toBe(true);
    await expect.poll(() => shows(FACES, 420, 150, BAD), { timeout: 15_000 }).toBe(true);
    const listed = await page.locator(".decisions li").allInnerTexts();
    expect(listed).toHaveLength(2);
    expect(listed[1]).toContain("Ada <b>Lovelace");
    expect(listed[0]).toContain("nobody enrolled here looks like this");

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${rig.url}/sign-in`);
    await page.goto(`${rig.url}/cameras/front`);
    expect(page.url()).toBe(`${rig.url}/sign-in`);
    expect(complaints).toEqual([]);
  });

  it("a frame that is gone is not drawn any more, and a camera that goes silent is said so", async () => {
    await signIn();
    await page.goto(`${rig.url}/cameras/front`);
    await expect.poll(() => page.getByRole("status").isVisible(), { timeout: 30_000 }).toBe(false);
    await expect.poll(() => shows(FACES, 200, 140, GOOD), { timeout: 15_000 }).toBe(true);
    await expect.poll(() => shows([], 200, 140, GOOD), { timeout: 15_000 }).toBe(false);

    tapped.simulated.faults.freeze();
    await expect.poll(() => page.getByText("sends no video").isVisible(), { timeout: 20_000 }).toBe(true);
    tapped.simulated.faults.thaw();
    await expect.poll(() => page.getByRole("status").isVisible(), { timeout: 30_000 }).toBe(false);
    expect(complaints).toEqual([]);
  });

  it("a page that was open when somebody signed out elsewhere goes to the sign-in", async () => {
    await signIn();
    await page.goto(`${rig.url}/cameras/front`);
    const other = await page.context().newPage();
    await other.goto(rig.url);
    await other.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${rig.url}/sign-in`);
    expect(complaints).toEqual([]);
  });

  it("a foreign page cannot open a socket to the console, signed in or not", async () => {
    await signIn();
    const address = `${rig.url.replace("http", "ws")}/cameras/front/live`;
    const foreign = await openConsoleRig([]);
    try {
      // The same computer, so cookies go along; only the port, and with it the origin, differs.
      await page.goto(foreign.url);
      const attempt = `new Promise((done) => {
        const socket = new WebSocket(${JSON.stringify(address)});
        socket.onopen = () => done("open");
        socket.onclose = ({ code }) => done(code);
      })`;
      const cdp = await page.context().newCDPSession(page);
      await cdp.send("Page.setBypassCSP", { enabled: true });
      await page.reload();
      expect(await page.evaluate(attempt)).toBe(1006);
      await page.goto(rig.url);
      expect(await page.evaluate(attempt)).toBe("open");
    } finally {
      await foreign[Symbol.asyncDispose]();
    }
  });
});
