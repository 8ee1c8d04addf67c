import type { Answer } from "#core/candidate";
import type { Evidence, Visit } from "#core/visit";

/**
 * Whom a door asks: one engine; the network's, and the local one where that is out; or both, which must name the same person.
 */
export const ENGINE_CHOICES = ["local", "verifik", "verifik_then_local", "both_agree"] as const;
export type EngineChoice = (typeof ENGINE_CHOICES)[number];

/** True when everybody who has to be asked about a picture has answered. */
function isComplete(answers: readonly Answer[], choice: EngineChoice): boolean {
  const local = answers.some(({ engine, fallback }) => engine === "local" && fallback !== true);
  const fallback = answers.some((answer) => answer.engine === "local" && answer.fallback === true);
  const verifik = answers.some(({ engine }) => engine === "verifik");
  if (choice === "local") return local;
  if (choice === "verifik") return verifik;
  return choice === "both_agree" ? local && verifik : verifik || fallback;
}

/**
 * The visit as far as a door may let somebody in on it: a picture about which somebody who has to be asked said nothing keeps its
 * place among the newest, and names nobody.
 */
export function admissible(visit: Visit, choice: EngineChoice): Visit {
  const evidence = visit.evidence.map((frame) =>
    isComplete(frame.answers, choice) ? frame : { ...frame, answers: [] },
  );
  return { ...visit, evidence };
}

/** True when the pictures that name somebody are enough only with those the local engine answered during an outage. */
export function restsOnFallback(support: readonly Evidence[], agree: number): boolean {
  const regular = support.filter(({ answers }) => answers.every(({ fallback }) => fallback !== true));
  return regular.length < agree;
}
