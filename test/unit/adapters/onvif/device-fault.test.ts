import { describe, expect, it } from "vitest";
import { type DeviceFault, readFault } from "#adapters/onvif/device-fault";

const FAULT: DeviceFault = {
  camera: "front",
  words: "",
  network: null,
  status: 200,
  body: "",
  skewMs: 0,
  hasCredentials: true,
};

describe("a device's fault", () => {
  it.each<[string, Partial<DeviceFault>, string]>([
    ["WS-Security refused", { status: 400, words: "ONVIF SOAP Fault: Sender not Authorized" }, "LIMEN_CAMERA_AUTH"],
    ["a subcode only", { status: 400, body: "<env:Value>ter:NotAuthorized</env:Value>" }, "LIMEN_CAMERA_AUTH"],
    ["the WS-Security namespace's own word", { status: 500, body: "wsse:FailedAuthentication" }, "LIMEN_CAMERA_AUTH"],
    ["Digest refused", { status: null, words: "Digest authentication failed 401" }, "LIMEN_CAMERA_AUTH"],
    ["an HTML page with 401", { status: 401, body: "<html>Access Error</html>" }, "LIMEN_CAMERA_AUTH"],
    [
      "a locked user",
      { status: 401, body: "<lockStatus>lock</lockStatus><unlockTime>1800</unlockTime>" },
      "LIMEN_CAMERA_LOCKED",
    ],
    ["an unlocked user", { status: 401, body: "<lockStatus>unlock</lockStatus>" }, "LIMEN_CAMERA_AUTH"],
    [
      "too many tries",
      { status: 400, words: "ONVIF SOAP Fault: Too many failed login attempts" },
      "LIMEN_CAMERA_LOCKED",
    ],
    ["a web page that speaks of locks", { status: 404, body: "Your request was blocked" }, "LIMEN_CAMERA_NOT_ONVIF"],
    ["a login too old", { status: 400, body: "wsse:MessageExpired" }, "LIMEN_CAMERA_CLOCK"],
    [
      "a refusal by a clock an hour off",
      { status: 400, words: "not authorized", skewMs: 3_600_000 },
      "LIMEN_CAMERA_CLOCK",
    ],
    [
      "a refusal by a clock a minute off",
      { status: 400, words: "not authorized", skewMs: 60_000 },
      "LIMEN_CAMERA_AUTH",
    ],
    ["a refused stranger", { status: 401, hasCredentials: false, skewMs: 3_600_000 }, "LIMEN_CAMERA_AUTH"],
    ["a refused connection", { status: null, network: "ECONNREFUSED" }, "LIMEN_CAMERA_UNREACHABLE"],
    ["a name that does not resolve", { status: null, network: "ENOTFOUND" }, "LIMEN_CAMERA_UNREACHABLE"],
    ["silence", { status: null, words: "Network timeout" }, "LIMEN_CAMERA_UNREACHABLE"],
    ["a line cut", { status: null, words: "socket hang up", network: "ECONNRESET" }, "LIMEN_CAMERA_UNREACHABLE"],
    ["no TLS behind https", { status: null, network: "EPROTO" }, "LIMEN_CAMERA_NOT_ONVIF"],
    ["no HTTP at all", { status: null, network: "HPE_INVALID_CONSTANT" }, "LIMEN_CAMERA_NOT_ONVIF"],
    ["a web page", { status: 200, words: "Wrong ONVIF SOAP response" }, "LIMEN_CAMERA_NOT_ONVIF"],
  ])("is told apart: %s", (_, fault, code) => {
    const error = readFault({ ...FAULT, ...fault });
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^Camera front .*\.$/);
    expect(error.hint).toBeTruthy();
  });

  it("says how far the clock is off, and which way", () => {
    const message = (skewMs: number) => readFault({ ...FAULT, status: 401, skewMs }).message;
    expect(message(5 * 3_600_000)).toContain("5 h ahead");
    expect(message(-600_000)).toContain("10 min behind");
    expect(message(-40 * 365 * 86_400_000)).toContain("14600 days behind");
  });

  it("never repeats what the device wrote", () => {
    const error = readFault({ ...FAULT, words: "evil \u001b[31m words", body: "evil body" });
    expect(`${error.message}${error.hint}`).not.toMatch(/evil/);
  });
});
