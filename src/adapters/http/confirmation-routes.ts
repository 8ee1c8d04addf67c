import { z } from "zod";
import { ApiError } from "#adapters/http/api-error";
import { type Route, route } from "#adapters/http/route";
import { isoOf } from "#core/instant";
import type { Questions } from "#ports/questions";

const asked = z
  .object({
    id: z.string().meta({ description: "Good for one answer" }),
    door: z.string(),
    reader: z.string().meta({ description: "The camera" }),
    asked_at: z.string().meta({ description: "UTC" }),
    expires_at: z.string().meta({ description: "UTC" }),
  })
  .meta({ id: "Question" });

const reply = z.strictObject({
  id: z.string().min(1).max(64),
  door: z.string().min(1).max(64).meta({ description: "The door that is meant: an answer for another one is refused" }),
  answer: z.enum(["confirm", "decline"]),
});

/** Second factors over HTTP: what doors ask now, and the answer. Without doors (`limen serve`) nothing is ever asked. */
export function confirmationRoutes(questions: Questions | undefined): readonly Route[] {
  return [
    route({
      method: "get",
      path: "/confirmations",
      name: "openQuestions",
      summary: "The doors that ask now whether the person in front of them is really there. Names nobody.",
      scope: "confirm",
      answer: z.object({ data: z.array(asked) }),
      handle: async () => ({
        data: (questions?.open("http") ?? []).map(({ id, door, camera, askedAt, expiresAt }) => ({
          ...{ id, door, reader: camera },
          ...{ asked_at: isoOf(askedAt), expires_at: isoOf(expiresAt) },
        })),
      }),
    }),
    route({
      method: "post",
      path: "/confirmations",
      name: "answerQuestion",
      summary:
        "Confirms that the person in front of the door is really there, or declines. Each question takes one answer.",
      scope: "confirm",
      failures: [404],
      body: reply,
      answer: z.object({ data: z.object({ id: z.string(), answer: z.enum(["confirm", "decline"]) }) }),
      handle: async ({ body: { id, door, answer } }) => {
        const outcome = answer === "confirm" ? "confirmed" : "declined";
        const isTaken = questions?.answer({ id, door, answer: outcome, channel: "http" }) ?? false;
        if (!isTaken) throw new ApiError(404, "no_such_question", "no such question is open at that door");
        return { data: { id, answer } };
      },
    }),
  ];
}
