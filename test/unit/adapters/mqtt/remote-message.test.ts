import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { lockWish, modeWish, requestSignature, signedRequest } from "#adapters/mqtt/remote-message";

const DOCS = readFileSync(new URL("../../../../docs/remote.md", import.meta.url), "utf8");
const TOPIC = "limen/cmd/unlock";
const key = new Uint8Array(32).fill(7);
const keys = new Map([["panel", key]]);

it("the signature in the documentation is the one Limen makes", () => {
  const inner = '{"id":"01KREQUEST","door":"front","iat":1790000000000,"exp":1790000005000}';
  const sig = requestSignature(key, TOPIC, Buffer.from(inner).toString("base64url"));
  expect(DOCS).toContain(inner);
  expect(DOCS).toContain(`\`${sig}\``);
});

it("the shell example in the documentation makes a request Limen takes, for its topic and no other", () => {
  const [, script = ""] = /```sh\n([^`]+)```/.exec(DOCS) ?? [];
  const only = script.replace(/ \| mosquitto_pub.*/, "");
  const made = execFileSync("sh", ["-c", only], { env: { ...process.env, KEY: Buffer.from(key).toString("hex") } });
  expect(signedRequest(made, TOPIC, keys)).toMatchObject({ kid: "panel", door: "front" });
  expect(signedRequest(made, "limen/north/cmd/unlock", keys)).toBeNull();
  expect(signedRequest(made, TOPIC, new Map([["panel", new Uint8Array(32).fill(8)]]))).toBeNull();
  const bent = Buffer.from(
    made.toString().replace(/"sig":"./, (start) => `${start.slice(0, -1)}${start.endsWith("A") ? "B" : "A"}`),
  );
  expect(signedRequest(bent, TOPIC, keys)).toBeNull();
});

it("nothing but the documented words is a wish", () => {
  const say = (text: string) => lockWish(Buffer.from(text));
  expect(say("UNLOCK")).toEqual({ wish: "unlock", madeAt: null });
  expect(say("OPEN")).toEqual({ wish: "unlock", madeAt: null });
  expect(say("LOCK")).toEqual({ wish: "lock", madeAt: null });
  expect(say('{"a":"UNLOCK","t":1790000000.5}')).toEqual({ wish: "unlock", madeAt: 1790000000500 });
  for (const odd of ["", "unlock", " UNLOCK", "null", "{}", '{"a":"UNLOCK"}', '{"a":"UNLOCK","t":"now"}', '"UNLOCK"'])
    expect(say(odd)).toBeNull();
  expect(modeWish(Buffer.from("normal"), "mode")).toEqual({ kind: "mode", mode: "normal" });
  expect(modeWish(Buffer.from("open"), "mode")).toBeNull();
  expect(modeWish(Buffer.from("on"), "lockdown")).toBeNull();
});
