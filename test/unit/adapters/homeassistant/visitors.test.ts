import { describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { doubleTakeMatches, frigateFace } from "#adapters/homeassistant/familiar-events";
import { openVisitors, type VisitorsOptions } from "#adapters/homeassistant/visitors";
import { decisionRecord } from "../../../fakes/decision-records.js";
import { RecordingAnnouncer, RecordingLogger } from "../../../fakes/quiet.js";

const PERSON = "0123456789abcdef01234567";
const NONE = { actuation: "none", commandId: null, latencyMs: null } as const;
const STRANGER = decisionRecord({
  id: "01K0000000000000000001TEST",
  result: "deny",
  reason: "unknown_person",
  personId: null,
  score: null,
});
/** A photograph of a resident. */
const PHOTO = decisionRecord({ id: "01K0000000000000000002TEST", result: "deny", reason: "liveness" });

function visitorsWith(changes: Partial<VisitorsOptions> = {}) {
  const sent: { topic: string; payload: string; retain: boolean }[] = [];
  const visitors = openVisitors({
    connection: {
      isOnline: () => true,
      async publish(topic, payload, { retain }) {
        sent.push({ topic, payload, retain });
        return true;
      },
      subscribe: () => () => {},
      onChange: () => () => {},
    },
    ...{ prefix: "limen", sensors: true, frigate: false, doubleTake: false, snapshots: "never" as const },
    pictureOf: async () => new Uint8Array([1, 2, 3]),
    clock: systemClock,
    logger: new RecordingLogger(),
    ...changes,
  });
  const announcer = new RecordingAnnouncer();
  return { sent, visitors, announcer, beside: visitors.beside(announcer) };
}

describe("who came last", () => {
  it("is an id that says nothing, told once a decision, never retained", async () => {
    const { sent, visitors, announcer, beside } = visitorsWith();
    beside.decision(decisionRecord(), NONE);
    beside.decision(decisionRecord(), { ...NONE, actuation: "acked" });
    beside.decision(STRANGER, NONE);
    // What became of the first one, told after somebody else has come.
    beside.decision(decisionRecord(), { ...NONE, actuation: "failed" });
    await visitors[Symbol.asyncDispose]();
    expect(announcer.told).toHaveLength(4);
    expect(sent).toEqual([
      { topic: "limen/door/front/last_person", payload: PERSON, retain: false },
      { topic: "limen/door/front/last_reason", payload: "recognised and allowed", retain: false },
      { topic: "limen/door/front/last_person", payload: "stranger", retain: false },
      { topic: "limen/door/front/last_reason", payload: "nobody enrolled here looks like this", retain: false },
    ]);
  });

  it("is a name where the configuration allows names, and in no topic even then", async () => {
    const nameOf = async () => "Ada/+# Lovelace";
    const { sent, visitors, beside } = visitorsWith({ nameOf, frigate: true, doubleTake: true });
    beside.decision(decisionRecord(), NONE);
    await visitors[Symbol.asyncDispose]();
    expect(sent[0]).toMatchObject({ payload: "Ada/+# Lovelace" });
    expect(sent.map(({ topic }) => topic)).toEqual([
      "limen/door/front/last_person",
      "limen/door/front/last_reason",
      "frigate/tracked_object_update",
      `double-take/matches/${PERSON}`,
      "double-take/cameras/porch",
    ]);
    expect(sent.filter(({ retain }) => retain)).toEqual([]);
  });

  it("has a picture only of those of whom the configuration wants one", async () => {
    const pictures = async (snapshots: VisitorsOptions["snapshots"]): Promise<number> => {
      const { sent, visitors, beside } = visitorsWith({ snapshots });
      beside.decision(decisionRecord(), NONE);
      beside.decision(STRANGER, NONE);
      await visitors[Symbol.asyncDispose]();
      return sent.filter(({ topic, payload }) => topic.endsWith("/snapshot") && payload === "AQID").length;
    };
    expect([await pictures("never"), await pictures("refused"), await pictures("always")]).toEqual([0, 1, 2]);
  });

  it("is told anew when asked for", async () => {
    const { sent, visitors, beside } = visitorsWith();
    beside.decision(STRANGER, NONE);
    visitors.again();
    await visitors[Symbol.asyncDispose]();
    expect(sent.map(({ payload }) => payload).filter((payload) => payload === "stranger")).toHaveLength(2);
  });
});

describe("the words of other programs", () => {
  it("name nobody who was not let in", () => {
    for (const record of [STRANGER, PHOTO]) {
      const seen = { record, shownAs: record.personId === null ? null : "Ada" };
      const said = [frigateFace(seen), ...doubleTakeMatches(seen)];
      expect(JSON.stringify(said)).not.toMatch(/Ada|0123456789abcdef/);
      expect(said.map(({ topic }) => topic)).toContain("double-take/matches/unknown");
    }
  });

  it("look as they did", async () => {
    const known = { record: decisionRecord(), shownAs: null };
    const unknown = { record: STRANGER, shownAs: null };
    const said = [known, unknown].flatMap((seen) => [frigateFace(seen), ...doubleTakeMatches(seen)]);
    const readable = said.map(({ topic, payload }) => ({ topic, payload: JSON.parse(payload) as unknown }));
    await expect(`${JSON.stringify(readable, null, 1)}\n`).toMatchFileSnapshot("golden/familiar-events.json.txt");
  });
});
