import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../fixtures/until";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const UNIT = join(ROOT, "systemd", "limen.service");
const LAUNCHER = join(ROOT, "systemd", "limen-launch");

describe("systemd/limen.service", () => {
  it("is no more exposed than 1.2 of 10", async () => {
    const { stdout } = await run("systemd-analyze", [
      "security",
      "--offline=true",
      "--threshold=12",
      "--no-pager",
      UNIT,
    ]);
    expect(stdout).toMatch(/Overall exposure level for limen\.service: \d\.\d/);
    const [, level] = /limen\.service: (\d+\.\d)/.exec(stdout) ?? [];
    expect(Number(level)).toBeLessThanOrEqual(1.2);
  });

  it("is not more exposed where the console may write the configuration", async () => {
    const folder = await mkdtemp(join(tmpdir(), "limen-unit-"));
    const level = async (): Promise<string | undefined> => {
      const { stdout } = await run("systemd-analyze", [
        "security",
        "--offline=true",
        "--no-pager",
        join(folder, "limen.service"),
      ]);
      return /limen\.service: (\d+\.\d)/.exec(stdout)?.[1];
    };
    try {
      await copyFile(UNIT, join(folder, "limen.service"));
      const alone = await level();
      const dropIns = join(folder, "limen.service.d");
      await mkdir(dropIns);
      await copyFile(join(ROOT, "systemd", "console-writes.conf"), join(dropIns, "console-writes.conf"));
      expect(await level()).toBe(alone);
      // What stands beside the unit counts: this would be seen.
      await writeFile(join(dropIns, "open.conf"), "[Service]\nProtectSystem=no\n");
      expect(Number(await level())).toBeGreaterThan(Number(alone));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("would be refused with less: the measure can fail", async () => {
    const strict = run("systemd-analyze", ["security", "--offline=true", "--threshold=2", "--no-pager", UNIT]);
    await expect(strict).rejects.toMatchObject({ code: 1 });
  });
});

/** Listens on an address as systemd does, and prints each message with the process it came from. */
const RECEIVER = `use Socket qw(AF_UNIX SOCK_DGRAM SOL_SOCKET pack_sockaddr_un); $| = 1;
my $address = $ARGV[0]; $address =~ s/^@/\\0/;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; bind($s, pack_sockaddr_un($address)) or die "bind: $!"; print "listening\\n";
while (defined recv($s, my $m, 4096, 0)) { print "$m\\n"; }`;

/** What Limen says of itself, with its own parts as they are built. */
const SPEAKER = `const { openSupervisor } = await import(process.argv[1]);
const supervisor = openSupervisor({ env: process.env, pid: process.pid });
if (supervisor === null) { console.log("null"); process.exit(0); }
supervisor.ready(); supervisor.says("two\\nlines " + "x".repeat(500)); supervisor.alive(); supervisor.stopping();
console.log(JSON.stringify({ pid: process.pid, watchdogMs: supervisor.watchdogMs }));`;

describe("the launcher", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "limen-notify-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const speak = (env: Record<string, string>) => {
    const speaker = [execPath, "--input-type=module", "-e", SPEAKER, join(ROOT, "dist/adapters/systemd/notify.js")];
    const child = execFile("perl", [LAUNCHER, ...speaker], { env: { ...process.env, ...env } });
    let out = "";
    child.stdout?.on("data", (data) => {
      out += String(data);
    });
    return { pid: child.pid, done: once(child, "close").then(([code]) => ({ code: Number(code), out: out.trim() })) };
  };

  it.each(["a file", "no file"])("passes on a socket whose address is %s, and stays the same process", async (kind) => {
    const address = kind === "a file" ? join(folder, "notify") : `@limen-test-${process.pid}`;
    const receiver = spawn("perl", ["-e", RECEIVER, address], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      let heard = "";
      receiver.stdout.on("data", (data) => {
        heard += String(data);
      });
      await until("the receiver to listen", () => heard.includes("listening"), 20_000);
      const speaker = speak({ NOTIFY_SOCKET: address, WATCHDOG_USEC: "30000000" });
      const { code, out } = await speaker.done;
      expect(code).toBe(0);
      expect(JSON.parse(out)).toEqual({ pid: speaker.pid, watchdogMs: 30_000 });
      await until("the last word", () => heard.includes("STOPPING=1"), 20_000);
      const [, ...words] = heard.trim().split("\n");
      expect(words).toEqual([
        "READY=1",
        expect.stringMatching(/^STATUS=two lines x{180,200}$/),
        "WATCHDOG=1",
        "STOPPING=1",
      ]);
    } finally {
      receiver.kill();
    }
  });

  it("takes no watchdog for its own that is meant for another process", async () => {
    const address = `@limen-other-${process.pid}`;
    const receiver = spawn("perl", ["-e", RECEIVER, address], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(receiver.stdout, "data");
      const { out } = await speak({ NOTIFY_SOCKET: address, WATCHDOG_USEC: "30000000", WATCHDOG_PID: "1" }).done;
      expect(JSON.parse(out)).toMatchObject({ watchdogMs: null });
    } finally {
      receiver.kill();
    }
  });

  it("starts the program all the same where nobody listens, which then knows it, or nobody is to", async () => {
    expect(await speak({ NOTIFY_SOCKET: join(folder, "nobody") }).done).toEqual({ code: 0, out: "null" });
    const { out } = await speak({ NOTIFY_SOCKET: "", LIMEN_NOTIFY_FD: "7" }).done;
    expect(JSON.parse(out)).toMatchObject({ watchdogMs: null });
  });

  it("says what it cannot start", async () => {
    await expect(run("perl", [LAUNCHER, join(folder, "missing")])).rejects.toMatchObject({
      stderr: expect.stringContaining("cannot start"),
    });
  });
});
