import { describe, expect, it } from "vitest";
import {
  type ContactSensorOptions,
  openContactSensor,
  readAvailability,
  readContact,
} from "#adapters/doors/contact-sensor";
import { FakeClock, flush } from "../../../fakes/fake-clock.js";
import { FakeTransport } from "../../../fakes/fake-transport.js";
import { RecordingMetrics } from "../../../fakes/quiet.js";

const ZIGBEE = { key: "contact", open: "false", shut: "true" };

describe("a contact's word", () => {
  it.each([
    ['{"contact":false,"battery":97}', ZIGBEE, true],
    ['{"contact":true}', ZIGBEE, false],
    ['{"battery":97}', ZIGBEE, null],
    ['{"contact":null}', ZIGBEE, null],
    ["not json", ZIGBEE, null],
    ["ON", { key: null, open: "ON", shut: "OFF" }, true],
    ["OFF\n", { key: null, open: "ON", shut: "OFF" }, false],
    ["", { key: null, open: "ON", shut: "" }, false],
    ["on", { key: null, open: "ON", shut: "OFF" }, null],
    ['{"input":1}', { key: "input", open: "1", shut: "0" }, true],
  ])("%j is understood as it was described", (payload, words, open) => {
    expect(readContact(payload, words)).toBe(open);
  });

  it("and whether it is there, plain or as JSON", () => {
    expect(["online", '{"state":"online"}', "true"].map(readAvailability)).toEqual([true, true, true]);
    expect(["offline", '{"state":"offline"}', "false"].map(readAvailability)).toEqual([false, false, false]);
    expect(readAvailability("perhaps")).toBe(null);
  });
});

async function sensorOn(changes: Partial<ContactSensorOptions> = {}) {
  const transport = new FakeTransport();
  const metrics = new RecordingMetrics();
  const topic = "zigbee2mqtt/front_contact";
  const availability = `${topic}/availability`;
  const parts = { door: "front", topic, availability, transport, metrics, clock: new FakeClock() };
  const sensor = openContactSensor({ ...parts, ...ZIGBEE, ...changes });
  const told: (boolean | null)[] = [];
  const stop = new AbortController();
  void (async () => {
    for await (const item of sensor.feedback(stop.signal)) if (item.kind === "contact") told.push(item.open);
  })();
  await flush();
  const say = async (to: string, payload: string, retain = false): Promise<void> => {
    transport.deliver(to, payload, retain);
    await flush();
  };
  return { transport, metrics, topic, availability, told, say };
}

describe("a contact on the broker", () => {
  it("tells what changes; a retained word is a state, and what is not understood takes nothing back", async () => {
    const s = await sensorOn();
    await s.say(s.topic, '{"contact":true}', true);
    await s.say(s.topic, '{"contact":true}');
    await s.say(s.topic, '{"battery":3}');
    await s.say(s.topic, `{"contact":false,"x":"${"x".repeat(9000)}"}`);
    await s.say(s.topic, '{"contact":false}');
    expect(s.told).toEqual([false, true]);
    expect(s.metrics.of("limen_door_messages_ignored_total")).toBe(3);
  });

  it("knows nothing while it is away, and what it last said when it is back", async () => {
    const s = await sensorOn();
    await s.say(s.topic, '{"contact":true}');
    await s.say(s.availability, '{"state":"offline"}');
    await s.say(s.availability, '{"state":"online"}');
    expect(s.told).toEqual([false, null, false]);
  });

  it("knows nothing any more once the broker was lost", async () => {
    const s = await sensorOn();
    await s.say(s.topic, '{"contact":true}');
    s.transport.become(false);
    s.transport.become(true);
    await flush();
    expect(s.told).toEqual([false, null]);
  });
});
