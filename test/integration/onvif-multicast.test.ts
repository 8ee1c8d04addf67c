import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath, stderr } from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { transpileModule } from "typescript";
import { afterAll, beforeAll, expect, it } from "vitest";

/**
 * Real multicast, in a network of its own that ends with the test: nothing of it reaches the machine's networks. Its processes run
 * outside vitest, so the fixtures are translated for them.
 */
const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const FIXTURES = new URL("../fixtures/", import.meta.url);
const run = promisify(execFile);

/** lo is where the cameras are: it must be told that it carries multicast. */
const NETWORK = [
  "ip link set lo up",
  "ip link set lo multicast on",
  "ip addr add 10.99.0.1/24 dev lo",
  "ip addr add 10.99.0.2/24 dev lo",
  "ip addr add 10.99.0.3/24 dev lo",
  "ip route add 239.0.0.0/8 dev lo",
].join(" && ");

/** Two cameras and a liar; then `limen discover` for people and for programs, and once more with all of them silent. */
const SCENE = `
import { execFile } from "node:child_process";
import { answerXml, honest, matchXml, startResponder } from "./discovery-responder.mjs";
import { startOnvifDevice } from "./onvif-device.mjs";
const [main, folder] = process.argv.slice(2);
const group = "239.255.255.250";
const front = await startOnvifDevice({ host: "10.99.0.2", username: "limen", password: "right", streamUri: "rtsp://192.0.2.9:554/sub" });
const other = await startOnvifDevice({ host: "10.99.0.3", username: "limen", password: "else" });
const one = await startResponder({ host: "10.99.0.2", port: 3702, group });
const two = await startResponder({ host: "10.99.0.3", port: 3702, group });
const at = (d) => "http://" + d.host + ":" + d.port + "/onvif/device_service";
one.say(honest({ endpoint: "urn:uuid:front-camera", xaddrs: at(front) }));
two.say("junk", honest({ endpoint: "urn:uuid:liar", xaddrs: at(front) }), honest({ endpoint: "urn:uuid:other-camera", xaddrs: at(other) }));
const limen = (...args) => new Promise((resolve) =>
  execFile(process.execPath, [main, "discover", "--config", folder + "/limen.yaml", "--seconds", "1", ...args], (error, out, err) =>
    resolve({ code: error?.code ?? 0, out, err })));
const json = await limen("--json");
const table = await limen();
one.say();
two.say();
const empty = await limen();
console.log(JSON.stringify({ json, table, empty, otherAsked: other.asked, probes: one.probes }));
process.exit(0);
`;

const CONFIG = `cameras:
  front: { onvif: "urn:uuid:front-camera", username: limen, password: !secret front_camera }
doors:
  front: { camera: front, collection: staff, controller: { profile: limen_native, key: !secret front_door } }
`;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let folder: string;
let impossible: string | null = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "limen-multicast-"));
  for (const name of ["onvif-device", "discovery-responder"]) {
    const source = await readFile(new URL(`${name}.ts`, FIXTURES), "utf8");
    const options = { module: 99, target: 9 }; // ESNext, ES2022
    await writeFile(join(folder, `${name}.mjs`), transpileModule(source, { compilerOptions: options }).outputText);
  }
  await writeFile(join(folder, "scene.mjs"), SCENE);
  await writeFile(join(folder, "limen.yaml"), CONFIG);
  await writeFile(
    join(folder, "secrets.yaml"),
    `front_camera: right\nfront_door: ${randomBytes(32).toString("hex")}\n`,
    {
      mode: 0o600,
    },
  );
  impossible = await run("unshare", ["-n", "sh", "-c", NETWORK]).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message.split("\n").slice(0, 2).join(": ") : String(error)),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("limen discover finds cameras by multicast, tells liars from them, and logs in only where the configuration says", async ({
  skip,
}) => {
  if (impossible !== null) {
    const reason = `a network namespace with multicast cannot be made here (needs root, unshare and ip): ${impossible}`;
    stderr.write(`skipped: ${reason}\n`);
    skip(reason);
  }
  const scene = [execPath, join(folder, "scene.mjs"), MAIN, folder].map((word) => `'${word}'`).join(" ");
  const { stdout } = await run("unshare", ["-n", "sh", "-c", `${NETWORK} && exec ${scene}`], { timeout: 90_000 });
  const seen = JSON.parse(stdout) as {
    json: Ran;
    table: Ran;
    empty: Ran;
    otherAsked: { operation: string; hadLogin: boolean }[];
    probes: number;
  };

  expect(seen.json.code, seen.json.err).toBe(0);
  const { cameras, searched } = JSON.parse(seen.json.out) as {
    cameras: Record<string, unknown>[];
    searched: string[];
  };
  const byEndpoint = cameras.toSorted((a, b) => String(a["endpoint"]).localeCompare(String(b["endpoint"])));
  expect(byEndpoint).toMatchObject([
    { camera: "front", endpoint: "urn:uuid:front-camera", reach: "ready", problem: null },
    { camera: null, endpoint: "urn:uuid:other-camera", reach: "needs_password", streams: [] },
  ]);
  expect(byEndpoint[0]?.["streams"]).toMatchObject([
    { name: "main", width: 1920, chosen: false },
    { name: "sub", width: 640, codec: "H264", fps: 25, chosen: true },
  ]);
  expect(searched).toContain("lo 10.99.0.1/24");
  expect(seen.otherAsked.filter(({ hadLogin }) => hadLogin)).toEqual([]);
  expect(seen.probes).toBeGreaterThan(0);

  expect(seen.table.out).toMatch(/^front +Acme +Eye 3 +10\.99\.0\.2:\d+ +ready$/m);
  expect(seen.table.out).toMatch(/^Front door +- +Eye +10\.99\.0\.3:\d+ +needs password$/m);
  expect(seen.table.out).toContain("    onvif: urn:uuid:other-camera   # now at 10.99.0.3:");
  for (const { out, err } of [seen.json, seen.table, seen.empty]) expect(`${out}${err}`).not.toContain("right");

  expect(seen.empty.code).toBe(0);
  expect(seen.empty.out).toMatch(/^front .* urn:uuid:front-camera +silent$/m);
  expect(seen.empty.out).toContain("[LIMEN_CAMERA_UNREACHABLE]");
});
