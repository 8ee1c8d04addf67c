import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startGstCamera } from "../fixtures/gst-camera";
import { limen } from "../fixtures/limen-program";
import { openOutsider } from "../fixtures/outsider";
import { CAMERA_ACCOUNT, openSite, visitorsClip } from "../fixtures/site";

it("a threshold raised from afar lets nobody in, over a restart from afar and kill -9, until it is lowered again", async () => {
  const { mp4 } = await visitorsClip();
  const { username, password } = CAMERA_ACCOUNT;
  await using camera = await startGstCamera({ file: mp4, user: username, password });
  await using site = await openSite(camera.url);
  const within = { timeout: 60_000, interval: 500 };
  const text = await readFile(site.configFile, "utf8");
  const allowed = text.replace("    mode: normal\n", "    mode: normal\n    remote: { control: true }\n");
  await writeFile(site.configFile, `${allowed}remote: { control: true }\n`);
  await using home = await openOutsider(site.broker);
  const threshold = () => home.on("limen/threshold").at(-1)?.payload;
  const refusedAtOne = async (): Promise<number> =>
    (await site.decisions()).filter(({ record }) => record.reason === "below_threshold" && record.threshold === 1)
      .length;
  const opened = () => site.door.count("opened");
  const status = async () => (await limen(["status", "--config", site.configFile])).out;

  {
    await using daemon = site.startDaemon();
    const started = () => daemon.log().filter(({ msg }) => msg === "limen is up").length;
    await expect.poll(opened, within).toBeGreaterThan(0);
    expect(threshold()).toBe("0.500");
    await home.say("limen/door/front/test", "PRESS");
    const tested = () => JSON.parse(home.on("limen/door/front/tested").at(-1)?.payload ?? "null");
    await expect.poll(tested, within).toMatchObject({ ok: true, controller: "online" });

    await home.say("limen/threshold/set", "1");
    await expect.poll(threshold, within).toBe("1.000");
    const before = opened();
    await expect.poll(refusedAtOne, within).toBeGreaterThan(0);
    expect(opened()).toBe(before);
    expect(await status()).toContain("score 1.000 opens for staff");

    await home.say("limen/cmd/restart", "PRESS");
    await expect.poll(started, within).toBe(2);
    expect(opened()).toBe(before);
    daemon.signal("SIGKILL");
    await daemon.ended;
  }
  const before = opened();
  const soFar = await refusedAtOne();
  await using again = site.startDaemon();
  await expect.poll(refusedAtOne, within).toBeGreaterThan(soFar);
  expect(opened()).toBe(before);
  await home.say("limen/threshold/set", "0.5");
  await expect.poll(threshold, within).toBe("0.500");
  await expect.poll(opened, within).toBeGreaterThan(before);
  again.signal("SIGTERM");
  expect((await again.ended).code).toBe(0);
  expect(await readFile(join(site.configFile, "../data/threshold"), "utf8")).toBe("0.5\n");
}, 300_000);
