import { describe, expect, it } from "vitest";

import {
  contactPayload,
  decisionMessage,
  doorEventMessage,
  doorStateMessage,
  happeningMessage,
  lockPayload,
} from "#adapters/mqtt/payload";
import { instant } from "#core/instant";
import { LOCK_WORDS } from "#core/lock-word";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { answered, askAbout } from "#core/visit";
import { decisionRecord } from "../../../fakes/decision-records.js";

describe("MQTT payloads", () => {
  it("tell what happened at a door and is no decision", () => {
    const common = { id: "01KE", at: instant(Date.UTC(2026, 0, 15, 12, 31)), door: "front" };
    const told = { v: 1, id: "01KE", ts: "2026-01-15T12:31:00.000Z", door: "front" };
    expect(happeningMessage({ ...common, kind: "locked_out", lengthMs: 29_500 })).toEqual({
      ...told,
      event_type: "locked_out",
      seconds: 30,
    });
    expect(happeningMessage({ ...common, kind: "request_to_exit" })).toEqual({
      ...told,
      event_type: "request_to_exit",
    });
    expect(happeningMessage({ ...common, kind: "anti_passback", personId: "p" })).toEqual({
      ...told,
      event_type: "anti_passback",
      subject: { id: "p" },
    });
  });

  it("tell a grant and what became of it", () => {
    const message = decisionMessage(decisionRecord(), {
      actuation: "acked",
      commandId: "01KCOMMAND",
      latencyMs: 731.6,
    });
    expect(message).toEqual({
      v: 1,
      id: "01K0000000000000000000TEST",
      event_type: "granted",
      ts: "2026-01-15T12:30:15.250Z",
      door: "front",
      reader: "porch",
      result: "grant",
      reason: "ok",
      subject: { id: "0123456789abcdef01234567" },
      factors: ["face"],
      score: 0.91,
      margin: 0.46,
      threshold: 0.841,
      liveness: { level: "low", cues: ["passive_model"] },
      accompanied: false,
      mode: "normal",
      actuated: "acked",
      command_id: "01KCOMMAND",
      latency_ms: 732,
    });
  });

  it("tell a grant that somebody confirmed", () => {
    const { situation } = decisionRecord();
    const asked = askAbout(situation.visit, "0123456789abcdef01234567", 1000) ?? situation.visit;
    const visit = answered(asked, "confirmed", LOCAL_SEARCH_BUDGET, 1100) ?? asked;
    const record = decisionRecord({ situation: { ...situation, visit } });
    const message = decisionMessage(record, { actuation: "none", commandId: null, latencyMs: null });
    expect(message.factors).toEqual(["face", "confirmation"]);
  });

  it("tell a refusal of nobody", () => {
    const record = decisionRecord({
      result: "deny",
      reason: "unknown_person",
      personId: null,
      score: null,
      margin: null,
    });
    expect(decisionMessage(record, { actuation: "none", commandId: null, latencyMs: null })).toMatchObject({
      event_type: "denied",
      result: "deny",
      reason: "unknown_person",
      subject: null,
      score: null,
      margin: null,
      actuated: "none",
      command_id: null,
      latency_ms: null,
    });
  });

  it("keep every number of the face out of the door's own topic", () => {
    const keys = Object.keys(doorEventMessage(decisionRecord()));
    expect(keys.sort()).toEqual(["door", "event_type", "id", "reader", "reason", "result", "subject", "ts", "v"]);
  });

  it("sum a door up", () => {
    const state = { availability: "online", mode: "shadow", lock: "locked", contact: "open", alarm: null } as const;
    const condition = { ...state, contactSince: instant(Date.UTC(2026, 0, 15, 12)), concerns: ["no_pulse"] } as const;
    const said = { v: 1, ...state, contact_since: "2026-01-15T12:00:00.000Z", concerns: ["no_pulse"] };
    expect(doorStateMessage(condition, null)).toEqual({ ...said, last_decision_id: null, last_change: null });
    const last = { id: "01K", at: "2026-01-15T12:30:15.250Z" };
    expect(doorStateMessage(condition, last)).toEqual({ ...said, last_decision_id: "01K", last_change: last.at });
  });

  it("say how lock and leaf are in the words Home Assistant has, and None for what nobody knows", () => {
    expect(LOCK_WORDS.map(lockPayload)).toEqual(["LOCKED", "UNLOCKING", "UNLOCKED", "LOCKING", "JAMMED", "None"]);
    expect((["open", "shut", null] as const).map(contactPayload)).toEqual(["ON", "OFF", "None"]);
  });
});
