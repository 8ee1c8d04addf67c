import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { CONFIG_FLAG, type Command, type CommandContext, text, usageError } from "#commands/command";
import { mqttFault, onvifFault, rtspFault } from "#config/addresses";
import { type FirstAnswers, firstFiles } from "#config/first-file";
import { loadConfig } from "#config/load";
import { profileKeys } from "#config/profile-keys";
import { summariseConfig } from "#config/summary";
import { LimenError } from "#errors";

const SEARCH_SECONDS = 4;
/** Wrong answers to one question before it is given up. */
const MOST_TRIES = 5;

type Ask = NonNullable<CommandContext["ask"]>;

/** Asks until the answer is one; an empty answer is the fallback. Throws LIMEN_USAGE when nobody answers, or never well. */
async function answerTo(
  ask: Ask,
  context: CommandContext,
  question: string,
  options: {
    readonly fallback?: string;
    readonly hidden?: boolean;
    readonly fault?: (answer: string) => string | null;
  },
): Promise<string> {
  const { fallback, hidden = false, fault = (answer) => (answer === "" ? "needs an answer" : null) } = options;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const said = await ask(`${question}${fallback === undefined || fallback === "" ? "" : ` [${fallback}]`}: `, {
      hidden,
    });
    if (said === null) throw usageError("nobody answered, so nothing was written", "see: limen help init");
    const answer = said === "" && fallback !== undefined ? fallback : said;
    const wrong = fault(answer);
    if (wrong === null) return answer;
    context.note(`  that ${wrong}`);
  }
  throw usageError("gave up after five wrong answers, nothing was written", "see: limen help init");
}

const idFault = (answer: string): string | null =>
  /^[a-z0-9_-]{1,64}$/.test(answer) ? null : "must be 1 to 64 of a-z 0-9 _ -";

function zoneFault(name: string): string | null {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return null;
  } catch {
    return "is no time zone such as Europe/Berlin";
  }
}

/** What the network search found, to choose from; never a reason to stop. */
async function camerasAround(context: CommandContext): Promise<readonly { address: string; label: string }[]> {
  context.note(`looking for cameras on the network, ${SEARCH_SECONDS} s …`);
  try {
    const { discover } = await import("#app-discover");
    const { cameras } = await discover(null, { seconds: SEARCH_SECONDS, signal: context.signal, onFound: () => {} });
    if (cameras.length === 0) context.note("  none found");
    return cameras.map(({ endpoint, address, make, model, name }) => ({
      address: endpoint ?? address,
      label: [address, make, model === "" ? name : model].filter((word) => word !== "").join(" "),
    }));
  } catch {
    return [];
  }
}

async function askAll(ask: Ask, context: CommandContext, search: boolean): Promise<FirstAnswers> {
  const systemZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  context.note("1 of 5: the place");
  const site = await answerTo(ask, context, "  what do you call it", { fallback: "Home" });
  const timeZone = await answerTo(ask, context, "  its time zone", { fallback: systemZone, fault: zoneFault });

  context.note("2 of 5: the camera");
  const around = search ? await camerasAround(context) : [];
  for (const [i, { label }] of around.entries()) context.note(`  ${i + 1}  ${label}`);
  const chosen = await answerTo(
    ask,
    context,
    around.length === 0
      ? "  its address (192.168.1.20, or rtsp://…)"
      : "  a number, or an address (192.168.1.20, or rtsp://…)",
    { ...(around.length === 0 ? {} : { fallback: "1" }), fault: (answer) => addressFault(answer, around.length) },
  );
  const address = around[Number(chosen) - 1]?.address ?? chosen;
  const username = await answerTo(ask, context, "  its user name (empty = none)", { fallback: "", fault: () => null });
  const password =
    username === "" ? null : await answerTo(ask, context, "  its password (not shown)", { hidden: true });

  context.note("3 of 5: the door");
  const door = await answerTo(ask, context, "  a short name for it", { fallback: "front", fault: idFault });
  const collection = await answerTo(ask, context, "  and for the people who may pass", {
    fallback: "family",
    fault: idFault,
  });

  context.note("4 of 5: what moves its lock");
  const profiles = profileKeys();
  context.note(`  one of ${[...profiles.keys()].join(", ")}`);
  const profile = await answerTo(ask, context, "  which", {
    fallback: "limen_native",
    fault: (answer) => (profiles.has(answer) ? null : `is none of ${[...profiles.keys()].join(", ")}`),
  });
  const keys: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  for (const { name, description, isSecret } of profiles.get(profile) ?? []) {
    if (profile === "limen_native" && name === "key") continue;
    context.note(`  ${description}`);
    if (isSecret) secrets[name] = await answerTo(ask, context, `  ${name} (not shown)`, { hidden: true });
    else keys[name] = await answerTo(ask, context, `  ${name}`, {});
  }

  context.note("5 of 5: the MQTT broker");
  const url = await answerTo(ask, context, "  its address", { fallback: "mqtt://127.0.0.1:1883", fault: mqttFault });
  const user = await answerTo(ask, context, "  your user name there (empty = none)", {
    fallback: "",
    fault: () => null,
  });
  const brokerPassword =
    user === "" ? null : await answerTo(ask, context, "  its password (not shown)", { hidden: true });
  return {
    site,
    timeZone,
    camera: { address, username: username === "" ? null : username, password },
    door,
    collection,
    controller: { profile, keys, secrets },
    broker: { url, username: user === "" ? null : user, password: brokerPassword },
  };
}

