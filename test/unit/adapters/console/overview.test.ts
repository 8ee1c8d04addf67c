import { expect, test } from "vitest";
import { cameraState, overviewPage } from "#adapters/console/pages/overview";
import { disarms, SIGHT_STATES } from "#core/camera-sight";

const frame = { site: "Home", account: { name: "owner", role: "owner" } } as const;
const streaming = {
  state: "streaming",
  code: null,
  restarts: 0,
  sight: "ok",
  sightSince: "2026-01-15T12:00:00.000Z",
} as const;

test("a camera that is well, starts, or is away", () => {
  expect(cameraState(streaming)).toEqual({ tone: "streaming", words: "live" });
  expect(cameraState({ ...streaming, state: "starting" })).toEqual({ tone: "starting", words: "starting" });
  const away = { ...streaming, state: "down", code: "LIMEN_CAMERA_UNREACHABLE" } as const;
  expect(cameraState(away)).toEqual({ tone: "down", words: "not reachable" });
  expect(cameraState({ ...away, code: "LIMEN_CAMERA_ODD" }).words).toBe("LIMEN_CAMERA_ODD");
  expect(cameraState(undefined)).toEqual({ tone: "down", words: "unknown" });
});

test.each(SIGHT_STATES.filter((state) => state !== "ok"))(
  "a picture that is %s does not look like one that is well",
  (sight) => {
    const { tone, words } = cameraState({ ...streaming, sight });
    expect(words).not.toBe("live");
    expect(tone).toBe(disarms(sight) ? "down" : "starting");
  },
);

test("a door that a photograph can open says so, and only that one", () => {
  const door = { mode: "normal", liveness: "monitor", broker: "online", controller: "online", concerns: [] } as const;
  const shown = (changes: object): string => {
    const doors = { front: { ...door, ...changes } };
    const gallery = { people: 1, faces: 1, memoryMb: 1 };
    const common = {
      version: "0",
      pid: 1,
      startedAt: "",
      broker: "online",
      cameras: {},
      gallery,
      problems: [],
      warnings: [],
    } as const;
    return overviewPage(frame, { ...common, doors }, new Map());
  };
  const words = "a good photograph opens it, too";
  expect(shown({})).toContain(words);
  expect(shown({ liveness: "off" })).toContain(words);
  expect(shown({ liveness: "require" })).not.toContain(words);
  expect(shown({ liveness: "cloud" })).not.toContain(words);
  expect(shown({ mode: "shadow" })).not.toContain(words);
  expect(shown({ liveness: undefined })).not.toContain(words);
});
