import { z } from "zod";
import { ApiError } from "#adapters/http/api-error";
import { type Route, route } from "#adapters/http/route";

/**
 * Routes that promise liveness. The passive model here was measured to reject half of real frames and to let good pictures pass, so
 * that no number of its may be called one: each of these is refused, and the refusal says in every place where clients look for a
 * verdict that nothing passed. (One public client takes a missing score of compare-live for a pass.)
 */
const PROMISES_LIVENESS: readonly (readonly [path: string, name: string, instead: string])[] = [
  ["/liveness", "liveness", "nothing else here checks it"],
  ["/search-live-face", "searchLiveFace", "/search looks the face up without it"],
  ["/compare-live", "compareLive", "/compare compares without it"],
  ["/compare-with-liveness", "compareWithLiveness", "/compare compares without it"],
];

function refusal(instead: string): ApiError {
  const message = `liveness_unavailable: Limen cannot vouch for liveness from one picture; ${instead}`;
  const verdict = { status: "unavailable", passed: false, result: { passed: false } };
  return new ApiError(409, "liveness_unavailable", message, {
    data: { message, passed: false, result: { passed: false }, liveness: verdict },
  });
}

export function livenessRoutes(): readonly Route[] {
  const refused = (path: string, name: string, instead: string, scope: "search" | "write"): Route =>
    route({
      method: "post",
      path,
      name,
      summary: `Always refused with 409 liveness_unavailable: ${instead}.`,
      scope,
      failures: [409],
      answer: z.never(),
      handle: async () => {
        throw refusal(instead);
      },
    });
  return [
    ...PROMISES_LIVENESS.map(([path, name, instead]) => refused(path, name, instead, "search")),
    refused("/persons/search-live-face", "enrolLiveFace", "/persons enrols without it", "write"),
  ];
}
