import { CONFIG_FLAG, type Command, text, usageError } from "#commands/command";
import { loadConfig } from "#config/load";
import { LABELS } from "#core/arming";

const HELP = "see: limen help label";
const MOST_AT_ONCE = 1000;

/** Numbers of `12 14-16`, each once. Throws LIMEN_USAGE. */
function sequencesOf(words: readonly string[]): number[] {
  const found = new Set<number>();
  for (const word of words) {
    const [, first, last] = /^(\d{1,12})(?:-(\d{1,12}))?$/.exec(word) ?? [];
    const [from, to] = [Number(first), Number(last ?? first)];
    if (first === undefined || to < from) throw usageError(`"${word}" is not a number, or numbers from-to`, HELP);
    if (to - from >= MOST_AT_ONCE) throw usageError(`at most ${MOST_AT_ONCE} at once`, HELP);
    for (let sequence = from; sequence <= to; sequence++) found.add(sequence);
  }
  return [...found];
}

export const label: Command = {
  name: "label",
  summary: "says of decisions afterwards whether they were right",
  usage: ["right|wrong|unclear NUMBER [NUMBER|FROM-TO …] [--config FILE]"],
  about: [
    "NUMBER is the first column of limen decisions. Of a refusal, right means: this person should not pass.",
    "Of a grant, wrong means: should not have passed, or was taken for somebody else. limen arm counts them.",
  ],
  flags: { ...CONFIG_FLAG },
  async run([word, ...numbers], flags, { env, print }) {
    const meant = LABELS.find((known) => known === word);
    if (meant === undefined) throw usageError(`say ${LABELS.join(", ")} first, then which decisions`, HELP);
    const sequences = sequencesOf(numbers);
    if (sequences.length === 0) throw usageError("which decisions? limen decisions shows their numbers", HELP);
    const { config } = await loadConfig(text(flags, "config") ?? "", { env });
    const { openHindsight } = await import("#app-replay");
    await using hindsight = await openHindsight(config);
    await hindsight.label(sequences, meant);
    print(`${sequences.length === 1 ? "1 decision is" : `${sequences.length} decisions are`} labelled ${meant}`);
  },
};
