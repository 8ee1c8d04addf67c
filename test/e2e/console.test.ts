import { appendFile, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { freePort } from "#demo/free-port";
import { METRICS } from "#ports/metrics";
import { openBrowser } from "../fixtures/browser";
import { childrenOf, isAlive } from "../fixtures/child-processes";
import { parseExposition } from "../fixtures/exposition";
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
  const secretsFile = join(dirname(site.configFile), "secrets.yaml");
  await appendFile(secretsFile, `console: "${PASSWORD}"\n`);
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

    // What programs are told: everything documented, and nobody's name, id, score or secret.
    const health = await fetch(`${url}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { alive: true, stuck: [] }]);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const text = await (await fetch(`${url}/metrics`)).text();
    const families = parseExposition(text);
    expect(families.map(({ name }) => name)).toEqual([...METRICS.keys()]);
    for (const { name, samples } of families) {
      const known = [...METRICS].find(([metric]) => metric === name)?.[1].labels ?? [];
      const labels = samples.flatMap((sample) => Object.keys(sample.labels).filter((label) => label !== "le"));
      expect(
        labels.filter((label) => !known.some((one) => one === label)),
        name,
      ).toEqual([]);
      // Words, codes and the names in the configuration: no number, no id.
      const values = samples.flatMap(({ labels: { le: _, ...rest } }) => Object.values(rest));
      expect(
        values.filter((value) => !/^([a-z_]+|LIMEN_[A-Z_]+)$/.test(value)),
        name,
      ).toEqual([]);
    }
    const granted = families.find(({ name }) => name === "limen_decisions_total")?.samples;
    expect(granted?.map(({ labels }) => labels)).toContainEqual({ door: "front", result: "grant", reason: "ok" });
    const secrets = [...(await readFile(secretsFile, "utf8")).matchAll(/: "(.+)"$/gm)].map(([, value]) => value ?? "");
    expect(secrets.length).toBeGreaterThanOrEqual(4);
    for (const hidden of ["Ada", site.ada, ...secrets]) expect(text).not.toContain(hidden);

    const children = childrenOf(daemon.pid);
    daemon.signal("SIGTERM");
    expect((await daemon.ended).code).toBe(0);
    expect(children.filter(({ pid }) => isAlive(pid))).toEqual([]);
    // Names are for people who have signed in, not for the log; secrets and what a face looks like are for nobody.
    const log = daemon.out() + daemon.err();
    for (const hidden of ["Ada", ...secrets]) expect(log).not.toContain(hidden);
    expect(log).not.toMatch(/template|embedding|\[(-?\d[\d.e-]*,\s*){15}|data:image|\/9j\//);
  } finally {
    await browser.close();
  }
}, 150_000);
