import type { Template } from "#core/face";
import type { Track } from "#core/track";
import type { DoorDesk } from "#flow/door-desk";
import { livingCues } from "../fakes/cues";
import { faceAt, frameAt, templateOf } from "../fakes/faces";
import type { DoorEvent, Life } from "./door-events";
import type { DoorTrace, Shown } from "./door-trace";
import { NOBODY_ASKED } from "./door-world";
import type { Showing } from "./scripted-service";

const BESIDE_MS = 1000;
/** So high a face, as a part of another's, is as near. */
const AS_NEAR = 0.6;
const BASE_THRESHOLD = 0.83;
/** Nobody looks at the pixels, so all pictures share them. */
const BLANK = frameAt(0);
const TIMES = { wait: 1, find: 1, describe: 1 };

/** What the models measure of a face that is one or a picture. `step` counts pictures, so that a living head is seen to move. */
function measured(life: Life, step: number) {
  if (life === "unmeasured") return { liveness: null, cues: null };
  const repeatOfMs = life === "looped" ? 5000 : null;
  return { liveness: life === "doubtful" ? 0.3 : 0.9, cues: livingCues(step, { repeatOfMs }) };
}

function clarityOf({ heightPx, yaw, norm }: Extract<DoorEvent, { kind: "look" }>): Shown["clarity"] {
  if (heightPx >= 48 && yaw <= 0.25 && norm >= 3) return "clear";
  return heightPx >= 48 && yaw <= 0.4 && norm >= 2.4 ? "fair" : "none";
}

/** The people before the camera, one a track: what the desk is shown of them, and what the trace is told. */
export function visitorsAt(
  desk: () => DoorDesk,
  world: { trace: DoorTrace; asked: Map<Template, Shown>; showing: Showing; nowMs: () => number; signal: AbortSignal },
) {
  const { trace, asked, showing, nowMs, signal } = world;
  /** Of each face in view: when and how high it was seen last, when it was last large enough, and all pictures of it that were searched. */
  const inView = new Map<number, { capturedAtMs: number; heightPx: number; largeAtMs: number; pictures: Shown[] }>();
  let step = 0;

  const trackOf = (id: number, gait: "stands" | "passes"): Track => {
    const at = (agoMs: number, x: number) => ({ atMs: nowMs() - agoMs, x, y: 100, height: 100 });
    const path =
      gait === "stands" ? [at(400, 300), at(200, 300), at(0, 300)] : [at(400, 100), at(200, 200), at(0, 300)];
    return { id, box: faceAt(100, 80).box, firstSeenAtMs: 0, lastSeenAtMs: nowMs(), path };
  };
  const isUnnamed = ({ pictures }: { pictures: Shown[] }): boolean =>
    !pictures.some(({ look: { answer } }) => {
      return (answer.kind === "names" || answer.kind === "slow") && (answer.scores[0]?.[1] ?? 0) >= BASE_THRESHOLD;
    });

  return {
    /** Shows a face; what is under way because of it. */
    look(event: Extract<DoorEvent, { kind: "look" }>): Promise<void>[] {
      const face = faceAt(100, 80, event.heightPx, { yaw: event.yaw });
      const frame = { ...BLANK, capturedAtMs: nowMs() - event.ageMs };
      const sighting = { frame, track: trackOf(event.track, event.gait), face };
      const { capturedAtMs } = frame;
      const before = inView.get(event.track);
      const others = [...inView].filter(([id]) => id !== event.track).map(([, other]) => other);
      const pictures = before?.pictures ?? [];
      const { heightPx } = event;
      const largeAtMs = heightPx >= 48 ? capturedAtMs : (before?.largeAtMs ?? Number.NEGATIVE_INFINITY);
      inView.set(event.track, { capturedAtMs, heightPx, largeAtMs, pictures });
      const isBeside = (other: { capturedAtMs: number; heightPx: number; largeAtMs: number }): boolean =>
        capturedAtMs - other.largeAtMs <= BESIDE_MS ||
        (other.heightPx >= AS_NEAR * heightPx && capturedAtMs - other.capturedAtMs <= BESIDE_MS);
      desk().saw([sighting]);
      showing.now = { look: event, capturedAtMs };
      const isWanted = desk().wants(sighting);
      showing.now = null;
      if (!isWanted) return [];
      const picture: Shown = {
        track: event.track,
        capturedAtMs,
        clarity: clarityOf(event),
        look: event,
        stranger: others.some((other) => isBeside(other) && isUnnamed(other)),
        local: NOBODY_ASKED(),
        network: NOBODY_ASKED(),
      };
      trace.shown.push(picture);
      pictures.push(picture);
      const template = { ...templateOf(event.track), norm: event.norm };
      asked.set(template, picture);
      return [desk().consider(sighting, { template, ...measured(event.life, step++) }, TIMES, signal)];
    },
    async left(id: number): Promise<void> {
      inView.delete(id);
      const depart = (): unknown => trace.departed.push({ track: id, atMs: nowMs() });
      depart();
      await desk().left(trackOf(id, "stands"), signal);
      // The desk may have to write down a refusal before it forgets the track, whose number this script may have given away meanwhile.
      depart();
    },
    /** Another desk takes over, which has seen nobody yet. */
    forget() {
      inView.clear();
      trace.departed.push({ track: null, atMs: nowMs() });
    },
  };
}
