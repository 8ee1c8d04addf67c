import { z } from "zod";
import type { MqttConnection } from "#adapters/mqtt/connection";
import { doorTopics } from "#adapters/mqtt/topics";
import { isoOf } from "#core/instant";
import type { Metrics } from "#ports/metrics";
import type { AskedQuestion, QuestionEnding, Questions } from "#ports/questions";

/** Longest answer that is read, bytes: an id and a word need fewer. */
const MAX_ANSWER_BYTES = 512;

const answerBody = z.object({
  v: z.literal(1),
  id: z.string().min(1).max(64),
  answer: z.enum(["confirm", "decline"]),
});

/** `<p>/door/<door>/question`: asked, and again when it has ended. No name, no picture, nobody's id. */
function questionMessage({ id, door, camera, askedAt, expiresAt }: AskedQuestion, ending: QuestionEnding | null) {
  const times = { asked_at: isoOf(askedAt), expires_at: isoOf(expiresAt) };
  return { v: 1, id, door, reader: camera, state: ending ?? "open", ...times } as const;
}

function parsedAnswer(payload: Uint8Array): z.infer<typeof answerBody> | null {
  if (payload.length > MAX_ANSWER_BYTES) return null;
  try {
    return answerBody.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload))).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Carries the doors' questions to whoever listens, and their answers back: for each of these doors one topic out and one in. Retained
 * answers, answers nobody understands, and answers to no open question are counted and do nothing. A question that finds no broker is
 * not sent later.
 */
export function openMqttQuestions(options: {
  readonly connection: Pick<MqttConnection, "publish" | "subscribe">;
  readonly prefix: string;
  readonly doors: readonly string[];
  readonly questions: Questions;
  readonly metrics: Metrics;
}): Disposable {
  const { connection, questions, metrics } = options;
  const topicsOf = new Map(options.doors.map((door) => [door, doorTopics(options.prefix, door)] as const));

  const hear = (door: string, topic: string): (() => void) =>
    connection.subscribe(topic, { skipRetained: true }, (payload, { retain }) => {
      const body = retain ? null : parsedAnswer(payload);
      if (body === null) metrics.count("limen_confirmations_total", { channel: "mqtt", outcome: "ignored" });
      else {
        const answer = body.answer === "confirm" ? "confirmed" : "declined";
        questions.answer({ id: body.id, door, answer, channel: "mqtt" });
      }
    });
  const unhear = [...topicsOf].map(([door, { answer }]) => hear(door, answer));

  const unwatch = questions.watch((question, ending) => {
    const topics = topicsOf.get(question.door);
    if (topics === undefined || !question.channels.includes("mqtt")) return;
    const expirySeconds = Math.max(1, Math.ceil((question.expiresAt - question.askedAt) / 1000));
    const payload = JSON.stringify(questionMessage(question, ending));
    void connection.publish(topics.question, payload, { qos: 1, retain: false, expirySeconds }).then((isSent) => {
      if (!isSent) metrics.count("limen_announcements_dropped_total", { kind: "question" });
    });
  });

  return {
    [Symbol.dispose]() {
      unwatch();
      for (const stop of unhear) stop();
    },
  };
}