function addressFault(answer: string, found: number): string | null {
  if (/^\d{1,3}$/.test(answer))
    return Number(answer) >= 1 && Number(answer) <= found ? null : "is no number of the list";
  return answer.startsWith("rtsp") ? rtspFault(answer) : onvifFault(answer);
}

/** Writes both files or none; what is there already stays as it is. Throws LIMEN_USAGE where there is something, and what loading them says. */
async function writeBoth(file: string, answers: FirstAnswers, { env }: CommandContext) {
  const { config, secrets, key } = firstFiles(answers);
  const secretsFile = join(dirname(resolve(file)), "secrets.yaml");
  const made: string[] = [];
  try {
    await mkdir(dirname(resolve(file)), { recursive: true });
    for (const [name, content] of [
      [secretsFile, secrets],
      [resolve(file), config],
    ] as const) {
      await writeFile(name, content, { flag: "wx", mode: 0o600 });
      made.push(name);
    }
    await chmod(resolve(file), 0o644);
    return { ...(await loadConfig(file, { env })), key, secretsFile };
  } catch (error) {
    for (const name of made) await rm(name, { force: true });
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw usageError(
        `there is a ${made.length === 0 ? secretsFile : file} already, and it is left as it is`,
        "move it away, or name another file with --config",
      );
    throw error;
  }
}

export const init: Command = {
  name: "init",
  summary: "asks five questions and writes a first configuration: a door that only watches, until you arm it",
  usage: ["[--no-search] [--config FILE]"],
  about: [
    "It looks for cameras on the network (not with --no-search), and makes the door controller's key. An existing file is never touched.",
    "Secrets go into secrets.yaml beside it, readable by you alone. Answers may also be piped in, a line each.",
  ],
  flags: { ...CONFIG_FLAG, "no-search": { type: "boolean" } },
  async run(words, flags, context) {
    if (words.length > 0) throw usageError("init takes no words", "see: limen help init");
    if (context.ask === undefined) throw new LimenError("LIMEN_USAGE", "init needs somebody to answer");
    const file = text(flags, "config") ?? "";
    const answers = await askAll(context.ask, context, flags["no-search"] !== true);
    const { config, secretsFile, key } = await writeBoth(file, answers, context);
    context.note("");
    for (const line of summariseConfig(config)) context.print(line);
    context.print(`written: ${file} and ${secretsFile}`);
    if (key !== null)
      context.note(`The door controller needs the same key: it is ${answers.door}_door in ${secretsFile}.`);
    context.note(
      `Next: limen people add --name NAME PHOTO.jpg, then limen run. When it has been right for a while: limen arm --door ${answers.door}`,
    );
  },
};
