import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
/** The simulated controllers are programs of their own: they answer, Limen never runs them. */
const sources = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "src"], { cwd: ROOT, encoding: "utf8" })
  .split("\n")
  .filter((file) => file.endsWith(".ts") && !file.startsWith("src/demo/"))
  .map((file) => ({ file, text: readFileSync(join(ROOT, file), "utf8") }));
const filesWith = (pattern: RegExp): string[] =>
  sources.flatMap(({ file, text }) => (pattern.test(text) ? [file] : []));
const textOf = (file: string): string => sources.find((source) => source.file === file)?.text ?? "";

describe("the one way out to a broker", () => {
  it("only the session knows the MQTT library, and so can call its publish", () => {
    expect(filesWith(/(?:from|import\()\s*"mqtt(?:\/[^"]*)?"/)).toEqual(["src/adapters/mqtt/session.ts"]);
    expect(textOf("src/adapters/mqtt/session.ts").match(/\bclient\.publish(?:Async)?\(/g)).toHaveLength(1);
  });

  it("only the connection has a session", () => {
    expect(filesWith(/import \{[^}]*\bopenSession\b[^}]*\} from/)).toEqual(["src/adapters/mqtt/connection.ts"]);
  });

  it("the connection publishes in one place, after the check and nothing else", () => {
    const connection = textOf("src/adapters/mqtt/connection.ts");
    const calls = [...connection.matchAll(/\b\w+(?:\?)?\.publish\(/g)].map(({ index }) => index);
    expect(calls).toHaveLength(1);
    const starts = connection.indexOf("const publish:");
    const check = connection.indexOf("assertSafeToPublish(topic", starts);
    expect(starts).toBeGreaterThan(0);
    expect(check).toBeGreaterThan(starts);
    expect(check).toBeLessThan(calls[0] ?? 0);
    // Nothing stands between the start of the function and the check.
    expect(connection.slice(starts, check)).toMatch(/=> \{\s*$/);
  });

  it("no client ever reconnects by itself or keeps a queue", () => {
    const session = textOf("src/adapters/mqtt/session.ts");
    expect(session).toMatch(/\breconnectPeriod: 0\b/);
    expect(session).toMatch(/\bqueueQoSZero: false\b/);
    expect(session).toMatch(/\bclean: true\b/);
    expect(session).toMatch(/\bsessionExpiryInterval: 0\b/);
    expect(session).not.toMatch(/outgoingStore|\.reconnect\(/);
  });

  it("control and telemetry are two connections, and doors get the first", () => {
    expect(filesWith(/\bopenMqttConnection\(\{/)).toEqual(["src/app-parts.ts"]);
    expect(textOf("src/app-parts.ts").match(/openMqttConnection\(\{[^}]*name: "control"/g)).toHaveLength(1);
    expect(textOf("src/app-parts.ts").match(/openMqttConnection\(\{[^}]*name: "telemetry"/g)).toHaveLength(1);
  });
});
