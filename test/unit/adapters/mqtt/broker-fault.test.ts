import { describe, expect, it } from "vitest";
import { brokerFault } from "#adapters/mqtt/broker-fault";

describe("why there is no broker", () => {
  it.each([
    [
      Object.assign(new Error("Connection refused: Not authorized"), { code: 135 }),
      "LIMEN_BROKER_REFUSED",
      /user name or password/,
    ],
    [Object.assign(new Error("Connection refused"), { code: 132 }), "LIMEN_BROKER_REFUSED", /no MQTT 5/],
    [Object.assign(new Error("taken over"), { code: 142 }), "LIMEN_BROKER_REFUSED", /another client/],
    [Object.assign(new Error("unknown"), { code: 151 }), "LIMEN_BROKER_REFUSED", /151/],
    [
      Object.assign(new Error("certificate has expired"), { code: "CERT_HAS_EXPIRED" }),
      "LIMEN_BROKER_REFUSED",
      /could not be trusted/,
    ],
    [
      Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }),
      "LIMEN_BROKER_OFFLINE",
      /cannot be reached/,
    ],
    [Object.assign(new Error(""), { code: "ECONNREFUSED" }), "LIMEN_BROKER_OFFLINE", /ECONNREFUSED/],
    [new Error("connack timeout"), "LIMEN_BROKER_OFFLINE", /connack timeout/],
  ])("is told from %s", (error, code, message) => {
    const fault = brokerFault("broker.lan:1883", error);
    expect(fault.code).toBe(code);
    expect(fault.message).toMatch(message);
    expect(fault.message).toContain("broker.lan:1883");
    expect(fault.hint).toBeTruthy();
  });
});
