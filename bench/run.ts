import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { benchAccuracy } from "./accuracy.js";
import { benchApi } from "./api.js";
import { benchCameraCpu } from "./camera-cpu.js";
import { benchFaces } from "./faces.js";
import { benchFrameAge } from "./frame-age.js";
import { benchImport } from "./import.js";
import { benchLatency } from "./latency.js";
import { benchLiveness } from "./liveness.js";
import { benchLoad } from "./load.js";
import type { BenchResult } from "./measure.js";
import { benchMemory } from "./memory.js";
import { benchMqtt } from "./mqtt.js";
import { benchRecovery } from "./recovery.js";
import { benchSearch } from "./search.js";

const BENCHES: Readonly<Record<string, () => Promise<BenchResult>>> = {
  faces: benchFaces,
  latency: benchLatency,
  "frame-age": benchFrameAge,
  "camera-cpu": benchCameraCpu,
  memory: benchMemory,
  recovery: benchRecovery,
  import: benchImport,
  load: benchLoad,
  search: benchSearch,
  api: benchApi,
  accuracy: () => benchAccuracy(),
  // The same photographs in stagings that nobody had seen when the last rules were fixed.
  "accuracy-fresh": () => benchAccuracy(90_001),
  liveness: benchLiveness,
  mqtt: benchMqtt,
};

const { values: flags, positionals } = parseArgs({ options: { json: { type: "string" } }, allowPositionals: true });
const [name] = positionals;
const bench = name === undefined ? undefined : BENCHES[name];
if (name === undefined || bench === undefined) {
  process.stderr.write(
    `usage: npm run bench -- NAME [--json FILE]\nNAME is one of: ${Object.keys(BENCHES).join(", ")}\n`,
  );
  process.exit(2);
}
const { values, n, table } = await bench();
process.stdout.write(`${table}\n`);
if (flags.json !== undefined) {
  const date = new Date().toISOString().slice(0, 10);
  const result = { bench: name, date, node: process.version, cpu: cpus()[0]?.model ?? "unknown", n, values };
  await writeFile(flags.json, `${JSON.stringify(result, null, 2)}\n`);
}
process.exit(0);
