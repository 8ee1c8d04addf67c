import type { ScriptedAnswer } from "./door-events";
import type { Decided, DoorTrace, Opened, Said, Shown, Since } from "./door-trace";
import type { Name, PolicyWords } from "./door-words";

/** What pictures say, by the written rules alone: part of the oracle, which imports nothing of the program. */

/** Ten people or fewer, base threshold; the score somebody chose for the network's engine. */
const LOCAL_THRESHOLD = 0.83;
const NETWORK_THRESHOLD = 0.85;
const LOCAL_DEADLINE_MS = 400;
const NETWORK_DEADLINE_MS = 2000;
const FALLBACK_AFTER_MS = 700;
/** On the watch list, this far under the threshold is like enough to keep a door shut. */
const RESEMBLANCE = 0.25;
const ROUNDING = 1e-9;

/** Whether something held at some moment of [from, to]. */
export function everHeld<T>(
  history: readonly Since<T>[],
  fromMs: number,
  toMs: number,
  test: (value: T) => boolean,
): boolean {
  return history.some(({ fromMs: began, value }, i) => {
    const ended = history[i + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    return began <= toMs && ended >= fromMs && test(value);
  });
}

/** How much agreement is asked for. */
export interface Demand {
  readonly agree: number;
  readonly of: number;
  readonly windowMs: number;
  readonly margin: number;
  readonly threshold: number;
  /** On top of it, for a picture that is only fair. */
  readonly fairExtra: number;
}

/** What the policy asks of pictures of this person: more while they have looked like somebody else all along. */
function demandOf(policy: PolicyWords, trace: DoorTrace, name: Name | null, fromMs: number, toMs: number): Demand {
  const { agree, of, windowMs, margin, fairExtra } = policy;
  const threshold = policy.calibrated ?? LOCAL_THRESHOLD;
  const isAlike = (name === "ada" || name === "ben") && !everHeld(trace.alike, fromMs, toMs, (are) => !are);
  return isAlike
    ? {
        agree: Math.max(agree, 3),
        of: Math.max(of, 4),
        windowMs,
        margin: margin * 2,
        threshold,
        fairExtra: fairExtra * 2,
      }
    : { agree, of, windowMs, margin, threshold, fairExtra };
}

function scoresOf(answer: ScriptedAnswer): readonly (readonly [Name, number])[] {
  return answer.kind === "names" || answer.kind === "slow" ? answer.scores : [];
}

function isInTime({ askedAtMs, answeredAtMs }: Said, deadlineMs: number, decidedAtMs: number): boolean {
  if (askedAtMs === null || answeredAtMs === null) return false;
  return answeredAtMs - askedAtMs <= deadlineMs && answeredAtMs <= decidedAtMs;
}

function isStrong(answer: ScriptedAnswer, name: Name | null, threshold: number, margin: number): boolean {
  const [first, second] = scoresOf(answer);
  if (first === undefined || first[0] !== name || first[1] < threshold) return false;
  return first[1] - (second?.[1] ?? 0) >= margin - ROUNDING;
}

/** Only the engine of the house hears pictures that are only fair. */
const counts = ({ clarity }: Shown, { engine }: PolicyWords): boolean =>
  clarity === "clear" || (clarity === "fair" && engine === "local");

/** How a picture speaks for somebody: as it should, by the local engine's word in an outage, or not at all. */
function speaks(
  picture: Shown,
  name: Name | null,
  policy: PolicyWords,
  { threshold, margin, fairExtra }: Demand,
  decidedAtMs: number,
): "yes" | "in_outage" | "no" {
  const { local, network, look, clarity, capturedAtMs } = picture;
  const { engine } = policy;
  if (!counts(picture, policy) || capturedAtMs > decidedAtMs) return "no";
  const least = threshold + (clarity === "clear" ? 0 : fairExtra);
  const here = isInTime(local, LOCAL_DEADLINE_MS, decidedAtMs) && isStrong(look.answer, name, least, margin);
  const there =
    isInTime(network, NETWORK_DEADLINE_MS, decidedAtMs) && isStrong(look.network, name, NETWORK_THRESHOLD, margin);
  if (engine === "local") return here ? "yes" : "no";
  if (engine === "both_agree") return here && there ? "yes" : "no";
  if (there) return "yes";
  return here && isOut(network, look.network) ? "in_outage" : "no";
}

/** True when the network's engine was not there for a picture; nonsense, and an error of its own, are no outage. */
function isOut({ askedAtMs, answeredAtMs }: Said, answer: ScriptedAnswer): boolean {
  if (askedAtMs === null) return true;
  if (answer.kind === "fails") return answer.code === "LIMEN_ENGINE_UNREACHABLE";
  return answeredAtMs === null || answeredAtMs - askedAtMs > FALLBACK_AFTER_MS;
}

/** The pictures a decision says it rests on, one after the other; several where it cannot be told which was meant. */
export function restsOn(trace: DoorTrace, { track, pictures }: Decided): Shown[][] {
  return pictures.map(({ capturedAtMs }) =>
    trace.shown.filter((picture) => picture.track === track && picture.capturedAtMs === capturedAtMs),
  );
}

/** Why the pictures are not enough for this opening; empty = they are. */
export function pictureWrongs(trace: DoorTrace, opened: Opened, record: Decided, policy: PolicyWords): string[] {
  const { decidedAtMs } = record;
  const demand = demandOf(policy, trace, opened.name, opened.evidenceAtMs, decidedAtMs);
  const voices = (pictures: readonly Shown[]) =>
    pictures.map((p) => speaks(p, opened.name, policy, demand, decidedAtMs));
  const mine = trace.shown.filter(({ track }) => track === record.track);
  const speaking = mine.filter((picture) => voices([picture])[0] !== "no");
  const newest = speaking.filter(({ capturedAtMs }) => capturedAtMs === opened.evidenceAtMs);
  const together = speaking.filter(({ capturedAtMs }) => {
    const beforeMs = opened.evidenceAtMs - capturedAtMs;
    return beforeMs >= 0 && beforeMs <= demand.windowMs;
  });
  const wrong: string[] = [];
  if (newest.length === 0 || together.length < demand.agree) wrong.push("not enough pictures spoke for this person");
  // The last thing seen of somebody who is let in is that they stand there.
  const answeredAtMs = Math.min(...newest.map(({ local, network }) => local.answeredAtMs ?? network.answeredAtMs ?? 0));
  const last = mine.filter((picture) => {
    const { local, network } = picture;
    return counts(picture, policy) && Math.max(local.answeredAtMs ?? 0, network.answeredAtMs ?? 0) >= answeredAtMs;
  });
  if (!last.some(({ look }) => look.gait === "stands")) wrong.push("they only walk past");

  const claimed = restsOn(trace, record);
  const counted = claimed.slice(-demand.of).map(voices);
  if (counted.filter((all) => all.some((voice) => voice !== "no")).length < demand.agree)
    wrong.push("the newest pictures do not agree");
  const regular = counted.filter((all) => all.includes("yes")).length;
  if (
    regular < demand.agree &&
    opened.name !== null &&
    !policy.offline.includes(opened.name) &&
    policy.engine !== "local"
  )
    wrong.push("only the local engine knew them");
  if (
    policy.company === "deny" &&
    claimed.slice(-1).some((all) => all.length > 0 && all.every(({ stranger }) => stranger))
  )
    wrong.push("a stranger was beside them");
  if (policy.watchesGuests && resembles(trace, claimed.slice(-policy.of), policy, record))
    wrong.push("somebody of the watch list was seen");
  return wrong;
}

/** True when one of the newest pictures surely shows somebody first who is watched for. */
function resembles(
  trace: DoorTrace,
  newest: readonly Shown[][],
  policy: PolicyWords,
  { decidedAtMs }: Decided,
): boolean {
  const atMs = Math.max(...newest.flat().map(({ capturedAtMs }) => capturedAtMs));
  const isWatched = (name: Name, sinceMs: number): boolean => {
    if (name === "cleo" || name === "ghost") return name === "cleo";
    return !everHeld(trace.people[name], sinceMs, decidedAtMs, (state) => state !== "listed" && state !== "outsider");
  };
  const shows = ({ look, capturedAtMs }: Shown): boolean => {
    const [first, second] = scoresOf(look.answer);
    if (first === undefined || first[1] < (policy.calibrated ?? LOCAL_THRESHOLD) - RESEMBLANCE + ROUNDING) return false;
    return first[1] !== second?.[1] && isWatched(first[0], capturedAtMs);
  };
  return newest.some(
    (all) => all.length > 0 && all.every((picture) => atMs - picture.capturedAtMs <= policy.windowMs && shows(picture)),
  );
}
