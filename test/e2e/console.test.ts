import { appendFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { freePort } from "#demo/free-port";
import { openBrowser } from "../fixtures/browser";
import { childrenOf, isAlive } from "../fixtures/child-processes";
import { startGstCamera } from "../fixtures/gst-camera";
import { CAMERA_ACCOUNT, openSite, visitorsClip } from "../fixtures/site";

const PASSWORD = "open sesame, please";

it("the daemon's console shows who comes to the door, live and by name, and stops with the daemon while somebody watches", async () => {
  const { mp4 } = await visitorsClip();
  const { username, password } = CAMERA_ACCOUNT;
  await using camera = await startGstCamera({ file: mp4, user: username, password });
  await using site = await openSite(camera.url);
  const url = `http://127.0.0.1:${await freePort("127.0.0.1")}`;
  await appendFile(site.configFile, `http: { listen: "${new URL(url).host}", password: !secret console }\n`);
  await appendFile(join(dirname(site.configFile), "secrets.yaml"), `console: "${PASSWORD}"\n`);
  await using daemon = site.startDaemon();
  await expect.poll(() => daemon.out().includes("the console answers"), { timeout: 60_000 }).toBe(true);

  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 720 } });
    page.setDefaultTimeout(60_000);
    await page.goto(url);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.locator(".camera", { hasText: "front" }).getByRole("link").click();
    await page.locator(".decisions").getByText("Ada").first().waitFor();
    await page.locator(".screen.large:not(.blank)").waitFor();
    const converters = childrenOf(daemon.pid).filter(({ startedWith }) => startedWith.includes("mpeg1video"));
    expect(converters).toHaveLength(1);

    const children = childrenOf(daemon.pid);
    daemon.signal("SIGTERM");
    expect((await daemon.ended).code).toBe(0);
    expect(children.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect(daemon.out() + daemon.err()).not.toContain(PASSWORD);
    // Names are for people who have signed in, not for the log.
    expect(daemon.out() + daemon.err()).not.toContain("Ada");
  } finally {
    await browser.close();
  }
}, 150_000);
