import type { Metrics } from "#ports/metrics";
import type { Status } from "#ports/status-board";

/** The status as numbers, for who draws curves and raises alarms. */
export function gaugeStatus(status: Status, metrics: Metrics): void {
  const { broker, cameras, doors, gallery, problems } = status;
  metrics.gauge("limen_broker_online", broker === "online" ? 1 : 0);
  for (const [camera, { state }] of Object.entries(cameras))
    metrics.gauge("limen_camera_streaming", state === "streaming" ? 1 : 0, { camera });
  for (const [door, { controller }] of Object.entries(doors))
    metrics.gauge("limen_door_controller_online", controller === "online" ? 1 : 0, { door });
  metrics.gauge("limen_people", gallery.people);
  metrics.gauge("limen_faces", gallery.faces);
  metrics.gauge("limen_problems", problems.length);
  metrics.gauge("limen_start_time_seconds", Date.parse(status.startedAt) / 1000);
}
