import { execFile } from "node:child_process";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execPath } from "node:process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera } from "#demo/camera/simulated-camera";
import { freePort } from "#demo/free-port";
import { CAMERA_ACCOUNT, openSite, visitorsClip } from "../fixtures/site";
import { until } from "../fixtures/until";
import { destinationsIn, startWatchedDaemon } from "../fixtures/watched-daemon";

const placeOf = (address: string): string => {
  const { hostname, port } = new URL(address);
  return `${hostname} ${port}`;
};

it("the daemon calls nobody whom its configuration does not name, not while it starts, opens a door, loses its broker, or stops", async () => {
  const { file } = await visitorsClip();
  await using camera = await openSimulatedCamera({ ...CAMERA_ACCOUNT, clip: await loadClip(file), fps: 20 });
  await using site = await openSite(camera.url);
  // Everything that could want to call somebody is on: console, API, liveness.
  const port = await freePort("127.0.0.1");
  await appendFile(
    site.configFile,
    `http: { listen: "127.0.0.1:${port}", password: !secret console }
api: { listen: "127.0.0.1:${await freePort("127.0.0.1")}", tokens: { desk: { token: !secret engine, scopes: [search] } } }
policy: { liveness: monitor }
`,
  );
  await appendFile(join(site.configFile, "..", "secrets.yaml"), 'console: "open sesame, please"\n');
  const traceFile = join(site.directory, "trace");
  await using daemon = startWatchedDaemon(site.configFile, traceFile);
  await until("the door to open", () => site.door.count("opened") > 0, 120_000);
  await site.broker.stop("SIGKILL");
  await until("the loss to be noticed", () => daemon.out().includes("LIMEN_BROKER_OFFLINE"), 60_000);
  await site.broker.restart();
  await until("the broker to be back", () => daemon.out().includes("connected to the MQTT broker again"), 60_000);
  expect(await daemon.stop()).toBe(0);

  const { reached, odd } = destinationsIn(await readFile(traceFile, "utf8"));
  expect(odd).toEqual([]);
  expect([...reached].sort()).toEqual([placeOf(camera.url), placeOf(site.broker.url)].sort());
}, 240_000);

it("the watching sees a call that nobody may make", async () => {
  const script = `require("node:dgram").createSocket("udp4").send("x", 9, "127.0.0.1", () => {
    fetch("http://127.0.0.1:9/").catch(() => {}).then(() => require("node:net").connect(9, "::1").on("error", () => process.exit(0)));
  });`;
  const traced = ["-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg", execPath, "-e", script];
  const { stderr } = await promisify(execFile)("strace", traced);
  expect([...destinationsIn(stderr).reached].sort()).toEqual(["127.0.0.1 9", "::1 9"]);
}, 60_000);
