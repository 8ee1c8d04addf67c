import { thresholdLine } from "#commands/calibration-report";
import { CONFIG_FLAG, type Command, text } from "#commands/command";
import { otherModelsLine } from "#commands/other-models";
import { loadConfig } from "#config/load";
import { formatProblems } from "#config/problem";
import { summariseConfig } from "#config/summary";
import { messageOf } from "#errors";

export const check: Command = {
  name: "check",
  summary: "reads the configuration and says what it means, or what is wrong with it and where",
  usage: ["[--config FILE]"],
  flags: CONFIG_FLAG,
  async run(_words, flags, { env, print, note }) {
    const file = text(flags, "config") ?? "";
    const { config, warnings } = await loadConfig(file, { env });
    for (const line of summariseConfig(config)) print(line);
    if (warnings.length > 0) note(`warning:\n${formatProblems(warnings)}`);
    const { unsearchablePeople } = await import("#app-offline");
    const unsearchable = await unsearchablePeople(config).then(otherModelsLine, messageOf);
    if (unsearchable !== null) note(`warning: ${unsearchable}`);
    const { accessDoubts } = await import("#app-access");
    // A database that cannot be read has been told of just now.
    for (const doubt of await accessDoubts(config).catch(() => [])) note(`warning: ${doubt}`);
    const { thresholdsInForce } = await import("#app-calibrate");
    for (const one of await thresholdsInForce(config).catch(() => [])) print(`search  ${thresholdLine(one)}`);
    print(`${file}: good`);
  },
};
