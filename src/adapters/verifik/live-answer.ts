import { type ContractPerson, isRecord, peopleIn, protocolFault, readObject } from "#adapters/verifik/answer";
import { saidIn } from "#adapters/verifik/refusal";
import { isBelievable } from "#core/candidate";

/** What a look at one face said. */
export interface LiveFace {
  /** Best first, each once. */
  readonly people: readonly ContractPerson[];
  /** How live the face looks, 0..1. */
  readonly liveness: number;
  /** False where the answer says in so many words that the face did not pass. */
  readonly passed: boolean;
}

type Members = Readonly<Record<string, unknown>>;

/** The object under `name`; null = there is none. Anything else there is no form we know. */
function objectIn(place: Members | null, name: string): Members | null {
  const value = place?.[name];
  if (value === undefined) return null;
  if (!isRecord(value)) throw protocolFault(`has a ${name} that is no object`);
  return value;
}

function scoreIn(value: unknown): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw protocolFault("has a liveness score that is no number from 0 to 1");
}

function passIn(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw protocolFault("does not say whether the face passed");
}

/** The one thing that is said, perhaps in several places. */
function only<T>(said: readonly T[], what: string, areAlike: (a: T, b: T) => boolean): T {
  const [first] = said;
  if (first === undefined) throw protocolFault(`has no ${what}`);
  if (!said.every((other) => areAlike(first, other))) throw protocolFault(`contradicts itself about its ${what}`);
  return first;
}

function areSamePeople(a: readonly ContractPerson[], b: readonly ContractPerson[]): boolean {
  return a.length === b.length && a.every(({ id, score }, at) => id === b[at]?.id && score === b[at].score);
}

/**
 * A 200 answer in any of the forms that were seen of it: `{persons, liveness_score}`, the same under `data`, or
 * `data: {search, liveness: {result: {liveness_score, passed}}}`; with several at once they must say the same. One that names nobody, or
 * no number, in any of these places is no answer. Throws LIMEN_ENGINE_PROTOCOL.
 */
export function readLiveFace(text: string): LiveFace {
  const root = readObject(text);
  const data = objectIn(root, "data");
  const liveness = objectIn(data ?? root, "liveness");
  const places = [root, data, liveness, objectIn(liveness, "result")].filter((place) => place !== null);
  const saidAs = (name: string): unknown[] => places.map((place) => place[name]).filter((value) => value !== undefined);
  const lists = [...saidAs("persons"), ...saidAs("search")].map(peopleIn);
  const people = only(lists, "list of people", areSamePeople);
  if (!isBelievable(people.map(({ id, score }) => ({ personId: id, score }))))
    throw protocolFault("names somebody twice");
  return {
    people,
    liveness: only(saidAs("liveness_score").map(scoreIn), "liveness score", Object.is),
    passed: saidAs("passed").map(passIn).every(Boolean),
  };
}

/** Words by which a refusal says that the face was looked at and is not a live one; other refusals say that it could not be judged. */
const NOT_LIVE = new Set(["liveness_failed", "liveness_check_failed", "err_liveness_failed"]);

/** True where a refusal's body says that the face is not a live one. */
export function saysNotLive(body: string): boolean {
  const { code, text } = saidIn(body);
  // Some texts repeat a status in front: "409:liveness_failed".
  return [code, text.replace(/^\d{3}:\s*/, "")].some((word) => NOT_LIVE.has(word.trim().toLowerCase()));
}
