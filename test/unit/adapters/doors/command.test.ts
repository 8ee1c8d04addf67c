import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CommandBody, readAck, readHello, signCommand } from "#adapters/doors/command";
import { openCommand, sealAck } from "#demo/door/signature";

const key = new Uint8Array(randomBytes(32));
const keyId = "front-1";
const topic = "limen/ctl/front/cmd";
const ackTopic = "limen/ctl/front/ack";
const command: CommandBody = {
  id: "01KCOMMAND",
  ctl: "front",
  act: "pulse",
  pulse_ms: 3000,
  iat: 1_790_000_000_000,
  exp: 1_790_000_003_000,
  seq: 1,
  nonce: "nonce-1",
  decision: "01KDECISION",
};
const ack = { id: "01KCOMMAND", ctl: "front", st: "done", why: "ok", boot: "boot-1", next_nonce: "nonce-2" };
const expected = { topic: ackTopic, controller: "front", keyId, key };
const bytes = (text: string): Uint8Array => Buffer.from(text);

describe("a signed command", () => {
  it("is the one the document shows, byte for byte", () => {
    const shown = signCommand(command, topic, { keyId: "front-2026a", key: new Uint8Array(32).fill(7) });
    expect(JSON.parse(shown)).toEqual({
      v: 1,
      kid: "front-2026a",
      body: Buffer.from(JSON.stringify(command)).toString("base64url"),
      // printf %s "limen-cmd-1.$topic.$body" | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707… -binary | basenc --base64url
      sig: "oBknz6EgXlycJ1sHAaFQ6JNrY1Y37cwSgdm4vHMGyPo",
    });
  });

  it("is read by the controller's own code", () => {
    expect(openCommand(signCommand(command, topic, { keyId, key }), topic, keyId, key)).toEqual(command);
  });

  it("means nothing for another door, another key or another key id", () => {
    const message = signCommand(command, topic, { keyId, key });
    expect(openCommand(message, "limen/ctl/back/cmd", keyId, key)).toBeNull();
    expect(openCommand(message, topic, "front-2", key)).toBeNull();
    expect(openCommand(message, topic, keyId, new Uint8Array(randomBytes(32)))).toBeNull();
  });

  it("means nothing once a field of it was changed", () => {
    const { body, ...rest } = JSON.parse(signCommand(command, topic, { keyId, key }));
    for (const field of Object.keys(command)) {
      const changed = { ...command, [field]: field === "pulse_ms" || field === "exp" ? 9e15 : "x" };
      const forged = JSON.stringify({ ...rest, body: Buffer.from(JSON.stringify(changed)).toString("base64url") });
      expect(openCommand(forged, topic, keyId, key)).toBeNull();
    }
    expect(openCommand(JSON.stringify({ ...rest, body }), topic, keyId, key)).toEqual(command);
  });

  it("means nothing with any one character changed", () => {
    const message = signCommand(command, topic, { keyId, key });
    fc.assert(
      fc.property(fc.nat(message.length - 1), fc.integer({ min: 33, max: 126 }), (at, code) => {
        const changed = message.slice(0, at) + String.fromCharCode(code) + message.slice(at + 1);
        const read = openCommand(changed, topic, keyId, key);
        // JSON may be spelled in more than one way; what is read must be what was signed.
        if (changed !== message) expect(read === null || JSON.stringify(read) === JSON.stringify(command)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a controller's answer", () => {
  it("is believed when it was signed for this topic", () => {
    expect(readAck(bytes(sealAck(ack, ackTopic, keyId, key)), expected)).toEqual({ ack });
  });

  it.each([
    ["signed for another door", sealAck(ack, "limen/ctl/back/ack", keyId, key), "bad_signature"],
    ["signed with another key", sealAck(ack, ackTopic, keyId, new Uint8Array(randomBytes(32))), "bad_signature"],
    ["of another key id", sealAck(ack, ackTopic, "front-2", key), "unknown_key"],
    ["in another controller's name", sealAck({ ...ack, ctl: "back" }, ackTopic, keyId, key), "other_controller"],
    ["without a state", sealAck({ ...ack, st: "ajar" }, ackTopic, keyId, key), "malformed"],
    ["that is no JSON", "done", "malformed"],
    ["that is too long", " ".repeat(2049), "too_long"],
  ])("is ignored when it is one %s", (_, message, fault) => {
    expect(readAck(bytes(message), expected)).toEqual({ fault });
  });

  it("is no command sent back", () => {
    const echo = JSON.parse(signCommand(command, ackTopic, { keyId, key }));
    expect(readAck(bytes(JSON.stringify(echo)), expected)).toEqual({ fault: "bad_signature" });
  });

  it("never makes the reader throw", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.uint8Array().map((b) => Buffer.from(b).toString("latin1")),
        ),
        (text) => {
          expect("fault" in readAck(bytes(text), expected)).toBe(true);
          readHello(bytes(text));
        },
      ),
    );
  });
});

describe("a hello", () => {
  it("is read with its nonce", () => {
    const hello = { v: 1, boot: "b", nonce: "n", fw: "x", pulse_max_ms: 5000 };
    expect(readHello(bytes(JSON.stringify(hello)))).toMatchObject({ nonce: "n", pulse_max_ms: 5000 });
  });

  it.each([
    "",
    "{}",
    '{"v":2,"boot":"b","nonce":"n","pulse_max_ms":1}',
    '{"v":1,"boot":"b","nonce":"","pulse_max_ms":1}',
  ])("is not %j", (text) => {
    expect(readHello(bytes(text))).toBeNull();
  });
});
