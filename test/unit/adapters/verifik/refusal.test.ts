import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusalOf } from "#adapters/verifik/refusal";
import { safeText } from "#adapters/verifik/safe-text";

const TOKEN = "eyJhbGciOiJIUzI1NiJ9.q7Yx0ZtPw3LmN8vRk2Jd.uE5sHb1Gf9Ca6XoTi4Wz";

/** True when eight characters of the token in a row can be read. */
function givesAway(text: string): boolean {
  const lower = text.toLowerCase();
  for (let at = 0; at + 8 <= TOKEN.length; at++) if (lower.includes(TOKEN.slice(at, at + 8).toLowerCase())) return true;
  return false;
}

describe("a text of somebody else's", () => {
  it("stays readable", () => {
    expect(safeText('"min_score" is required', TOKEN)).toBe('"min_score" is required');
    expect(safeText("ERR_LIVENESS_FACE_CLOSE_TO_BORDER", TOKEN)).toBe("ERR_LIVENESS_FACE_CLOSE_TO_BORDER");
    expect(safeText("collection 0a634411-717e-46c4-9c9a-8d7e8f92eef8", TOKEN)).toContain("0a634411-717e");
  });

  it("becomes one bounded line", () => {
    expect(safeText("a\r\nb\u001b[31m\u0000c\u2028d", TOKEN)).toBe("a b [31m c d");
    expect(safeText("word ".repeat(1000), TOKEN)).toHaveLength(200);
  });

  it("never gives the token away, wherever it stands in it", () => {
    const part = fc
      .tuple(fc.nat({ max: TOKEN.length }), fc.nat({ max: TOKEN.length }))
      .map(([from, to]) => TOKEN.slice(Math.min(from, to), Math.max(from, to)));
    const piece = fc.oneof(part, fc.string({ maxLength: 300 }), fc.constantFrom(" ", "\n", "Bearer ", '"'));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        expect(givesAway(safeText(pieces.join(""), TOKEN))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it("hides a short token as well, and works without one", () => {
    expect(safeText("bad token abc!", "abc")).toBe("bad token [redacted]");
    expect(safeText("bad token", "")).toBe("bad token");
  });
});

describe("a refusal", () => {
  it("is one bounded error without the token, whatever its body is", () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constant(TOKEN),
        fc.string().map((text) => `${text}${TOKEN}${text}`),
        fc.jsonValue(),
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom("message", "error", "validationError", "data", "detail", "code", "loc", "msg", "x"),
          tie("any"),
        ),
      ),
    })).any;
    const status = fc.integer({ min: 400, max: 599 });
    fc.assert(
      fc.property(
        status,
        fc.oneof(
          value.map((body) => JSON.stringify(body)),
          fc.string(),
        ),
        (code, body) => {
          const error = refusalOf(code, body, TOKEN);
          expect(error.code).toMatch(/^LIMEN_ENGINE_/);
          expect(error.message.length).toBeLessThan(320);
          expect(givesAway(`${error.message} ${error.hint} ${error.stack}`)).toBe(false);
          expect(error.cause).toBeUndefined();
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("is what its status says, when nothing else does", () => {
    const codes = [400, 401, 402, 403, 404, 409, 410, 412, 413, 422, 429, 500, 502, 503, 504, 599].map(
      (status) => `${status} ${refusalOf(status, "", TOKEN).code.replace("LIMEN_ENGINE_", "")}`,
    );
    expect(codes).toEqual([
      "400 INVALID",
      "401 AUTH",
      "402 FORBIDDEN",
      "403 FORBIDDEN",
      "404 NOT_FOUND",
      "409 CONFLICT",
      "410 NOT_FOUND",
      "412 PRECONDITION",
      "413 INVALID",
      "422 INVALID",
      "429 RATE_LIMITED",
      "500 FAILED",
      "502 FAILED",
      "503 FAILED",
      "504 FAILED",
      "599 FAILED",
    ]);
  });

  it("is not fooled by names every object has", () => {
    for (const code of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      expect(refusalOf(400, JSON.stringify({ code }), TOKEN).code).toBe("LIMEN_ENGINE_INVALID");
    }
  });
});
