import { isRecord } from "#adapters/verifik/answer";
import { safeText } from "#adapters/verifik/safe-text";
import { type ErrorCode, LimenError } from "#errors";

/** What a refusal says, wherever in its body it says it. */
interface Said {
  readonly code: string;
  readonly text: string;
}

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: "LIMEN_ENGINE_AUTH",
  402: "LIMEN_ENGINE_FORBIDDEN",
  403: "LIMEN_ENGINE_FORBIDDEN",
  404: "LIMEN_ENGINE_NOT_FOUND",
  409: "LIMEN_ENGINE_CONFLICT",
  410: "LIMEN_ENGINE_NOT_FOUND",
  412: "LIMEN_ENGINE_PRECONDITION",
  429: "LIMEN_ENGINE_RATE_LIMITED",
};

/** The engine's own codes that say more than the status they come with, which its documents often leave open. */
const BY_CODE: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ["MissingParameter", "LIMEN_ENGINE_INVALID"],
  ["INVALID_PARAMETERS", "LIMEN_ENGINE_INVALID"],
  ["ERR_ENTITY_NOT_FOUND", "LIMEN_ENGINE_NOT_FOUND"],
  ["ERR_INVALID_API_KEY", "LIMEN_ENGINE_AUTH"],
  ["ERR_INVALID_TOKEN", "LIMEN_ENGINE_AUTH"],
  ["ERR_RESTRICTED_API", "LIMEN_ENGINE_FORBIDDEN"],
  ["ERR_EXPIRED_SUBSCRIPTION", "LIMEN_ENGINE_FORBIDDEN"],
]);

const HINTS: Partial<Record<ErrorCode, string>> = {
  LIMEN_ENGINE_AUTH: "put a valid token of the search engine into the secrets",
  LIMEN_ENGINE_FORBIDDEN: "the token may have expired, lack the right to search, or the account the credit",
  LIMEN_ENGINE_NOT_FOUND: "check the collection's code and the engine's address",
  LIMEN_ENGINE_RATE_LIMITED: "search less often, or ask the engine's operator for more",
  LIMEN_ENGINE_FAILED: "nothing to do here; if it lasts, ask the engine's operator",
};

function textIn(value: unknown): string {
  if (typeof value === "string") return value;
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value.slice(0, 3).join("; ") : "";
}

/** Validation details: a list of `{loc, msg}`, each told as `place: what`, or a plain text. */
function detailIn(value: unknown): string {
  if (!Array.isArray(value)) return textIn(value);
  const told = value.slice(0, 3).map((item) => {
    if (!isRecord(item)) return textIn(item);
    const place = Array.isArray(item["loc"]) ? item["loc"].slice(0, 8).filter(isPlace).join(".") : "";
    const what = textIn(item["msg"]);
    return place === "" || what === "" ? what : `${place}: ${what}`;
  });
  return told.filter((part) => part !== "").join("; ");
}

function isPlace(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

/** The first text and the first code of all the places where servers of this contract have been seen putting them. */
export function saidIn(body: string): Said {
  let root: unknown;
  try {
    root = JSON.parse(body);
  } catch {
    return { code: "", text: "" };
  }
  if (typeof root === "string") return { code: "", text: root };
  if (!isRecord(root)) return { code: "", text: "" };
  const data = isRecord(root["data"]) ? root["data"] : {};
  const error = isRecord(root["error"]) ? root["error"] : {};
  const first = (texts: readonly string[]): string => texts.find((text) => text.trim() !== "") ?? "";
  return {
    text: first([
      textIn(data["message"]),
      textIn(root["validationError"]),
      textIn(root["message"]),
      textIn(root["error"]),
      textIn(error["message"]),
      detailIn(root["detail"]),
      detailIn(data["detail"]),
      textIn(data["error"]),
    ]),
    code: first([textIn(root["code"]), textIn(data["code"]), textIn(error["code"])]),
  };
}

function codeFor(status: number, said: Said): ErrorCode {
  // A pause or an outage is one whatever else the body says: those two decide what happens next.
  if (status === 429) return "LIMEN_ENGINE_RATE_LIMITED";
  const known = BY_CODE.get(said.code) ?? BY_STATUS[status];
  if (known !== undefined) return known;
  return status >= 500 ? "LIMEN_ENGINE_FAILED" : "LIMEN_ENGINE_INVALID";
}

/**
 * The one typed error for an answer of status 400 or above. `body` is the decoded text, whatever it is; of it only the engine's
 * code and a short text are quoted, without the token.
 */
export function refusalOf(status: number, body: string, token: string): LimenError {
  const said = saidIn(body);
  const code = codeFor(status, said);
  const word = /^[\w.:-]{1,40}$/.test(said.code) ? safeText(said.code, token) : "";
  // Some texts repeat a status in front: "409:duplicated_person".
  const text = safeText(said.text.replace(/^\d{3}:\s*/, ""), token);
  const what = [`${status}`, word].filter((part) => part !== "").join(" ");
  const hint = HINTS[code];
  return new LimenError(
    code,
    `the search engine refused (${what})${text === "" ? "" : `: ${text}`}`,
    hint === undefined ? {} : { hint },
  );
}
