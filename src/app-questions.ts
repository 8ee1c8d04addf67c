import { randomBytes } from "node:crypto";
import { systemClock } from "#adapters/clock/system-clock";
import type { MqttConnection } from "#adapters/mqtt/connection";
import { openMqttQuestions } from "#adapters/mqtt/questions";
import type { Tools } from "#app-parts";
import type { Config, DoorConfig } from "#config/config";
import { createQuestionDesk, type QuestionDesk } from "#flow/questions";
import type { StepUpRules } from "#flow/step-up";

/** Bytes of a question's id: nobody guesses one in the seconds it lives. */
const ID_BYTES = 16;

/** Who is asked when a recognised face at this door may be a picture; null = nobody. A door that asks a service asks no people. */
export function stepUpOf({ secondFactor, policy }: DoorConfig): StepUpRules | null {
  if (secondFactor === null || policy.liveness === "cloud") return null;
  const { mqtt, http, withinMs } = secondFactor;
  return { channels: [...(mqtt ? (["mqtt"] as const) : []), ...(http ? (["http"] as const) : [])], withinMs };
}

export interface OpenQuestions extends QuestionDesk, Disposable {
  /** Joins this door to MQTT, where it asks there, until it is disposed of. */
  door(door: DoorConfig): Disposable;
}

/** Where the doors ask for second factors, joined to MQTT for those that ask there. */
export function openQuestions(config: Config, connection: MqttConnection, { metrics }: Tools): OpenQuestions {
  const newId = (): string => randomBytes(ID_BYTES).toString("base64url");
  const questions = createQuestionDesk({ newId, clock: systemClock, metrics });
  const overMqtt = openMqttQuestions({ connection, prefix: config.mqtt.prefix, questions, metrics });
  return {
    ...questions,
    door(door) {
      const isAsked = stepUpOf(door)?.channels.includes("mqtt") === true;
      return isAsked ? overMqtt.door(door.id) : { [Symbol.dispose]() {} };
    },
    [Symbol.dispose]: overMqtt[Symbol.dispose],
  };
}
