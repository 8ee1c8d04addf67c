import { describe, expect, it } from "vitest";
import { esphomeLockPeer, zigbee2mqttLockPeer } from "#demo/peers/locks";
import type { PeerEffect } from "#demo/peers/peer";
import { shellyGen2Peer } from "#demo/peers/shelly-gen2";
import { tasmotaPeer } from "#demo/peers/tasmota";

const told = (effects: readonly PeerEffect[]) =>
  effects.flatMap((effect) => (effect.do === "tell" ? [effect.event] : []));
const said = (effects: readonly PeerEffect[]) =>
  effects.flatMap((effect) => (effect.do === "publish" ? [`${effect.topic} ${effect.payload}`] : []));

describe("a simulated Tasmota", () => {
  it("opens by ON for its PulseTime, and again from now when it is on already", () => {
    const peer = tasmotaPeer({ topic: "t", pulseTime: 10 });
    expect(told(peer.message("cmnd/t/POWER1", "ON", 0))).toEqual(["opened"]);
    expect(told(peer.message("cmnd/t/POWER", "on", 500))).toEqual([]);
    expect(told(peer.tick(1000))).toEqual([]);
    expect(peer.dueAtMs()).toBe(1500);
    expect(told(peer.tick(1500))).toEqual(["relocked"]);
    expect(peer.dueAtMs()).toBeNull();
  });

  it("without a PulseTime stays open, and takes one that it is given", () => {
    const peer = tasmotaPeer({ topic: "t" });
    peer.message("cmnd/t/POWER", "ON", 0);
    expect(peer.dueAtMs()).toBeNull();
    expect(said(peer.message("cmnd/t/PulseTime1", "113", 0))).toEqual([
      'stat/t/RESULT {"PulseTime1":{"Set":113,"Remaining":113}}',
    ]);
    peer.message("cmnd/t/POWER", "ON", 0);
    expect(peer.dueAtMs()).toBe(13_000);
  });

  it("asked says how it is, and obeys the group of all Tasmotas", () => {
    const peer = tasmotaPeer({ topic: "t" });
    expect(said(peer.message("cmnd/t/POWER", "", 0))).toEqual(['stat/t/RESULT {"POWER":"OFF"}']);
    expect(told(peer.message("cmnd/tasmotas/POWER", "TOGGLE", 0))).toEqual(["opened"]);
    expect(peer.message("cmnd/t/Unknown", "1", 0)).toEqual([]);
  });
});

describe("a simulated Shelly", () => {
  const set = (fields: object, params: object) => JSON.stringify({ method: "Switch.Set", params, ...fields });
  const whom = { id: "1", src: "us" };

  it("opens for toggle_after, and answers whoever asked with what it was", () => {
    const peer = shellyGen2Peer({ prefix: "s" });
    const first = peer.message("s/rpc", set(whom, { id: 0, on: true, toggle_after: 2 }), 0);
    expect(told(first)).toEqual(["opened"]);
    expect(said(first).at(-1)).toBe('us/rpc {"id":"1","src":"s","dst":"us","result":{"was_on":false}}');
    expect(said(peer.message("s/rpc", set(whom, { id: 0, on: true, toggle_after: 2 }), 500)).at(-1)).toContain(
      '"was_on":true',
    );
    expect(told(peer.tick(2500))).toEqual(["relocked"]);
  });

  it("does what it is told without an answer where nobody is named, and refuses what it does not have", () => {
    const peer = shellyGen2Peer({ prefix: "s" });
    expect(said(peer.message("s/rpc", set({}, { id: 0, on: true }), 0))).toEqual([
      's/status/switch:0 {"id":0,"output":true}',
    ]);
    expect(said(peer.message("s/rpc", set(whom, { id: 3, on: true }), 0))[0]).toContain('"code":-105');
    expect(said(peer.message("s/rpc", JSON.stringify({ ...whom, method: "Nothing.Do" }), 0))[0]).toContain(
      '"code":404',
    );
    for (const nonsense of ["{", "[]", "{}"]) expect(peer.message("s/rpc", nonsense, 0)).toEqual([]);
    expect(told(peer.message("s/command/switch:0", "off", 0))).toEqual(["relocked"]);
  });
});

describe("a simulated lock", () => {
  it("behind Zigbee2MQTT opens when its radio has answered, and locks by itself", () => {
    const peer = zigbee2mqttLockPeer({ device: "d", relockMs: 1000 });
    expect(peer.message("zigbee2mqtt/d/set", '{"state":"UNLOCK"}', 0)).toEqual([]);
    expect(told(peer.tick(100))).toEqual([]);
    const opened = peer.tick(150);
    expect([told(opened), said(opened)]).toEqual([
      ["opened"],
      ['zigbee2mqtt/d {"state":"UNLOCK","lock_state":"unlocked"}'],
    ]);
    expect(told(peer.tick(1150))).toEqual(["relocked"]);
    peer.message("zigbee2mqtt/d/set", "bare words", 0);
    expect(peer.dueAtMs()).toBeNull();
  });

  it("of ESPHome takes its words in any case, and no others", () => {
    const peer = esphomeLockPeer({ prefix: "e", lock: "l", relockMs: 1000 });
    expect(told(peer.message("e/lock/l/command", "open", 0))).toEqual(["opened"]);
    expect(peer.message("e/lock/l/command", "ON", 0)).toEqual([]);
    expect(told(peer.message("e/lock/l/command", "lock", 10))).toEqual(["relocked"]);
  });
});
