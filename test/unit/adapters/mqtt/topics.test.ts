import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { controllerTopics, doorTopics, isCommandTopic, isSlug, siteTopics } from "#adapters/mqtt/topics";

describe("MQTT topics", () => {
  it("are those of the document", () => {
    expect(siteTopics("limen")).toEqual({ status: "limen/status", info: "limen/info", decision: "limen/decision" });
    expect(doorTopics("limen/north", "front")).toEqual({
      event: "limen/north/door/front/event",
      availability: "limen/north/door/front/availability",
      mode: "limen/north/door/front/mode",
      lock: "limen/north/door/front/lock",
      contact: "limen/north/door/front/contact",
      state: "limen/north/door/front/state",
      question: "limen/north/door/front/question",
      answer: "limen/north/door/front/answer",
    });
    expect(controllerTopics("limen", "relay-1")).toEqual({
      command: "limen/ctl/relay-1/cmd",
      helloRequest: "limen/ctl/relay-1/hello/get",
      ack: "limen/ctl/relay-1/ack",
      hello: "limen/ctl/relay-1/hello",
      status: "limen/ctl/relay-1/status",
    });
  });

  it.each(["", "Front", "a/b", "a+b", "#", "a b", "türe", "x".repeat(65), "a\u0000b"])(
    "refuse %j as a door or a controller",
    (word) => {
      expect(() => doorTopics("limen", word)).toThrow(expect.objectContaining({ code: "LIMEN_CONFIG_INVALID" }));
      expect(() => controllerTopics("limen", word)).toThrow(expect.objectContaining({ code: "LIMEN_CONFIG_INVALID" }));
    },
  );

  it("refuse a prefix that is no topic", () => {
    for (const prefix of ["", "/limen", "limen/", "limen//x", "+/x", "limen/#"])
      expect(() => siteTopics(prefix)).toThrow();
  });

  it("never hold a wildcard or one more level, whatever a door is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 70 }), (word) => {
        if (!isSlug(word)) expect(() => doorTopics("limen", word)).toThrow();
        else expect(doorTopics("limen", word).event.split("/")).toEqual(["limen", "door", word, "event"]);
      }),
    );
  });

  it("know which of them make a controller do something", () => {
    const { command, helloRequest, ack, hello, status } = controllerTopics("limen/north", "front");
    expect([command, helloRequest].map(isCommandTopic)).toEqual([true, true]);
    const others = [
      ack,
      hello,
      status,
      ...Object.values(siteTopics("limen")),
      ...Object.values(doorTopics("limen", "cmd")),
    ];
    expect(others.filter(isCommandTopic)).toEqual([]);
  });
});
