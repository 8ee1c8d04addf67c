import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { childrenOf, isAlive } from "../fixtures/child-processes";
import { startGstCamera } from "../fixtures/gst-camera";
import { CAMERA_ACCOUNT, openSite, visitorsClip } from "../fixtures/site";

it("on a camera nobody here wrote, somebody enrolled from another photo is let in and a stranger is not", async () => {
  const { mp4 } = await visitorsClip();
  const { username, password } = CAMERA_ACCOUNT;
  await using camera = await startGstCamera({ file: mp4, user: username, password });
  await using site = await openSite(camera.url);
  await using daemon = site.startDaemon();

  const decided = async (result: string) => (await site.decisions()).filter(({ record }) => record.result === result);
  const reasons = async () => new Set((await site.decisions()).map(({ record }) => record.reason));
  const within = { timeout: 90_000, interval: 1000 };
  await expect.poll(reasons, within).toContain("ok");
  // On a busy machine the stranger may be seen too short a while, and comes again.
  await expect.poll(reasons, within).toContain("unknown_person");
  const grants = await decided("grant");
  expect(grants[0]).toMatchObject({ record: { reason: "ok", personId: site.ada }, outcome: { actuation: "acked" } });
  expect(new Set(grants.map(({ record }) => record.personId))).toEqual(new Set([site.ada]));
  expect(site.door.count("opened")).toBe(grants.filter(({ outcome }) => outcome?.actuation === "acked").length);

  // Nobody who can list processes, read the log or the configuration's folder listing learns a secret.
  const secrets = (await readFile(join(dirname(site.configFile), "secrets.yaml"), "utf8")).match(/"[^"]+"/g) ?? [];
  expect(secrets).toHaveLength(4);
  const children = childrenOf(daemon.pid);
  const seen = [daemon.out(), daemon.err(), ...children.map(({ startedWith }) => startedWith)].join("\n");
  expect(children.length).toBeGreaterThan(0);
  for (const secret of secrets) {
    const bare = secret.slice(1, -1);
    expect(seen).not.toContain(bare);
    expect(seen).not.toContain(encodeURIComponent(bare));
  }

  const asked = Date.now();
  daemon.signal("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
  expect(Date.now() - asked).toBeLessThan(10_000);
  expect(children.filter(({ pid }) => isAlive(pid))).toEqual([]);
  expect(await site.status()).toBeNull();
}, 240_000);
