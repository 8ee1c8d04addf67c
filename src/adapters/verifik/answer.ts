import { LimenError } from "#errors";

/** One person of an answer: what Limen believes and keeps of it. Thumbnails, dates and all the rest are left behind. */
export interface ContractPerson {
  /** Opaque, 1..100 characters, as the engine wrote it. */
  readonly id: string;
  /** 0..1. */
  readonly score: number;
  /** Null when the answer has none. */
  readonly name: string | null;
}

/** People in one answer, at most: the engine's own documents allow 500. */
const MAX_PEOPLE = 1000;
const MAX_ID_LENGTH = 100;
const MAX_NAME_LENGTH = 200;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** LIMEN_ENGINE_PROTOCOL. Never quotes the answer: there may be people and pictures in it. */
export function protocolFault(what: string): LimenError {
  return new LimenError("LIMEN_ENGINE_PROTOCOL", `the search engine's answer ${what}`, {
    hint: "check that the address is the engine's own, without a proxy or a login page in between",
  });
}

/** The JSON object that an answer is. Throws LIMEN_ENGINE_PROTOCOL. */
export function readObject(text: string): Readonly<Record<string, unknown>> {
  const root = parse(text);
  if (!isRecord(root)) throw protocolFault("is not an object");
  return root;
}

function parse(text: string): unknown {
  if (text.trim() === "") throw protocolFault("is empty");
  if (/^\s*</.test(text)) throw protocolFault("is a web page, not JSON");
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, so it is not kept.
    throw protocolFault("is not JSON, or was cut short");
  }
}

function personOf(item: unknown, at: number): ContractPerson {
  if (!isRecord(item)) throw protocolFault(`has no person at place ${at}`);
  const { id, score, name } = item;
  if (typeof id !== "string" || id.trim() === "" || id.length > MAX_ID_LENGTH || /\p{Cc}/u.test(id)) {
    throw protocolFault(`has a person without a usable id at place ${at}`);
  }
  if (typeof score !== "number" || !(score >= 0 && score <= 1)) {
    throw protocolFault(`has a score that is no number from 0 to 1 at place ${at}`);
  }
  return { id, score, name: typeof name === "string" ? name.slice(0, MAX_NAME_LENGTH) : null };
}

/** Score descending, then id ascending; equal scores of different people stay what they are, a tie. */
function byScoreThenId(a: ContractPerson, b: ContractPerson): number {
  return b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/**
 * The people of a 200 answer. Strict where a door depends on it (`data` is a list; each id a string, each score a number from
 * 0 to 1), and one bad entry spoils the whole answer, because who is missing decides too. Everything else is optional, may be
 * null, unknown or of another type. Throws LIMEN_ENGINE_PROTOCOL.
 */
export function readPeople(text: string): ContractPerson[] {
  return peopleIn(readObject(text)["data"]);
}

/** The people of a list, best first; strict as above. */
export function peopleIn(data: unknown): ContractPerson[] {
  if (!Array.isArray(data)) throw protocolFault("has no list of people");
  if (data.length > MAX_PEOPLE) throw protocolFault(`lists more than ${MAX_PEOPLE} people`);
  return data.map(personOf).sort(byScoreThenId);
}
