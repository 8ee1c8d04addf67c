import { appendFile, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera } from "#demo/camera/simulated-camera";
import { freePort } from "#demo/free-port";
import { seriousFindings } from "../fixtures/axe";
import { openBrowser } from "../fixtures/browser";
import { limen } from "../fixtures/limen-program";
import { openOutsider } from "../fixtures/outsider";
import { CAMERA_ACCOUNT, openSite, visitorsClip } from "../fixtures/site";

const OWNER = "open sesame, please";
const OPERATOR = "ann's own twelve words";

it("an operator opens a door from the console where that is allowed, once, by name; a locked-down door does not open", async () => {
  const { file } = await visitorsClip();
  await using camera = await openSimulatedCamera({
    ...CAMERA_ACCOUNT,
    clip: await loadClip(file),
    fps: 20,
    startPaused: true,
  });
  await using site = await openSite(camera.url);
  const url = `http://127.0.0.1:${await freePort("127.0.0.1")}`;
  await appendFile(site.configFile, `http: { listen: "${new URL(url).host}", password: !secret console }\n`);
  await appendFile(join(dirname(site.configFile), "secrets.yaml"), `console: "${OWNER}"\n`);
  await using home = await openOutsider(site.broker);
  await using browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  page.setDefaultTimeout(30_000);
  const barriers: string[] = [];
  const look = async (): Promise<void> => {
    const found = await seriousFindings(page);
    barriers.push(...found.map((finding) => `${new URL(page.url()).pathname}: ${finding}`));
  };
  const signIn = async (name: string, password: string): Promise<void> => {
    await page.context().clearCookies();
    await page.goto(`${url}/sign-in`);
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${url}/`);
  };
  /** A form no page of the console has sent, with the session's cookie. */
  const handMade = async (path: string, form: Record<string, string> = {}) => {
    const answer = await page.request.post(url + path, { form, headers: { origin: url }, maxRedirects: 0 });
    return { status: answer.status(), text: await answer.text() };
  };
  const soon = { timeout: 60_000, interval: 300 };
  const availability = () => home.on("limen/door/front/availability").at(-1)?.payload;
  const events = async (): Promise<string> => (await limen(["decisions", "--events", "--config", site.configFile])).out;

  {
    await using daemon = site.startDaemon();
    await expect.poll(() => daemon.out().includes("the console answers"), soon).toBe(true);
    await expect.poll(availability, soon).toBe("online");
    await signIn("owner", OWNER);
    await page.goto(`${url}/doors/front`);
    await page.getByText("The door cannot be opened from here").waitFor();
    await look();
    await page.goto(`${url}/system`);
    const account = page.locator('form[action="/accounts"]');
    await account.getByLabel("Name").fill("ann");
    await account.getByLabel("Role").selectOption("operator");
    await account.getByLabel("Password").fill(OPERATOR);
    await account.getByRole("button").click();
    await page.getByText("Saved.").waitFor();

    await signIn("ann", OPERATOR);
    await page.goto(`${url}/doors/front`);
    await page.getByRole("heading", { name: "Last visits" }).waitFor();
    expect(await page.getByText(/open the door|cannot be opened/i).count()).toBe(0);
    const refused = await handMade("/doors/front/unlock", { slip: "A".repeat(22) });
    expect([refused.status, refused.text.includes("this door may not be opened from afar")]).toEqual([403, true]);
    await expect.poll(events, soon).toContain("refused: not_allowed, by console:ann");
    expect(site.door.count("opened")).toBe(0);
    daemon.signal("SIGTERM");
    expect((await daemon.ended).code).toBe(0);
  }

  const text = await readFile(site.configFile, "utf8");
  await writeFile(
    site.configFile,
    text.replace("    mode: normal\n", "    mode: normal\n    remote: { unlock: true, control: true }\n"),
  );
  await using daemon = site.startDaemon();
  await expect.poll(() => daemon.out().includes("the console answers"), soon).toBe(true);
  // The session outlives the restart. By the keyboard alone: the link, then the button.
  const online = async (): Promise<boolean> => {
    await page.goto(`${url}/doors/front`).catch(() => null);
    return page.getByText("controller online").isVisible();
  };
  await expect.poll(online, soon).toBe(true);
  await look();
  await page.getByRole("link", { name: "Open the door…" }).press("Enter");
  await page.getByRole("heading", { name: "Open front?" }).waitFor();
  await look();
  await page.getByRole("button", { name: "Open front now" }).dblclick();
  await page.getByText("The door was opened: its controller has released the lock.").waitFor();
  await look();
  expect(site.door.count("opened")).toBe(1);
  await page.reload();
  await page.getByText("The door was opened").waitFor();
  await page.goto(`${url}/decisions`);
  await page.getByText("(granted: ok, by console:ann: acked)").waitFor();
  await look();
  expect(await events()).toContain("granted: ok, by console:ann: acked");
  expect(home.on("limen/door/front/event").map(({ payload }) => JSON.parse(payload))).toContainEqual(
    expect.objectContaining({ event_type: "remote_unlock", by: "console:ann", actuated: "acked" }),
  );

  // Asked while it was allowed, pressed when it was locked down.
  await page.goto(`${url}/doors/front/unlock`);
  await home.say("limen/door/front/lockdown/set", "ON");
  await expect.poll(() => home.on("limen/door/front/lockdown").at(-1)?.payload, soon).toBe("ON");
  await page.getByRole("button", { name: "Open front now" }).click();
  await page.getByText("Nothing was opened: the door is locked down.").waitFor();
  await look();
  await page.goto(`${url}/doors/front`);
  await page.getByText("It cannot be opened from here now: the door is locked down.").waitFor();
  expect((await handMade("/doors/front/lockdown/end")).status).toBe(403);
  expect(await events()).toContain("refused: door_locked_down, by console:ann");

  await signIn("owner", OWNER);
  await page.goto(`${url}/doors/front`);
  await page.getByRole("button", { name: "End the lock-down" }).click();
  await page.getByText("The lock-down is over.").waitFor();
  await page.getByRole("button", { name: "Lock down front" }).click();
  await page.getByText("It is locked down: it opens for nobody.").waitFor();
  await expect.poll(() => home.on("limen/door/front/lockdown").at(-1)?.payload, soon).toBe("ON");
  await page.getByRole("button", { name: "End the lock-down" }).click();
  await page.getByText("The lock-down is over.").waitFor();
  await home.say("limen/door/front/shadow/set", "ON");
  await page.goto(`${url}/doors/front/unlock`);
  await expect
    .poll(async () => {
      await page.reload();
      return page.getByText("Nothing was opened: the door is in shadow").isVisible();
    }, soon)
    .toBe(true);
  const log = await events();
  expect(log).toContain("mode_changed: the door was put into another mode from afar (locked_down, by console:owner)");
  expect(log).toContain("(normal, by console:owner)");

  expect(site.door.count("opened")).toBe(1);
  expect(barriers).toEqual([]);
  daemon.signal("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
}, 240_000);
