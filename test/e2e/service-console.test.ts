import { stderr } from "node:process";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openServicedHouse, type ServicedHouse } from "../fixtures/serviced-house";
import { noSystemdBox } from "../fixtures/systemd-box";
import { until } from "../fixtures/until";

/** What the console may change of a service, by default and when its administrator allows it, under a real systemd. */
const whyNot = await noSystemdBox();
if (whyNot !== null) stderr.write(`not tested: the console of the service under systemd: ${whyNot}\n`);

const LONG_MS = 150_000;
const FILE = "/etc/limen/limen.yaml";
let house: ServicedHouse;

const sh = async (script: string): Promise<string> => (await house.box.shell(script)).out;
const file = (): Promise<string> => sh(`cat ${FILE}`);
/** Folder, file and credentials: whose they are. */
const rights = (): Promise<string> => sh(`stat -c '%U:%G %a' /etc/limen ${FILE} /etc/limen/credentials`);
const SAFE = "root:limen 750\nroot:limen 640\nroot:limen 750\n";
const WRITABLE = "root:limen 1770\nlimen:limen 640\nroot:limen 750\n";
interface Status {
  readonly doors: Readonly<Record<string, { readonly mode: string }>>;
  readonly cameras: Readonly<Record<string, { readonly state: string }>>;
}
const status = async (): Promise<Status | null> => {
  const { out } = await house.limen("status", "--json");
  return out.trim() === "" ? null : (JSON.parse(out) as Status | null);
};
const isUp = async (): Promise<boolean> => (await house.get("/healthz")).status === 200;
const doorIs = (mode: string): Promise<void> =>
  until(`the door to be in mode ${mode}`, async () => (await status())?.doors["front"]?.mode === mode, LONG_MS);
const cameraComes = (id: string): Promise<void> =>
  until(`pictures of ${id}`, async () => (await status())?.cameras[id]?.state === "streaming", LONG_MS);
const setMode = (mode: string): ReturnType<ServicedHouse["send"]> =>
  house.send("/doors/front/mode", { mode, anyway: "yes" });
/** A script as the service's user: within the service's own view of the disk, or outside it. */
const asLimen = async (where: "inside" | "outside", script: string): Promise<number> => {
  const pid = await house.property("MainPID");
  const view = where === "inside" ? ["nsenter", "-t", pid, "-m", "--"] : ["env"];
  const user = ["setpriv", "--reuid", "limen", "--regid", "limen", "--init-groups", "sh", "-c", script];
  const [command = "", ...args] = [...view, ...user];
  return (await house.box.run(command, ...args)).code;
};

