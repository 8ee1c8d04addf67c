// Takes the documentation's pictures of the console, from the demo's house: npm run screenshots [-- FOLDER].
// The demo's cameras show real people, and no picture of a person is to be kept: every picture of a camera or a face is blurred by the
// page's own style sheet before anything is painted, and a page on which one is not is not taken.
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { cacheDir } from "./cache-dir.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = process.argv[2] ?? join(ROOT, "docs", "pictures");
/** Two rounds of the demo's seven visitors. */
const VISITS = 14;
const VISITS_WITHIN_MS = 300_000;
const LET_IN_WITHIN_MS = 120_000;
/** From a decision until the frame round the face has its colour and the person its place. */
const DRAWN_MS = 600;
/** Enough for spots of colour without grain. */
const COLOURS = 160;

/**
 * About half as wide as a face is there: what is left is a spot of colour. Frames, names and words are drawn over it and stay sharp.
 * The ground is the grey of the demo's wall, so that the edge is none.
 */
const BLUR = `
.screen { background: #8f908c; }
img, video, canvas:not(.marks) { filter: blur(34px) !important; clip-path: inset(0); }
.camera img { filter: blur(28px) !important; }
img.face { filter: blur(14px) !important; clip-path: inset(0 round 0.6rem); }
`;

/** @typedef {{ url: string, password: string }} Console */

/** @param {import("node:child_process").ChildProcess} child */
async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGTERM");
  await ended;
}

/** Starts the demo; resolves once its console answers. @returns {Promise<{ child: import("node:child_process").ChildProcess, house: Console }>} */
async function startDemo() {
  const child = spawn(process.execPath, [join(ROOT, "dist", "main.js"), "demo"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    process.stdout.write(`${line}\n`);
    const [, url, password] = /(http:\/\/\S+) +\(name owner, password (\S+)\)/.exec(line) ?? [];
    if (url === undefined || password === undefined) continue;
    child.stdout.resume();
    return { child, house: { url, password } };
  }
  throw new Error("the demo ended before it had a console");
}

/** A second camera of the network, for the console to find where the network can be searched. */
function startCamera() {
  const child = spawn(process.execPath, [join(ROOT, "dist", "demo", "camera-program.js")], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  const clip = join(cacheDir(process.env), "demo", "clip-360p20.h264");
  const account = { username: "limen", password: "only for a picture" };
  child.stdin.end(JSON.stringify({ ...account, clip, name: "Garden gate", discovery: ["127.0.0.1"] }));
  return child;
}

/**
 * A page of the console, signed in.
 * @param {import("playwright-core").Browser} browser
 * @param {Console} house
 * @param {import("playwright-core").BrowserContextOptions} options
 */
async function signIn(browser, { url, password }, options) {
  const context = await browser.newContext({ ...options, locale: "en-GB" });
  await context.route("**/assets/console.css", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()) + BLUR });
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(url);
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${url}/`);
  return page;
}

/** @param {import("playwright-core").Page} page @param {string} name */
async function take(page, name) {
  const sharpOnes = await page.evaluate(
    `[...document.querySelectorAll("img, video, canvas:not(.marks)")]
      .filter((one) => !/blur\\(\\d\\d/.test(getComputedStyle(one).filter)).length`,
  );
  if (sharpOnes !== 0) throw new Error(`${name}: ${sharpOnes} pictures on the page are not blurred`);
  const png = await sharp(await page.screenshot())
    .png({ palette: true, colours: COLOURS, effort: 10 })
    .toBuffer();
  await writeFile(join(FOLDER, `${name}.png`), png);
  process.stdout.write(`${name}.png: ${Math.ceil(png.length / 1000)} KB\n`);
}

/** A door's page, at the moment somebody is let in. @param {import("playwright-core").Page} page @param {string} url */
async function whileLetIn(page, url) {
  await page.goto(`${url}/doors/front`);
  await page.locator(".screen.large:not(.blank)").waitFor();
  const newest = page.locator(".decisions li").first();
  const before = await newest.innerText();
  const giveUpAt = Date.now() + LET_IN_WITHIN_MS;
  while ((await newest.innerText()) === before || (await newest.getAttribute("class")) !== "grant") {
    if (Date.now() > giveUpAt) throw new Error("nobody was let in");
    await delay(50);
  }
  await delay(DRAWN_MS);
}

/** @param {import("playwright-core").Browser} browser @param {Console} house */
async function takeAll(browser, house) {
  const { url } = house;
  const page = await signIn(browser, house, { viewport: { width: 1280, height: 800 }, colorScheme: "light" });
  const giveUpAt = Date.now() + VISITS_WITHIN_MS;
  for (let visits = 0; visits < VISITS; ) {
    if (Date.now() > giveUpAt) throw new Error(`${visits} visits only`);
    await delay(2000);
    await page.goto(`${url}/decisions`);
    visits = await page.locator("tbody tr").count();
  }
  await take(page, "decisions");
  await page.locator("tr.grant").last().getByRole("link").click();
  await page.getByText("Pictures it rests on").waitFor();
  await take(page, "evidence");
  await page.goto(`${url}/people`);
  await take(page, "people");
  await page.goto(`${url}/cameras`);
  await page.getByRole("button", { name: "Look for cameras" }).click();
  await page.getByRole("heading", { name: "By its address" }).waitFor();
  await take(page, "cameras");
  await whileLetIn(page, url);
  await take(page, "door");
  await page.getByRole("slider").fill("0.9");
  await page.getByText(/of the last \d+ visits would come out otherwise/).waitFor();
  const toTop = "(heading) => { heading.scrollIntoView(); scrollBy(0, -16); }";
  await page.getByRole("heading", { name: "Threshold" }).evaluate(toTop);
  await take(page, "threshold");
  await page.goto(url);
  await page.locator(".camera .screen:not(.blank)").waitFor();
  await take(page, "overview");

  const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
  const small = await signIn(browser, house, { ...phone, colorScheme: "dark" });
  await small.locator(".camera .screen:not(.blank)").waitFor();
  await take(small, "phone-overview");
  await whileLetIn(small, url);
  await take(small, "phone-door");
}

await mkdir(FOLDER, { recursive: true });
const { child: demo, house } = await startDemo();
const camera = startCamera();
try {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"],
  });
  try {
    await takeAll(browser, house);
  } finally {
    await browser.close();
  }
} finally {
  await Promise.all([demo, camera].map(end));
}
