import { z } from "zod";
import { ApiError } from "#adapters/http/api-error";
import { param, type Route, route } from "#adapters/http/route";
import { ACTUATIONS } from "#core/reason";
import { refusalWords } from "#core/remote-unlock";
import type { RemoteUnlock } from "#ports/remote-doors";

const opened = z
  .object({
    id: z.string().meta({ description: "Under which it was recorded" }),
    actuated: z.enum(ACTUATIONS).meta({ description: "What became of the command; acked = the lock was released" }),
    why: z.string(),
  })
  .meta({ id: "Unlocking" });

/** Opening a door over HTTP. Without doors (`limen serve`) there is none to open. */
export function unlockRoutes(remote: RemoteUnlock | undefined): readonly Route[] {
  return [
    route({
      method: "post",
      path: "/doors/:door/unlock",
      name: "unlockDoor",
      summary: "Opens a door that may be opened from afar (doors.<door>.remote.unlock). Recorded like a decision.",
      scope: "unlock",
      failures: [404, 409],
      answer: z.object({ data: opened }),
      handle: async (call) => {
        const door = param(call, "door");
        const request = {
          ...{ door, by: `http:${call.caller}`, proof: "token" as const, id: null },
          ...{ madeAt: null, expiresAt: null, retained: false, listeningMs: null },
        };
        const answer = await remote?.unlock(request, call.signal);
        if (answer === undefined || (answer.result === "refused" && answer.why === "no_such_door")) {
          throw new ApiError(404, "no_such_door", refusalWords("no_such_door"));
        }
        if (answer.result === "granted")
          return { data: { id: answer.id, actuated: answer.actuation, why: answer.why } };
        const { why } = answer;
        const words = refusalWords(why);
        if (why === "rate_limited") throw new ApiError(429, why, words, { retryAfterSeconds: 5 });
        if (why === "audit_unavailable") throw new ApiError(503, why, words);
        throw new ApiError(why === "not_allowed" ? 403 : 409, why, words);
      },
    }),
  ];
}