describe("the console of the service", () => {
  beforeAll(async () => {
    if (whyNot !== null) return;
    house = await openServicedHouse();
    expect((await house.install("--no-start")).code).toBe(0);
    await house.furnish();
    const installed = await house.install();
    expect([installed.code, installed.err]).toEqual([0, expect.stringContaining("running")]);
    await until("the console to answer", isUp, LONG_MS);
  }, LONG_MS);
  beforeEach(({ skip }) => {
    if (whyNot !== null) skip(whyNot);
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  it(
    "may change nothing at first: it says what would allow it, and the files stay as they are",
    async () => {
      const before = await file();
      for (const refused of [
        await setMode("shadow"),
        await house.send("/doors/front/threshold", { score: "0.9" }),
        await house.send("/cameras", { id: "porch", address: "10.99.0.1", username: "limen", password: "any" }),
      ]) {
        expect(refused.status).toBe(400);
        expect(refused.text).toContain("this account may not write it");
        expect(refused.text).toContain("sudo scripts/install-service --console-writes");
      }
      expect(await file()).toBe(before);
      expect(await rights()).toBe(SAFE);
      expect(await sh("ls -A /etc/limen")).toBe("credentials\nlimen.schema.json\nlimen.yaml\n");
      expect((await status())?.doors["front"]?.mode).toBe("normal");
    },
    LONG_MS,
  );

  it(
    "changes modes once it is allowed to, and they hold over a restart and an upgrade",
    async () => {
      for (const _ of ["the first time", "once more"]) {
        const allowed = await house.install("--console-writes");
        expect([allowed.code, allowed.err]).toEqual([0, expect.stringContaining("the console may change")]);
        expect(await rights()).toBe(WRITABLE);
      }
      await until("the console to answer", isUp, LONG_MS);
      const before = await file();
      expect(await setMode("shadow")).toMatchObject({ status: 303, to: "/doors/front?done=yes" });
      expect(await file()).toBe(before.replace("mode: normal", "mode: shadow"));
      await doorIs("shadow");
      expect((await house.systemctl("restart", "limen")).code).toBe(0);
      await doorIs("shadow");
      await until("the console to answer", isUp, LONG_MS);
      expect((await setMode("normal")).status).toBe(303);
      await doorIs("normal");
      const again = await house.install();
      expect([again.code, again.err]).toEqual([0, expect.stringContaining("running")]);
      expect(await rights()).toBe(WRITABLE);
      await until("the console to answer", isUp, LONG_MS);
      expect((await setMode("shadow")).status).toBe(303);
      await doorIs("shadow");
      // At the command line, too, nothing is then written as root.
      const armed = await house.limen("arm", "--door", "front", "--yes", "--anyway");
      expect([armed.code, armed.err]).toEqual([0, ""]);
      expect(await rights()).toBe(WRITABLE);
      await doorIs("normal");
    },
    LONG_MS,
  );

  it(
    "then has a command line with no more rights than its own: it reads a photo that is its own, not root's",
    async () => {
      const add = (photo: string) => house.limen("people", "add", "--name", "Ada", photo);
      const refused = await add("/srv/photos/ada.jpg");
      expect([refused.code, refused.err]).toEqual([7, expect.stringContaining("/srv/photos/ada.jpg")]);
      await sh("install -o limen /srv/photos/ada.jpg /var/lib/limen/");
      const added = await add("/var/lib/limen/ada.jpg");
      expect([added.code, added.err]).toEqual([0, expect.any(String)]);
      await sh("rm /var/lib/limen/ada.jpg");
    },
    LONG_MS,
  );

  it(
    "takes a camera into use whose password no credential brings, beside those that are credentials",
    async () => {
      const { front_camera: password = "" } = house.secrets;
      const endpoint = /onvif: "([^"]+)"/.exec(await file())?.[1] ?? "";
      const taken = await house.send("/cameras", { id: "porch", address: endpoint, username: "limen", password });
      expect(taken).toMatchObject({ status: 303, to: "/cameras?done=yes" });
      expect(await sh("stat -c '%U:%G %a' /etc/limen/secrets.yaml")).toBe("limen:limen 600\n");
      await cameraComes("porch");
      expect(await house.journal()).not.toContain(password);
    },
    LONG_MS,
  );

  it(
    "gets nowhere near the credentials, the program or the unit: not by writing, renaming or exchanging",
    async () => {
      const before = await sh("cd /etc/limen && ls -lA credentials && sha256sum credentials/* limen.schema.json");
      const attempts = [
        "echo x > /etc/limen/credentials/console",
        "touch /etc/limen/credentials/new",
        "mv /etc/limen/credentials /etc/limen/aside",
        "rm -f /etc/limen/limen.schema.json",
        "touch /opt/limen/app/new",
        "touch /etc/systemd/system/limen.service.d/new.conf",
      ];
      for (const attempt of attempts)
        for (const where of ["inside", "outside"] as const)
          expect([attempt, where, (await asLimen(where, attempt)) === 0]).toEqual([attempt, where, false]);
      // The measure can fail: this is what it may.
      expect(await asLimen("inside", "touch /etc/limen/own && rm /etc/limen/own")).toBe(0);
      expect(await sh("cd /etc/limen && ls -lA credentials && sha256sum credentials/* limen.schema.json")).toBe(before);
    },
    LONG_MS,
  );

  it(
    "is not followed where it put a link in its file's place: nothing else is handed over",
    async () => {
      const shadow = await sh("stat -c '%U:%G %a' /etc/shadow");
      await sh(`cp -p ${FILE} /srv/limen.yaml`);
      expect(await asLimen("outside", `ln -sf /etc/shadow ${FILE}`)).toBe(0);
      for (const option of ["--no-console-writes", "--console-writes"]) {
        const refused = await house.install(option);
        expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("is a link")]);
      }
      expect(await sh("stat -c '%U:%G %a' /etc/shadow")).toBe(shadow);
      await sh(`rm ${FILE}; cp -p /srv/limen.yaml ${FILE}`);
    },
    LONG_MS,
  );

  it(
    "may change nothing again when that is taken back, and what it did goes on",
    async () => {
      expect((await house.install("--no-console-writes")).code).toBe(0);
      expect((await house.systemctl("start", "limen")).code).toBe(0);
      await until("the console to answer", isUp, LONG_MS);
      expect(await rights()).toBe(SAFE);
      expect(await sh("stat -c '%U:%G %a' /etc/limen/secrets.yaml; ls /etc/systemd/system/limen.service.d")).toBe(
        "limen:limen 400\ncredentials.conf\n",
      );
      const before = await file();
      const refused = await setMode("shadow");
      expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("--console-writes")]);
      expect(await file()).toBe(before);
      await cameraComes("porch");
      expect((await status())?.doors["front"]?.mode).toBe("normal");
    },
    LONG_MS,
  );
});
