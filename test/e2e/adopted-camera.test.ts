import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath, stderr } from "node:process";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { expect, it } from "vitest";
import type { CameraSettingsInput } from "#demo/camera/settings";
import { openBrowser } from "../fixtures/browser";
import { startLimen } from "../fixtures/limen-program";
import { noOwnNetwork, type OwnNetwork, openOwnNetwork } from "../fixtures/own-network";
import { visitorsClip } from "../fixtures/site";
import { until } from "../fixtures/until";

const whyNot = await noOwnNetwork();
if (whyNot !== null) stderr.write(`not tested: a camera found by the console: ${whyNot}\n`);

const CAMERA_PROGRAM = fileURLToPath(new URL("../../dist/demo/camera-program.js", import.meta.url));
const CONSOLE = "http://127.0.0.1:8481";
const PASSWORD = "open sesame, please";
const ACCOUNT = { username: "limen", password: "p@ss:w/rd#1?" };
const ENDPOINT = "urn:uuid:6f1d0c3a-52b4-4f0e-9a37-1f0f4ad0c002";

/** A house whose only camera is not there any more, and whose door nobody answers for: what is tried needs neither. */
const CONFIG = `# What its owner wrote stays as it is.
site: { name: House, time_zone: Europe/Berlin, data_dir: data }
cameras:
  gone: { rtsp: "rtsp://127.0.0.1:9/none" }   # taken down
doors:
  front: { camera: gone, collection: staff, controller: { profile: limen_native, key: !secret front_door } }
http: { password: !secret console }
`;

/** The simulated camera, as a program of its own in that network, which answers searches there. */
async function startCamera(network: OwnNetwork, clip: string): Promise<{ readonly address: string } & AsyncDisposable> {
  const settings: CameraSettingsInput = {
    ...ACCOUNT,
    ...{ clip, name: "Porch eye", host: "10.99.0.1", discovery: ["10.99.0.1"], endpoint: ENDPOINT },
  };
  const [command = "", ...args] = [...network.enter, execPath, CAMERA_PROGRAM];
  const child: ChildProcess = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  let said = "";
  child.stdout?.on("data", (data) => {
    said += String(data);
  });
  child.stdin?.end(JSON.stringify(settings));
  await until("the camera to be ready", () => said.includes("\n"), 20_000);
  return {
    address: new URL((JSON.parse(said) as { onvif: string }).onvif).host,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** How much there is to see in the live picture, and its pixels. */
async function seen(page: Page): Promise<{ readonly spread: number; readonly pixels: Buffer }> {
  const png = await page.locator(".screen.large").screenshot();
  const { channels } = await sharp(png).greyscale().stats();
  return { spread: channels[0]?.stdev ?? 0, pixels: await sharp(png).raw().toBuffer() };
}

it("a camera that the console's search finds is taken into use with its password, and its live picture comes", async ({
  skip,
}) => {
  if (whyNot !== null) skip(whyNot);
  const { file: clip } = await visitorsClip();
  const folder = await mkdtemp(join(tmpdir(), "limen-adopted-"));
  try {
    const configFile = join(folder, "limen.yaml");
    const secretsFile = join(folder, "secrets.yaml");
    const secrets = `front_door: "${randomBytes(32).toString("hex")}"\nconsole: "${PASSWORD}"\n`;
    await writeFile(configFile, CONFIG);
    await writeFile(secretsFile, secrets, { mode: 0o600 });

    // Daemon, camera and browser are in a network where nothing else is, and find each other there as they would at home.
    await using network = await openOwnNetwork();
    await using camera = await startCamera(network, clip);
    await using daemon = startLimen(["run", "--config", configFile], {}, folder, network.enter);
    await until("the console answers", () => daemon.out().includes("the console answers"), 60_000);
    const chromium = join(folder, "chromium");
    await writeFile(chromium, `#!/bin/sh\nexec ${network.enter.join(" ")} /usr/bin/chromium "$@"\n`, { mode: 0o755 });
    await using browser = await openBrowser(chromium);
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    page.setDefaultTimeout(30_000);
    await page.goto(CONSOLE);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Cameras", exact: true }).click();

    const search = page.getByRole("button", { name: "Look for cameras on the network" });
    await search.click();
    const found = page.locator(".card", { hasText: camera.address });
    await found.getByRole("heading").getByText("Porch eye").waitFor();
    expect(await readFile(configFile, "utf8")).toBe(CONFIG);

    await found.getByLabel("A short name for it").fill("porch");
    await found.getByLabel("User name").fill(ACCOUNT.username);
    await found.getByLabel("Password").fill(ACCOUNT.password);
    await found.getByRole("button", { name: "Use this camera" }).click();
    await page.getByText("It stands in the configuration now.").waitFor();
    const entry = `  porch: { onvif: "${ENDPOINT}", username: "limen", password: !secret porch_camera }\n`;
    expect(await readFile(configFile, "utf8")).toBe(CONFIG.replace("cameras:\n", `cameras:\n${entry}`));
    expect(await readFile(secretsFile, "utf8")).toBe(`${secrets}porch_camera: "${ACCOUNT.password}"\n`);
    expect((await stat(secretsFile)).mode & 0o777).toBe(0o600);

    // The daemon opens anew with it, finds it by its number, logs in, and shows it.
    const isLive = async (): Promise<boolean> => {
      await page.goto(CONSOLE).catch(() => null);
      return (await page.locator(".camera", { hasText: "porch" }).filter({ hasText: "live" }).count()) > 0;
    };
    await expect.poll(isLive, { timeout: 60_000, interval: 500 }).toBe(true);
    await page.locator(".camera", { hasText: "porch" }).getByRole("link").click();
    await page.locator(".screen.large:not(.blank) canvas.picture").waitFor();
    await expect.poll(async () => (await seen(page)).spread, { timeout: 20_000 }).toBeGreaterThan(20);
    const first = await seen(page);
    await expect.poll(async () => (await seen(page)).pixels.equals(first.pixels), { timeout: 20_000 }).toBe(false);

    // Looked for once more it is known, and not offered again.
    await page.getByRole("link", { name: "Cameras", exact: true }).click();
    await search.click();
    await page.locator(".rows li", { hasText: camera.address }).filter({ hasText: "porch" }).waitFor();
    await page.getByText("Every camera that answered is in use already.").waitFor();
    for (const secret of [PASSWORD, ACCOUNT.password]) expect(daemon.out() + daemon.err()).not.toContain(secret);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 240_000);
