import { describe, expect, it } from "vitest";
import { pulseTimeOf, tasmotaProfile } from "#adapters/doors/profiles/tasmota";

const door = tasmotaProfile({ topic: "door_front", relay: 1, pulseMs: 3000 });

describe("Tasmota's PulseTime", () => {
  it.each([
    [100, 1],
    [3000, 30],
    [11_100, 111],
    [11_500, 112],
    [12_000, 112],
    [13_000, 113],
    [64_800_000, 64_900],
  ])("for %i ms is %i", (ms, value) => expect(pulseTimeOf(ms)).toBe(value));

  it.each([0, -1, Number.NaN, 64_800_001])("does not exist for %d ms", (ms) =>
    expect(() => pulseTimeOf(ms)).toThrow(RangeError),
  );
});

describe("a Tasmota relay", () => {
  it("is switched on, never toggled, and set to end its own pulse", () => {
    expect(door.unlock({ id: "any", pulseMs: 3000 })).toEqual({ topic: "cmnd/door_front/POWER1", payload: "ON" });
    expect(door.relock).toEqual({ topic: "cmnd/door_front/POWER1", payload: "OFF" });
    expect(door.asks).toEqual([
      { topic: "cmnd/door_front/PulseTime1", payload: "30" },
      { topic: "cmnd/door_front/PowerOnState", payload: "" },
    ]);
  });

  it.each([
    [
      "stat/door_front/RESULT",
      '{"POWER":"ON"}',
      [
        { is: "done", order: null, why: "ok" },
        { is: "lock", state: "unlocked" },
      ],
    ],
    ["stat/door_front/RESULT", '{"POWER1":"OFF"}', [{ is: "lock", state: "locked" }]],
    ["stat/door_front/RESULT", '{"POWER2":"ON"}', []],
    ["tele/door_front/STATE", '{"Time":"2026-01-01T00:00:00","POWER":"ON"}', [{ is: "lock", state: "unlocked" }]],
    ["tele/door_front/LWT", "Online", [{ is: "available", online: true }]],
    ["tele/door_front/LWT", "Offline", [{ is: "available", online: false }]],
    ["tele/door_front/LWT", "ONLINE?", []],
    ["stat/door_front/RESULT", "[]", []],
    ["stat/door_front/RESULT", "{", []],
  ])("on %s means by %s what it says", (topic, payload, words) => expect(door.read(topic, payload)).toEqual(words));

  it.each([
    ['{"PulseTime1":{"Set":30,"Remaining":0}}', { setup_unanswered: false, no_pulse: false, pulse_differs: false }],
    ['{"PulseTime1":{"Set":0,"Remaining":0}}', { setup_unanswered: false, no_pulse: true, pulse_differs: false }],
    ['{"PulseTime1":{"Set":112,"Remaining":0}}', { setup_unanswered: false, no_pulse: false, pulse_differs: true }],
  ])("that says %s is checked", (payload, holds) => {
    const concerns = door.read("stat/door_front/RESULT", payload);
    expect(
      Object.fromEntries(concerns.flatMap((word) => (word.is === "concern" ? [[word.concern, word.holds]] : []))),
    ).toEqual(holds);
  });

  it("publishes on its command topics only", () => {
    const used = [door.unlock({ id: "any", pulseMs: 3000 }), door.relock, ...door.asks].map(
      (message) => message?.topic,
    );
    expect(door.commandTopics).toEqual(expect.arrayContaining(used));
    expect(door.commandTopics).toEqual(expect.arrayContaining([...door.openingTopics]));
  });
});
