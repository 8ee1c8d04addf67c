import { stderr } from "node:process";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openServicedHouse, type ServicedHouse } from "../fixtures/serviced-house";
import { noSystemdBox } from "../fixtures/systemd-box";
import { until } from "../fixtures/until";

/** The shipped unit under a real systemd, the machine's own, booted in namespaces. */
const whyNot = await noSystemdBox();
if (whyNot !== null) stderr.write(`not tested: the service under systemd: ${whyNot}\n`);

const LONG_MS = 150_000;
const WATCHDOG_SECONDS = 5;
let house: ServicedHouse;

const isActive = async (): Promise<boolean> => (await house.property("ActiveState")) === "active";
const mainPid = (): Promise<string> => house.property("MainPID");
const isReady = async (): Promise<boolean> => (await house.get("/readyz")).status === 200;

describe("the service", () => {
  beforeAll(async () => {
    if (whyNot === null) house = await openServicedHouse();
  }, LONG_MS);
  beforeEach(({ skip }) => {
    if (whyNot !== null) skip(whyNot);
  });
  afterAll(() => house?.[Symbol.asyncDispose]());

  it(
    "is installed with a first configuration, and not started before that is good",
    async () => {
      const first = await house.install();
      expect([first.code, first.err]).toEqual([
        0,
        expect.stringContaining("not started: the configuration is not good yet"),
      ]);
      expect(await isActive()).toBe(false);
      const check = await house.limen("check");
      expect([check.code, check.err]).toEqual([3, expect.stringContaining("/etc/limen/credentials/front_camera")]);
      expect((await house.box.shell("stat -c '%U:%G %a' /etc/limen /etc/limen/limen.yaml /var/lib/limen")).out).toBe(
        "root:limen 750\nroot:limen 640\nlimen:limen 700\n",
      );
    },
    LONG_MS,
  );

  it(
    "starts once the configuration is good, is ready, and lets Ada in: camera found by search, door opened, decision recorded",
    async () => {
      await house.furnish();
      // Half a minute less to wait for, below.
      await house.box.shell(`mkdir -p /run/systemd/system/limen.service.d
        printf '[Service]\\nWatchdogSec=${WATCHDOG_SECONDS}\\n' >/run/systemd/system/limen.service.d/quick.conf`);
      const added = await house.limen("people", "add", "--name", "Ada", "/srv/photos/ada.jpg");
      expect([added.code, added.err]).toEqual([0, expect.any(String)]);
      const installed = await house.install();
      expect([installed.code, installed.err]).toEqual([0, expect.stringContaining("running")]);
      expect(await isActive()).toBe(true);
      await until("the service to be ready", isReady, LONG_MS);
      await until("the door to open", async () => (await house.doorEvents("opened")) > 0, LONG_MS);
      const decisions = (await house.limen("decisions", "--json")).out;
      expect(decisions).toMatch(/"actuation":"acked"/);
      // Said every two seconds, so that the door may have opened before.
      await until("systemd to be told", async () => (await house.property("StatusText")) === "ready", 15_000);
      expect((await house.get("/healthz")).text).toBe('{"alive":true,"stuck":[]}');
      // No secret on the way: journal, command lines and environments.
      const seen = `${await house.journal()}${(await house.box.shell("cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ")).out}`;
      for (const secret of Object.values(house.secrets)) expect(seen).not.toContain(secret);
    },
    LONG_MS,
  );

  it("runs as a user of its own who may do next to nothing, on files that are its own", async () => {
    const status = (await house.box.shell(`cat /proc/${await mainPid()}/status`)).out;
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    for (const kind of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
      expect(status).toMatch(new RegExp(`^${kind}:\t0{16}$`, "m"));
    expect((await house.box.shell("find /var/lib/limen ! -user limen -o -perm /077")).out).toBe("");
    expect(await house.property("NotifyAccess")).toBe("main");
    // Nothing of the machine's people is in reach, and what holds the program cannot be written.
    const inside = await house.box.shell(
      `nsenter -t ${await mainPid()} -m -- sh -c 'ls /root; touch /opt/limen/app/x /etc/limen/x'`,
    );
    expect([inside.code === 0, inside.out]).toEqual([false, ""]);
  });

  it(
    "takes a changed configuration into use by `systemctl reload`, in the same process, and leaves a bad one alone",
    async () => {
      const { box } = house;
      const before = await mainPid();
      const file = "/etc/limen/limen.yaml";
      await box.shell(`cp ${file} /srv/limen.yaml; echo 'policy: { margin: 0.09 }' >>${file}`);
      expect((await house.systemctl("reload", "limen")).code).toBe(0);
      await until("it to be said", async () => (await house.journal()).includes("policy.margin"), LONG_MS);
      await box.shell(`echo 'polcy: {}' >>${file}`);
      expect((await house.systemctl("reload", "limen")).code).toBe(0);
      await until("its fault to be said", async () => (await house.journal()).includes("polcy"), LONG_MS);
      await box.shell(`cat /srv/limen.yaml >${file}`);
      await until("it to be good", async () => (await house.journal()).includes("good again"), LONG_MS);
      expect([await isActive(), await mainPid()]).toEqual([true, before]);
    },
    LONG_MS,
  );

  it("believes nobody else's word that it is alive", async () => {
    await house.box.run(
      "setpriv",
      "--reuid=limen",
      "--regid=limen",
      "--clear-groups",
      "env",
      "NOTIFY_SOCKET=/run/systemd/notify",
      "systemd-notify",
      "--no-block",
      "--status=forged",
    );
    expect(await house.property("StatusText")).not.toBe("forged");
  });

  it(
    "is kept by the kernel from every network but this computer's and private ones",
    async () => {
      const { box } = house;
      // A server on all addresses, one of which is none of a private network; and callers under the same rules as the service.
      const listen = `require("node:net").createServer((socket) => socket.destroy()).listen(8099, "0.0.0.0", () => console.log("up"))`;
      await box.start("server", "", "/opt/limen/node", "-e", listen);
      await until(
        "the server to listen",
        async () => (await box.shell("cat /run/server.log")).out.includes("up"),
        LONG_MS,
      );
      await box.shell(`ip addr add 198.51.100.1/24 dev lo
      { printf '[Service]\\nType=oneshot\\nTimeoutStartSec=5\\nExecStart=/bin/bash -c "exec 3<>/dev/tcp/%%i/8099"\\n'
        grep ^IPAddress /etc/systemd/system/limen.service; } >/run/systemd/system/call@.service
      systemctl daemon-reload`);
      const call = async (address: string): Promise<boolean> =>
        (await house.systemctl("start", `call@${address}`)).code === 0;
      expect([await call("127.0.0.1"), await call("10.99.0.1"), await call("198.51.100.1")]).toEqual([
        true,
        true,
        false,
      ]);
      await box.shell("sed -i '/^IPAddress/d' /run/systemd/system/call@.service; systemctl daemon-reload");
      expect(await call("198.51.100.1")).toBe(true);
    },
    LONG_MS,
  );

  it(
    "is killed by its watchdog when it hangs, and started again",
    async () => {
      // Fed: it has lived through two of its periods already, or does now.
      const upSince = Number(await house.property("ActiveEnterTimestampMonotonic")) / 1e6;
      const uptime = async (): Promise<number> => Number((await house.box.shell("cat /proc/uptime")).out.split(" ")[0]);
      await until("two periods to be over", async () => (await uptime()) - upSince > 2 * WATCHDOG_SECONDS, LONG_MS);
      expect([await isActive(), await house.property("NRestarts")]).toEqual([true, "0"]);
      const before = await mainPid();
      await house.box.run("kill", "-STOP", before);
      await until("another process", async () => (await isActive()) && (await mainPid()) !== before, LONG_MS);
      expect(await house.journal()).toMatch(/watchdog timeout/i);
    },
    LONG_MS,
  );

  it(
    "is started again when it is killed",
    async () => {
      const before = await mainPid();
      await house.box.run("kill", "-KILL", before);
      await until("another process", async () => (await isActive()) && (await mainPid()) !== before, LONG_MS);
      await until("the service to be ready", isReady, LONG_MS);
    },
    LONG_MS,
  );

  it(
    "is backed up while it runs, and restored with its people and decisions",
    async () => {
      const people = async () => (await house.limen("people", "list", "--json")).out;
      const made = await house.limen("backup", "/srv/limen-backup.db");
      expect([made.code, made.out]).toEqual([0, expect.stringMatching(/1 people, [1-9]\d* decisions/)]);
      expect((await house.box.shell("stat -c %a /srv/limen-backup.db")).out).toBe("600\n");
      expect((await house.limen("backup", "/srv/limen-backup.db")).err).toContain("is there already");
      const count = Number(/(\d+) decisions/.exec(made.out)?.[1]);
      const before = await people();
      expect(before).toContain("Ada");
      const restored = await house.box.shell(`set -e
      systemctl stop limen
      rm -f /var/lib/limen/limen.db /var/lib/limen/limen.db-wal /var/lib/limen/limen.db-shm
      install -o limen -g limen -m 600 /srv/limen-backup.db /var/lib/limen/limen.db`);
      expect([restored.code, restored.err]).toEqual([0, ""]);
      expect(await people()).toBe(before);
      const decisions = (await house.limen("decisions", "--json", "--limit", "1000")).out.trim().split("\n");
      expect(decisions).toHaveLength(count);
      expect((await house.systemctl("start", "limen")).code).toBe(0);
      await until("the service to be ready", isReady, LONG_MS);
    },
    LONG_MS,
  );

  it(
    "is brought up to date while it runs: a backup first, its configuration untouched",
    async () => {
      const before = await mainPid();
      const config = async () =>
        (await house.box.shell("sha256sum /etc/limen/limen.yaml /etc/limen/credentials/*")).out;
      const was = await config();
      const again = await house.install();
      expect([again.code, again.err]).toEqual([0, expect.stringContaining("running")]);
      expect(await mainPid()).not.toBe(before);
      expect(await config()).toBe(was);
      expect((await house.box.shell("ls /var/backups/limen")).out).toMatch(/^before-[\d.]+-\d{8}-\d{6}\.db$/m);
      expect((await house.box.shell("ls /opt/limen")).out.split("\n").filter(Boolean)).toEqual([
        "app",
        "app.old",
        "node",
        "share",
      ]);
      // And back, as the documentation says.
      const back = await house.box.shell(`set -e
        systemctl stop limen
        rm -rf /opt/limen/app && mv /opt/limen/app.old /opt/limen/app
        systemctl start limen`);
      expect([back.code, back.err, await isActive()]).toEqual([0, "", true]);
    },
    LONG_MS,
  );

  it(
    "stops cleanly, with its children, keeps its data and leaves no secret behind",
    async () => {
      const began = Date.now();
      expect((await house.systemctl("stop", "limen")).code).toBe(0);
      expect(Date.now() - began).toBeLessThan(15_000);
      expect([await house.property("Result"), await house.property("ExecMainStatus")]).toEqual(["success", "0"]);
      expect((await house.box.shell("pgrep -u limen -a")).out).toBe("");
      expect(
        (await house.box.shell("ls /run/credentials/limen.service 2>&1; test -s /var/lib/limen/limen.db && echo kept"))
          .out,
      ).toMatch(/No such file[^\n]*\nkept/);
    },
    LONG_MS,
  );

  it(
    "says what is wrong when a secret is missing, and does not try again and again",
    async () => {
      await house.box.shell("mv /etc/limen/credentials/front_door /srv/");
      expect((await house.systemctl("start", "limen")).code).not.toBe(0);
      expect(await house.property("ExecMainStatus")).toBe("243");
      expect(await house.journal()).toMatch(/credential/i);
      // Handed over anew without it, the program itself says where it looked.
      await house.systemctl("stop", "limen");
      await house.install("--credentials");
      expect((await house.systemctl("start", "limen")).code).not.toBe(0);
      await until(
        "the service to have failed",
        async () => (await house.property("ActiveState")) === "failed",
        LONG_MS,
      );
      expect(await house.property("ExecMainStatus")).toBe("3");
      expect(await house.journal()).toMatch(
        /secret "front_door" was not found; looked in \/run\/credentials\/limen\.service\/front_door/,
      );
      await house.box.shell("mv /srv/front_door /etc/limen/credentials/");
      expect((await house.install("--credentials")).code).toBe(0);
      expect((await house.systemctl("start", "limen")).code).toBe(0);
    },
    LONG_MS,
  );

  it(
    "goes when it is told to: first the program alone, then everything",
    async () => {
      expect((await house.install("--uninstall")).code).toBe(0);
      const left = await house.box.shell(
        "ls -d /opt/limen /usr/local/bin/limen /etc/systemd/system/limen.service* /etc/limen/limen.yaml /var/lib/limen/limen.db 2>/dev/null",
      );
      expect(left.out).toBe("/etc/limen/limen.yaml\n/var/lib/limen/limen.db\n");
      expect((await house.systemctl("status", "limen")).code).toBe(4);
      expect((await house.install("--uninstall", "--purge")).code).toBe(0);
      expect(
        (await house.box.shell("ls -d /etc/limen /var/lib/limen /var/backups/limen; getent passwd limen")).out,
      ).toBe("");
    },
    LONG_MS,
  );
});
