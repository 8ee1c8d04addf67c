import { appendFile, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { freePort } from "#demo/free-port";
import { seriousFindings } from "../fixtures/axe";
import { openBrowser } from "../fixtures/browser";
import { startGstCamera } from "../fixtures/gst-camera";
import { CAMERA_ACCOUNT, openSite, visitorsClip } from "../fixtures/site";

const PASSWORD = "open sesame, please";
const DAY_MS = 86_400_000;

it("an owner ends somebody's time in the console: the next visit is refused, and after it is taken away the one after opens", async () => {
  const { mp4 } = await visitorsClip();
  const { username, password } = CAMERA_ACCOUNT;
  await using camera = await startGstCamera({ file: mp4, user: username, password });
  await using site = await openSite(camera.url);
  const url = `http://127.0.0.1:${await freePort("127.0.0.1")}`;
  await appendFile(site.configFile, `# by hand\nhttp: { listen: "${new URL(url).host}", password: !secret console }\n`);
  await appendFile(join(dirname(site.configFile), "secrets.yaml"), `console: "${PASSWORD}"\n`);
  const before = await readFile(site.configFile, "utf8");
  await using daemon = site.startDaemon();
  const soon = { timeout: 90_000, interval: 500 };
  await expect.poll(() => daemon.out().includes("the console answers"), soon).toBe(true);

  /** How many of the decisions about Ada came out so. */
  const decided = async (reason: string): Promise<number> => {
    const all = await site.decisions();
    return all.filter(({ record }) => record.personId === site.ada && record.reason === reason).length;
  };
  await expect.poll(() => decided("ok"), soon).toBeGreaterThan(0);

  await using browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${page.url()}: ${message.text()}`);
  });
  await page.goto(url);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "People" }).click();
  await page.getByRole("link", { name: "Ada" }).click();
  await page.getByText("may pass", { exact: true }).waitFor();
  await page.getByText("Why, at front").click();
  await page.getByText("for ever").waitFor();
  expect(await seriousFindings(page)).toEqual([]);

  // Two days, so that the site's time zone does not matter.
  const yesterday = new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10);
  await page.getByLabel("Valid until").fill(yesterday);
  await page.getByRole("button", { name: "Save in the configuration" }).click();
  await page.getByText("It stands in the configuration now").waitFor();
  await page.getByText("refused", { exact: true }).waitFor();
  await page.getByText(/^may not use this door on this day at this hour \(until .* 00:00\)$/).waitFor();
  expect(await page.getByLabel("Valid until").inputValue()).toBe(yesterday);
  // Quoted where it begins with a digit.
  const entry = /^\d/.test(site.ada) ? `"${site.ada}"` : site.ada;
  expect(await readFile(site.configFile, "utf8")).toBe(
    `${before}persons: { ${entry}: { valid_until: ${yesterday} } }\n`,
  );
  expect(await seriousFindings(page)).toEqual([]);

  await expect.poll(() => decided("outside_schedule"), soon).toBeGreaterThan(0);
  const opened = await decided("ok");
  const moved = site.door.count("opened");

  await page.getByRole("button", { name: "Take all of it away" }).click();
  await page.getByText("It stands in the configuration now").waitFor();
  await page.getByText("may pass", { exact: true }).waitFor();
  expect(await readFile(site.configFile, "utf8")).toBe(`${before}persons: {}\n`);
  await expect.poll(() => decided("ok"), soon).toBeGreaterThan(opened);
  expect(site.door.count("opened")).toBeGreaterThan(moved);

  // All of it live: nothing was opened anew for it.
  expect(daemon.log().filter(({ msg }) => msg === "limen is up")).toHaveLength(1);
  expect(complaints).toEqual([]);
  daemon.signal("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
}, 300_000);
