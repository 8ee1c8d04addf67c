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
  limen_remote_requests_total: "Requests from afar to open or change a door, by what was asked and outcome.",
  limen_door_messages_ignored_total: "Messages from controllers that were malformed, unsigned or replayed.",
  limen_api_requests_total: "Requests to the API, by route and status.",
  limen_console_sign_ins_total: "Tries to sign in to the console, by outcome.",
  limen_live_dropped_total: "Pieces of live video thrown away because the converter or a viewer was slow.",
  limen_live_restarts_total: "Times the live view's converter had to be started again.",
  limen_audit_failures_total: "Decisions that could not be recorded (and therefore opened nothing).",
} as const;
export type CounterName = keyof typeof COUNTERS;

/** Every number that goes up and down. */
const GAUGES = {
  limen_camera_frame_age_seconds: "How old the newest picture was when it was taken up.",
  limen_camera_fps: "Pictures a second taken up lately; about two where nothing moves.",
  limen_engine_spend: "Calls to the search engine on the network in this minute, day and month, by span.",
  limen_engine_left_alone: "1 while the search engine on the network is left alone because it fails, else 0.",
  limen_camera_sight: "1 for what the camera's pictures say of it (ok, dark, moved, ...), 0 for what they said before.",
} as const;
export type GaugeName = keyof typeof GAUGES;

export interface Metrics {
  /** Adds `by` (default 1). Labels are few, short and never a person. */
  count(name: CounterName, labels?: Readonly<Record<string, string>>, by?: number): void;
  /** What a number is now. */
  gauge(name: GaugeName, value: number, labels?: Readonly<Record<string, string>>): void;
}
