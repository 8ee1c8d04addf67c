import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { devicesOf, type HomeSite } from "#adapters/homeassistant/discovery";
import { doorComponents, EVENT_TYPES } from "#adapters/homeassistant/door-components";
import { homeDoorTopics } from "#adapters/homeassistant/topics";
import { doorEventMessage, happeningMessage } from "#adapters/mqtt/payload";
import { doorTopics, siteTopics } from "#adapters/mqtt/topics";
import { instant } from "#core/instant";
import { decisionRecord } from "../../../fakes/decision-records.js";
import { devicePayload } from "../../../fixtures/home-assistant-schema.js";

const SITE: HomeSite = {
  instance: "7f3a09bc",
  version: "0.1.0",
  name: "Studio",
  prefix: "limen",
  doors: [{ id: "front", remote: { unlock: false, control: false, test: false } }],
  cameras: ["porch"],
  snapshots: false,
  remote: { control: false },
};
const EVERYTHING: HomeSite = {
  ...SITE,
  doors: [{ id: "front", remote: { unlock: true, control: true, test: true } }],
  snapshots: true,
  remote: { control: true },
};

const slug = fc.stringMatching(/^[a-z0-9_-]{1,64}$/);
const sites: fc.Arbitrary<HomeSite> = fc.record({
  instance: fc.stringMatching(/^[0-9a-f]{8}$/),
  version: fc.constant("0.1.0"),
  name: fc.string({ minLength: 1, maxLength: 80 }),
  prefix: fc.array(slug, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
  doors: fc.uniqueArray(
    fc.record({ id: slug, remote: fc.record({ unlock: fc.boolean(), control: fc.boolean(), test: fc.boolean() }) }),
    {
      minLength: 1,
      maxLength: 5,
      selector: ({ id }) => id,
    },
  ),
  cameras: fc.uniqueArray(slug, { minLength: 1, maxLength: 5 }),
  snapshots: fc.boolean(),
  remote: fc.record({ control: fc.boolean() }),
});

describe("what Home Assistant is told of", () => {
  it("is what its schema accepts, for every configuration", () => {
    fc.assert(
      fc.property(sites, (site) => {
        for (const { id, payload } of devicesOf(site)) {
          expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
          devicePayload.parse(JSON.parse(JSON.stringify(payload)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("has no identity twice, and takes it from ids alone", () => {
    fc.assert(
      fc.property(sites, (site) => {
        const devices = devicesOf(site);
        const unique = devices.flatMap(({ payload }) => Object.values(payload.cmps).map((part) => part["unique_id"]));
        expect(new Set(unique).size).toBe(unique.length);
        expect(new Set(devices.map(({ id }) => id)).size).toBe(devices.length);
        const renamed = devicesOf({ ...site, name: "another", version: "9.9.9", doors: [...site.doors].reverse() });
        expect(new Set(renamed.map(({ id }) => id))).toEqual(new Set(devices.map(({ id }) => id)));
      }),
      { numRuns: 60 },
    );
  });

  it("offers no way to command anything unless the configuration allows it", () => {
    const bare = JSON.stringify(devicesOf(SITE));
    expect(bare).not.toContain("command_topic");
    expect(bare).not.toMatch(/"p":"(?:lock|switch|button|number|select)"/);
    expect(JSON.stringify(devicesOf(EVERYTHING))).toContain('"p":"lock"');
  });

  it("looks as it did (nothing allowed from afar)", async () => {
    await expect(`${JSON.stringify(devicesOf(SITE), null, 1)}\n`).toMatchFileSnapshot("golden/plain.json.txt");
  });

  it("looks as it did (everything allowed)", async () => {
    await expect(`${JSON.stringify(devicesOf(EVERYTHING), null, 1)}\n`).toMatchFileSnapshot(
      "golden/everything.json.txt",
    );
  });
});

describe("the topics it is told", () => {
  it("are those that Limen publishes on", () => {
    const told = homeDoorTopics("limen/north", "front");
    expect(doorTopics("limen/north", "front")).toMatchObject({
      event: told.event,
      availability: told.availability,
      mode: told.mode,
    });
    expect(siteTopics("limen").status).toBe(devicesOf(SITE)[0]?.payload.availability[0]?.topic);
  });

  it("has every kind of event in its list", () => {
    const kinds = [
      doorEventMessage(decisionRecord()).event_type,
      doorEventMessage(decisionRecord({ result: "deny", reason: "unknown_person" })).event_type,
      happeningMessage({ id: "01", at: instant(0), door: "front", kind: "forced" }).event_type,
      happeningMessage({ id: "01", at: instant(0), door: "front", kind: "held_open", forMs: 1 }).event_type,
      happeningMessage({ id: "01", at: instant(0), door: "front", kind: "locked_out", lengthMs: 1 }).event_type,
    ];
    for (const kind of kinds) expect(EVENT_TYPES).toContain(kind);
    expect(new Set(EVENT_TYPES).size).toBe(EVENT_TYPES.length);
  });

  it("asks for commands at QoS 0, never retained", () => {
    const parts = doorComponents(
      homeDoorTopics("limen", "front"),
      { unlock: true, control: true, test: true },
      { status: "limen/status", snapshots: true },
    );
    const commanded = Object.values(parts).filter((part) => part !== null && "command_topic" in part);
    expect(commanded).toHaveLength(4);
    for (const part of commanded) expect(part).toMatchObject({ qos: 0, retain: false });
  });
});
