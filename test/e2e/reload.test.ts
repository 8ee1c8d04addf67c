import { readFile, rename, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { startGstCamera } from "../fixtures/gst-camera";
import { limen } from "../fixtures/limen-program";
import { CAMERA_ACCOUNT, openSite, visitorsClip } from "../fixtures/site";

it("a saved file takes hold without anybody at a door noticing, a bad one changes nothing, and what must open anew does", async () => {
  const { mp4 } = await visitorsClip();
  const { username, password } = CAMERA_ACCOUNT;
  await using camera = await startGstCamera({ file: mp4, user: username, password });
  await using site = await openSite(camera.url);
  await using daemon = site.startDaemon();
  const within = { timeout: 60_000, interval: 500 };
  const logged = (words: string): number => daemon.log().filter(({ msg }) => String(msg).includes(words)).length;
  const letIn = async (): Promise<number> =>
    (await site.decisions()).filter(
      ({ record, outcome }) => record.personId === site.ada && outcome?.actuation === "acked",
    ).length;
  await expect.poll(() => logged("limen is up"), within).toBe(1);
  const good = await readFile(site.configFile, "utf8");
  /** In one step, so that nobody reads half of it. */
  const save = async (text: string): Promise<void> => {
    await writeFile(`${site.configFile}.new`, text, { mode: 0o600 });
    await rename(`${site.configFile}.new`, site.configFile);
  };

  // Reloads without end while somebody walks up: each another number of refusals, which concerns every door's next decision.
  const storm = new AbortController();
  const storming = (async () => {
    for (let n = 3; !storm.signal.aborted; n = n === 9 ? 3 : n + 1) {
      await save(`${good}policy: { lock_out: { refusals: ${n} } }\n`);
      daemon.signal("SIGHUP");
      await delay(150);
    }
  })();
  await expect.poll(letIn, within).toBeGreaterThan(0);
  storm.abort();
  await storming;
  expect(logged("policy.lock_out.refusals")).toBeGreaterThan(3);
  expect(logged("limen is up")).toBe(1);

  // A bad file: said once, nothing changes, and the status tells.
  await save(good.replace("collection: staff", "colection: staff"));
  await expect.poll(() => logged("has a fault"), within).toBe(1);
  daemon.signal("SIGHUP");
  await delay(500);
  expect(logged("has a fault")).toBe(1);
  const status = await limen(["status", "--config", site.configFile]);
  expect(status.code).not.toBe(0);

  // Saved, and no signal: the mode holds from the next visit on.
  await save(good.replace("mode: normal", "mode: shadow"));
  await expect.poll(() => logged("configuration: ~ doors.front.mode: normal -> shadow (at once)"), within).toBe(1);
  const shadowed = async () =>
    (await site.decisions()).filter(({ record }) => record.situation.door !== undefined).at(-1);
  await expect.poll(async () => JSON.stringify(await shadowed()).includes('"mode":"shadow"'), within).toBe(true);
  const plan = await limen(["check", "--against-running", "--config", site.configFile]);
  expect(plan.out).toContain("nothing has changed");

  // The pulse belongs to the controller, which alone opens anew; how to search belongs to everybody. The door works as before after both.
  let before = await letIn();
  const shorter = good.replace(/pulse: \d+ms/, "pulse: 700ms");
  await save(shorter);
  await expect.poll(() => logged("taken into use: door front"), within).toBe(1);
  await expect.poll(letIn, within).toBeGreaterThan(before);
  expect(logged("limen is up")).toBe(1);
  before = await letIn();
  await save(`${shorter}search: { mode: FAST }\n`);
  await expect.poll(() => logged("limen is up"), within).toBe(2);
  await expect.poll(letIn, within).toBeGreaterThan(before);

  daemon.signal("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
}, 240_000);
