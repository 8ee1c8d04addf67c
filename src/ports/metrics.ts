/** Every number Limen counts, by name; nothing is dropped without one of these going up. */
const COUNTERS = {
  limen_frames_total: "Frames that arrived from the camera.",
  limen_frames_skipped_total: "Frames replaced by a newer one before anybody looked.",
  limen_frames_stale_total: "Frames too old to be looked at.",
  limen_looks_total: "Frames searched for faces.",
  limen_faces_found_total: "Faces found.",
  limen_faces_rejected_total: "Faces that were no evidence, by fault.",
  limen_searches_total: "1:N searches made, by outcome.",
  limen_engine_requests_total: "Requests sent to a search engine on the network, by outcome.",
  limen_engine_calls_total: "Calls counted against the caps of a search engine on the network, each before it is sent.",
  limen_engine_calls_saved_total: "Calls to a search engine on the network that were not made, by why.",
  limen_engine_calls_capped_total: "Calls to a search engine on the network that a cap forbade, by cap.",
  limen_searches_saved_total: "Searches the throttle did not make.",
  limen_decisions_total: "Decisions, by result and reason.",
  limen_door_events_total: "What happened at doors and is no decision, by kind.",
  limen_standing_failures_total: "Times that what a door remembers could not be written to the disk.",
  limen_actuations_total: "What became of door commands, by state.",
  limen_camera_restarts_total: "Times the camera's stream had to be started again.",
  limen_live_chunks_dropped_total: "Pieces of video a viewer was too slow for.",
  limen_announcements_dropped_total: "Messages not published because the broker was away or slow.",
  limen_confirmations_total: "Answers to a door's question for a second factor, by channel and outcome.",
  limen_live_checks_total: "Looks of a service at a face, whether it is a live one, by outcome.",
  limen_remote_requests_total: "Requests from afar to open or change a door, by what was asked and outcome.",
  limen_door_messages_ignored_total: "Messages from controllers that were malformed, unsigned or replayed.",
  limen_api_requests_total: "Requests to the API, by route and status.",
  limen_console_sign_ins_total: "Tries to sign in to the console, by outcome.",
  limen_live_dropped_total: "Pieces of live video thrown away because the converter or a viewer was slow.",
  limen_live_restarts_total: "Times the live view's converter had to be started again.",
  limen_audit_failures_total: "Decisions that could not be recorded (and therefore opened nothing).",
  limen_cpu_seconds_total: "CPU time of the daemon itself, without its ffmpeg children.",
} as const;
export type CounterName = keyof typeof COUNTERS;

/** Every number that goes up and down. */
const GAUGES = {
  limen_camera_frame_age_seconds: "How old the newest picture was when it was taken up.",
  limen_camera_fps: "Pictures a second taken up lately; about two where nothing moves.",
  limen_engine_spend: "Calls to the search engine on the network in this minute, day and month, by span.",
  limen_engine_left_alone: "1 while the search engine on the network is left alone because it fails, else 0.",
  limen_camera_sight: "1 for what the camera's pictures say of it (ok, dark, moved, ...), 0 for what they said before.",
  limen_camera_streaming: "1 while the camera sends pictures, else 0.",
  limen_door_controller_online: "1 while the door's controller is reachable, else 0.",
  limen_broker_online: "1 while the MQTT broker is reached, else 0.",
  limen_problems: "Things that keep a door from opening now; 0 = ready.",
  limen_stuck_parts: "Parts that gave no sign of life in time; 0 = alive.",
  limen_people: "People who can be searched on this computer.",
  limen_faces: "Their faces in memory.",
  limen_resident_memory_bytes: "Memory of the daemon itself, without its ffmpeg children.",
  limen_start_time_seconds: "When the daemon started, in seconds of Unix time.",
} as const;
export type GaugeName = keyof typeof GAUGES;

