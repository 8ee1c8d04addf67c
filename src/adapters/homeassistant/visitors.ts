import { ended } from "#adapters/homeassistant/ended";
import { doubleTakeMatches, frigateFace } from "#adapters/homeassistant/familiar-events";
import type { HomeConnection } from "#adapters/homeassistant/home-connection";
import { homeDoorTopics } from "#adapters/homeassistant/topics";
import type { DecisionRecord } from "#core/decision-record";
import { wordsFor } from "#core/reason";
import { messageOf } from "#errors";
import type { Announcer } from "#ports/announcer";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";

export interface VisitorsOptions {
  readonly connection: HomeConnection;
  readonly prefix: string;
  /** The last person and reason are published. */
  readonly sensors: boolean;
  readonly frigate: boolean;
  readonly doubleTake: boolean;
  /** Whose pictures are published. */
  readonly snapshots: "never" | "refused" | "always";
  /** Absent = names are never published, only opaque ids. */
  readonly nameOf?: (personId: string) => Promise<string | null>;
  /** A JPEG of what the camera sees now. */
  readonly pictureOf: (camera: string) => Promise<Uint8Array | null>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Visitors extends AsyncDisposable {
  /** The announcer, and Home Assistant told as well of each decision's first telling. */
  beside(announcer: Announcer): Announcer;
  /** Says the last person and reason of each door again. */
  again(): void;
}

const NEWS = { qos: 1, retain: false, expirySeconds: 60 } as const;
const PICTURE = { qos: 0, retain: false, expirySeconds: 60 } as const;
/** Longest state that Home Assistant takes. */
const LONGEST_STATE = 255;
/** Decisions that may wait for the broker, a name or a picture; more go untold here. They are on `<p>/decision` all the same. */
const MOST_WAITING = 16;

/**
 * Who came last to each door and what was said of it, for people who look at Home Assistant. Nothing of it is retained: whoever was
 * at the door is not to be read off the broker a year later.
 */
export function openVisitors(options: VisitorsOptions): Visitors {
  const { connection, logger } = options;
  const last = new Map<string, { readonly person: string; readonly reason: string }>();
  let waiting = 0;
  let busy: Promise<void> = Promise.resolve();

  const tellLast = async (door: string): Promise<void> => {
    const said = last.get(door);
    if (said === undefined || !options.sensors) return;
    const topics = homeDoorTopics(options.prefix, door);
    await connection.publish(topics.lastPerson, said.person, NEWS);
    await connection.publish(topics.lastReason, said.reason, NEWS);
  };
  const shownAs = async ({ personId }: DecisionRecord): Promise<string | null> =>
    personId === null ? null : ((await options.nameOf?.(personId)) ?? personId);
  const tellPicture = async ({ door, camera, result }: DecisionRecord): Promise<void> => {
    if (options.snapshots === "never" || (options.snapshots === "refused" && result === "grant")) return;
    const picture = await options.pictureOf(camera);
    const topic = homeDoorTopics(options.prefix, door).snapshot;
    if (picture !== null) await connection.publish(topic, Buffer.from(picture).toString("base64"), PICTURE);
  };
  const tell = async (record: DecisionRecord): Promise<void> => {
    const shown = await shownAs(record);
    const person = (shown ?? "stranger").slice(0, LONGEST_STATE);
    last.set(record.door, { person, reason: wordsFor(record.reason).slice(0, LONGEST_STATE) });
    await tellLast(record.door);
    const seen = { record, shownAs: shown };
    const news = [
      ...(options.frigate ? [frigateFace(seen)] : []),
      ...(options.doubleTake ? doubleTakeMatches(seen) : []),
    ];
    for (const { topic, payload } of news) await connection.publish(topic, payload, NEWS);
    await tellPicture(record);
  };
  const next = (what: () => Promise<void>): void => {
    if (waiting >= MOST_WAITING) return;
    waiting++;
    busy = busy
      .then(what)
      .catch((error: unknown) => logger.warn({}, `Home Assistant was not told who came: ${messageOf(error)}`))
      .finally(() => {
        waiting--;
      });
  };
  const newest = new Map<string, string>();

  return {
    beside: (announcer) => ({
      decision(record, outcome) {
        announcer.decision(record, outcome);
        if (newest.get(record.door) === record.id) return;
        // What becomes of a command is told under an older id when somebody else has come meanwhile; ids grow with time.
        if ((newest.get(record.door) ?? "") > record.id) return;
        newest.set(record.door, record.id);
        next(() => tell(record));
      },
      happened: (event) => announcer.happened(event),
      door: (door, state) => announcer.door(door, state),
    }),
    again() {
      next(async () => {
        for (const door of last.keys()) await tellLast(door);
      });
    },
    async [Symbol.asyncDispose]() {
      await ended(busy, options.clock);
    },
  };
}
