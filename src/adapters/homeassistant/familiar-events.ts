import type { DecisionRecord } from "#core/decision-record";

/** A message on a topic, never retained. */
export interface News {
  readonly topic: string;
  readonly payload: string;
}

/** Where these are published, as filters. */
export const FAMILIAR_TOPICS = {
  frigate: ["frigate/tracked_object_update"],
  doubleTake: ["double-take/matches/+", "double-take/cameras/+"],
} as const;

/** Two digits, as everywhere outside the records. */
const coarse = (score: number | null): number => Math.round((score ?? 0) * 100) / 100;

/**
 * Who was at the door, in the shapes that other programs' users have automations for. Only who was let in is anybody: a refused
 * photograph of a resident must not switch the light on for them, so everybody else is `unknown`. `shownAs` is the person's opaque id,
 * or the name where the configuration allows names; topics only ever carry the id.
 */
interface Seen {
  readonly record: DecisionRecord;
  readonly shownAs: string | null;
}

const isKnown = ({ record }: Seen): boolean => record.result === "grant" && record.personId !== null;

/** As Frigate publishes a recognised face (`frigate/tracked_object_update`, `type: face`). */
export function frigateFace(seen: Seen): News {
  const { record, shownAs } = seen;
  const body = {
    type: "face",
    id: record.id,
    name: isKnown(seen) ? (shownAs ?? record.personId) : "unknown",
    score: coarse(record.score),
    camera: record.camera,
    timestamp: record.at / 1000,
  };
  return { topic: "frigate/tracked_object_update", payload: JSON.stringify(body) };
}

/** As Double Take publishes a match or an unknown face, and the camera's summary of it. */
export function doubleTakeMatches(seen: Seen): News[] {
  const { record, shownAs } = seen;
  const known = isKnown(seen);
  const common = {
    id: record.id,
    duration: Math.round(record.timingsMs.sinceInView) / 1000,
    timestamp: new Date(record.at).toISOString(),
    attempts: record.searches,
    camera: record.camera,
    zones: [],
  };
  const face = {
    name: known ? (shownAs ?? record.personId) : "unknown",
    confidence: Math.round(coarse(record.score) * 100),
    match: known,
    type: "latest",
    detector: "limen",
  };
  const [matches, unknowns] = known ? [[face], []] : [[], [face]];
  const counts = { person: 1, match: matches.length, miss: 0, unknown: unknowns.length };
  return [
    {
      topic: `double-take/matches/${known ? record.personId : "unknown"}`,
      payload: JSON.stringify({ ...common, [known ? "match" : "unknown"]: face }),
    },
    {
      topic: `double-take/cameras/${record.camera}`,
      payload: JSON.stringify({ ...common, matches, misses: [], unknowns, counts }),
    },
  ];
}
