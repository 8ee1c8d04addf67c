import { describe, expect, it } from "vitest";
import { leafStatesOf } from "#adapters/homeassistant/states";

const CAMERA = {
  state: "streaming",
  code: null,
  restarts: 0,
  sight: "ok",
  sightSince: "2026-01-15T12:00:00.000Z",
} as const;
const DOOR = { mode: "normal", broker: "online", controller: "online", concerns: [] } as const;
const GOOD = {
  cameras: { porch: CAMERA },
  doors: { front: DOOR },
  gallery: { people: 3, faces: 4, memoryMb: 1 },
  problems: [],
};
const told = (status: Parameters<typeof leafStatesOf>[1]) => Object.fromEntries(leafStatesOf("limen", status));

describe("the states of Home Assistant's entities", () => {
  it("say that all is well", () => {
    expect(told(GOOD)).toEqual({
      "limen/problem": "OFF",
      "limen/problems": '{"problems":[]}',
      "limen/people": "3",
      "limen/door/front/problem": "OFF",
      "limen/door/front/problems": '{"problems":[]}',
      "limen/reader/porch/connected": "ON",
      "limen/reader/porch/problem": "OFF",
      "limen/reader/porch/sight": "ok",
    });
  });

  it.each(["offline", "unknown"] as const)("a controller that is %s is a problem", (controller) => {
    expect(told({ ...GOOD, doors: { front: { ...DOOR, controller } } })).toMatchObject({
      "limen/door/front/problem": "ON",
      "limen/door/front/problems": expect.stringContaining("cannot be reached"),
    });
  });

  it("a dangerous set-up is a problem, with what to do", () => {
    expect(told({ ...GOOD, doors: { front: { ...DOOR, concerns: ["no_pulse"] } } })).toMatchObject({
      "limen/door/front/problem": "ON",
      "limen/door/front/problems": expect.stringContaining("Set the time in the controller"),
    });
  });

  it("a camera that shows nothing that counts is a problem, connected or not", () => {
    expect(told({ ...GOOD, cameras: { porch: { ...CAMERA, sight: "covered" } } })).toMatchObject({
      "limen/reader/porch/connected": "ON",
      "limen/reader/porch/problem": "ON",
      "limen/reader/porch/sight": "covered",
    });
    expect(told({ ...GOOD, cameras: { porch: { ...CAMERA, state: "down" } } })).toMatchObject({
      "limen/reader/porch/connected": "OFF",
      "limen/reader/porch/problem": "ON",
    });
  });
});