/** Every number of which the spread matters, with the upper bounds of its classes. */
const HISTOGRAMS = {
  limen_door_opening_seconds: {
    help: "From the first picture of a face to the controller's acknowledgement, of doors that opened.",
    buckets: [0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5],
  },
  limen_event_loop_delay_seconds: {
    help: "How late the daemon's own second was: what keeps the program from everything else.",
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
} as const;
export type HistogramName = keyof typeof HISTOGRAMS;

export type MetricName = CounterName | GaugeName | HistogramName;

/** Every label there is. None of them ever says who, how alike, or what a secret is; each has few values. */
export type LabelName =
  | "asked"
  | "camera"
  | "cap"
  | "channel"
  | "code"
  | "door"
  | "fault"
  | "kind"
  | "outcome"
  | "reason"
  | "result"
  | "route"
  | "span"
  | "state"
  | "status"
  | "where"
  | "why";

export type Labels = Readonly<Partial<Record<LabelName, string>>>;

/** The labels of each metric; documented in docs/metrics.md. */
const LABELS: Readonly<Record<MetricName, readonly LabelName[]>> = {
  limen_frames_total: ["camera"],
  limen_frames_skipped_total: ["camera"],
  limen_frames_stale_total: ["camera"],
  limen_looks_total: ["camera"],
  limen_faces_found_total: ["camera"],
  limen_faces_rejected_total: ["camera", "fault"],
  limen_searches_total: ["door", "outcome"],
  limen_engine_requests_total: ["outcome"],
  limen_engine_calls_total: [],
  limen_engine_calls_saved_total: ["why"],
  limen_engine_calls_capped_total: ["cap"],
  limen_searches_saved_total: ["door"],
  limen_decisions_total: ["door", "result", "reason"],
  limen_door_events_total: ["door", "kind"],
  limen_standing_failures_total: [],
  limen_actuations_total: ["door", "state"],
  limen_camera_restarts_total: ["camera", "code"],
  limen_live_chunks_dropped_total: ["camera"],
  limen_announcements_dropped_total: ["kind"],
  limen_confirmations_total: ["channel", "outcome"],
  limen_live_checks_total: ["door", "outcome"],
  limen_remote_requests_total: ["asked", "outcome"],
  limen_door_messages_ignored_total: ["door", "fault"],
  limen_api_requests_total: ["route", "status"],
  limen_console_sign_ins_total: ["outcome"],
  limen_live_dropped_total: ["camera", "where"],
  limen_live_restarts_total: ["camera"],
  limen_audit_failures_total: [],
  limen_cpu_seconds_total: [],
  limen_camera_frame_age_seconds: ["camera"],
  limen_camera_fps: ["camera"],
  limen_engine_spend: ["span"],
  limen_engine_left_alone: [],
  limen_camera_sight: ["camera", "state"],
  limen_camera_streaming: ["camera"],
  limen_door_controller_online: ["door"],
  limen_broker_online: [],
  limen_problems: [],
  limen_stuck_parts: [],
  limen_people: [],
  limen_faces: [],
  limen_resident_memory_bytes: [],
  limen_start_time_seconds: [],
  limen_door_opening_seconds: ["door"],
  limen_event_loop_delay_seconds: [],
};

/** What a metric is, for whoever writes it out or explains it. */
export interface MetricKind {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly LabelName[];
  /** Upper bounds of a histogram's classes, rising, without the last (infinity). */
  readonly buckets: readonly number[];
}

const METRIC_NAMES = [
  ...(Object.keys(COUNTERS) as CounterName[]),
  ...(Object.keys(GAUGES) as GaugeName[]),
  ...(Object.keys(HISTOGRAMS) as HistogramName[]),
] as const;

function kindOf(name: MetricName): MetricKind {
  const rest = { labels: LABELS[name], buckets: [] };
  if (name in COUNTERS) return { type: "counter", help: COUNTERS[name as CounterName], ...rest };
  if (name in GAUGES) return { type: "gauge", help: GAUGES[name as GaugeName], ...rest };
  return { type: "histogram", ...rest, ...HISTOGRAMS[name as HistogramName] };
}

/** All metrics, by name. */
export const METRICS: ReadonlyMap<MetricName, MetricKind> = new Map(
  METRIC_NAMES.map((name) => [name, kindOf(name)] as const),
);

export interface Metrics {
  /** Adds `by` (default 1). Labels are few, short and never a person. */
  count(name: CounterName, labels?: Labels, by?: number): void;
  /** What a number is now. */
  gauge(name: GaugeName, value: number, labels?: Labels): void;
  /** One more value of those whose spread matters, in the unit of the name. */
  observe(name: HistogramName, value: number, labels?: Labels): void;
}
