import { expect, it } from "vitest";
import { createMemoryMetrics } from "#adapters/metrics/memory-metrics";

it("counters add up, gauges say what is now, each with its labels", () => {
  const metrics = createMemoryMetrics();
  metrics.count("limen_looks_total", { camera: "front" });
  metrics.count("limen_looks_total", { camera: "front" }, 2);
  metrics.count("limen_looks_total");
  metrics.gauge("limen_camera_fps", 9.5, { camera: "front" });
  metrics.gauge("limen_camera_fps", 2, { camera: "front" });
  expect(metrics.snapshot()).toEqual({
    limen_looks_total: 1,
    'limen_looks_total{camera="front"}': 3,
    'limen_camera_fps{camera="front"}': 2,
  });
});

it("a flood of labels is bounded", () => {
  const metrics = createMemoryMetrics();
  for (let i = 0; i < 3000; i++) metrics.gauge("limen_camera_fps", i, { camera: `c${i}` });
  expect(Object.keys(metrics.snapshot())).toHaveLength(2000);
});

it("of a camera that is gone nothing is told any more, and everything of the others", () => {
  const metrics = createMemoryMetrics();
  for (const camera of ["front", "yard"]) metrics.gauge("limen_camera_streaming", 1, { camera });
  metrics.count("limen_faces_rejected_total", { camera: "yard", fault: "blurred" });
  metrics.gauge("limen_door_controller_online", 1, { door: "yard" });
  metrics.forget("camera", "yard");
  expect(metrics.snapshot()).toEqual({
    'limen_camera_streaming{camera="front"}': 1,
    'limen_door_controller_online{door="yard"}': 1,
  });
});
