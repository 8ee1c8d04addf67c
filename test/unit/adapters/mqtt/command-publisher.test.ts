import { describe, expect, it } from "vitest";
import { assertSafeToPublish, commandPublisher, type PublishOptions } from "#adapters/mqtt/command-publisher";
import { controllerTopics, doorTopics, isCommandTopic } from "#adapters/mqtt/topics";

const { command, helloRequest, hello } = controllerTopics("limen", "front");

describe("the one way a door command leaves", () => {
  it.each<[string, PublishOptions]>([
    ["retained", { qos: 0, retain: true, expirySeconds: 3 }],
    ["with QoS 1", { qos: 1, retain: false, expirySeconds: 3 }],
    ["without an expiry", { qos: 0, retain: false }],
    ["with an expiry of 0", { qos: 0, retain: false, expirySeconds: 0 }],
    ["with an expiry of a minute", { qos: 0, retain: false, expirySeconds: 60 }],
    ["with an expiry that is no number", { qos: 0, retain: false, expirySeconds: Number.NaN }],
  ])("refuses one %s", (_, options) => {
    for (const topic of [command, helloRequest]) {
      expect(() => assertSafeToPublish(topic, options, isCommandTopic)).toThrow(
        expect.objectContaining({ code: "LIMEN_INTERNAL" }),
      );
    }
  });

  it("lets states be retained, because they open nothing", () => {
    expect(() =>
      assertSafeToPublish(doorTopics("limen", "front").state, { qos: 1, retain: true }, isCommandTopic),
    ).not.toThrow();
  });

  it("publishes with QoS 0, not retained, with the expiry", async () => {
    const published: unknown[] = [];
    const { publishCommand } = commandPublisher(async (...all) => {
      published.push(all);
      return true;
    }, isCommandTopic);
    expect(await publishCommand(command, "{}", 2)).toBe(true);
    expect(published).toEqual([[command, "{}", { qos: 0, retain: false, expirySeconds: 2 }]]);
  });

  it("publishes commands on no other topic", async () => {
    const { publishCommand } = commandPublisher(async () => true, isCommandTopic);
    await expect(publishCommand(hello, "{}", 2)).rejects.toMatchObject({ code: "LIMEN_INTERNAL" });
  });
});
