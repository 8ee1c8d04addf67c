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

export interface MqttQuestions extends Disposable {
  /** Asks for this door too, and hears its answers, until it is disposed of. */
  door(door: string): Disposable;
}

/**
 * Carries the doors' questions to whoever listens, and their answers back: for each of these doors one topic out and one in. Retained
 * answers, answers nobody understands, and answers to no open question are counted and do nothing. A question that finds no broker is
 * not sent later.
 */
export function openMqttQuestions(options: {
  readonly connection: Pick<MqttConnection, "publish" | "subscribe">;
  readonly prefix: string;
  readonly questions: Questions;
  readonly metrics: Metrics;
}): MqttQuestions {
  const { connection, questions, metrics } = options;
  const doors = new Set<string>();

  const hear = (door: string, topic: string): (() => void) =>
    connection.subscribe(topic, { skipRetained: true }, (payload, { retain }) => {
      const body = retain ? null : parsedAnswer(payload);
      if (body === null) metrics.count("limen_confirmations_total", { channel: "mqtt", outcome: "ignored" });
      else {
        const answer = body.answer === "confirm" ? "confirmed" : "declined";
        questions.answer({ id: body.id, door, answer, channel: "mqtt" });
      }
    });
  const unwatch = questions.watch((question, ending) => {
    if (!doors.has(question.door) || !question.channels.includes("mqtt")) return;
    const topics = doorTopics(options.prefix, question.door);
    const expirySeconds = Math.max(1, Math.ceil((question.expiresAt - question.askedAt) / 1000));
    const payload = JSON.stringify(questionMessage(question, ending));
    void connection.publish(topics.question, payload, { qos: 1, retain: false, expirySeconds }).then((isSent) => {
      if (!isSent) metrics.count("limen_announcements_dropped_total", { kind: "question" });
    });
  });

  return {
    door(door) {
      const unhear = hear(door, doorTopics(options.prefix, door).answer);
      doors.add(door);
      return {
        [Symbol.dispose]() {
          doors.delete(door);
          unhear();
        },
      };
    },
    [Symbol.dispose]: unwatch,
  };
}
