import { thresholdLine } from "#commands/calibration-report";
import { CONFIG_FLAG, type Command, text } from "#commands/command";
import { otherModelsLine } from "#commands/other-models";
import { loadConfig } from "#config/load";
import type { DoorAlarm } from "#core/door-state";
import { messageOf } from "#errors";
import type { DoorStatus } from "#ports/status-board";

/** What its lock and its contact say, as far as they say anything. */
function seenOf({ lock, contact, alarm }: DoorStatus): string {
  const said = [
    lock === undefined || lock === "unknown" ? [] : [`lock ${lock}`],
    contact == null ? [] : [`leaf ${contact}`],
    alarm == null ? [] : [ALARMS[alarm]],
  ];
  return said
    .flat()
    .map((words) => `, ${words}`)
    .join("");
}

const ALARMS: Readonly<Record<DoorAlarm, string>> = { forced: "FORCED", held_open: "HELD OPEN" };

export const status: Command = {
  name: "status",
  summary: "says how the running Limen is: broker, cameras, doors, and what keeps a door shut",
  usage: ["[--json] [--config FILE]"],
  flags: { ...CONFIG_FLAG, json: { type: "boolean" } },
  async run(_words, flags, { env, print, note }) {
    const { config } = await loadConfig(text(flags, "config") ?? "", { env });
    const { readStatus, unsearchablePeople } = await import("#app-offline");
    const now = await readStatus(config);
    // How the daemon is must be told also when its database cannot be read just now.
    const others = await unsearchablePeople(config).catch((error: unknown) => {
      note(`the database cannot be read: ${messageOf(error)}`);
      return null;
    });
    if (flags["json"] === true) {
      print(JSON.stringify(now === null ? null : { ...now, peopleOfOtherModels: others }));
      return;
    }
    if (now === null) {
      print("Limen is not running on this data folder");
      return;
    }
    print(`limen ${now.version}, process ${now.pid}, up since ${now.startedAt}`);
    print(`broker  ${now.broker}`);
    for (const [id, { state, code, restarts, sight, sightSince }] of Object.entries(now.cameras)) {
      const seen = state === "streaming" ? `, picture ${sight} since ${sightSince}` : "";
      print(`camera  ${id}: ${state}${code === null ? "" : ` (${code})`}${seen}, ${restarts} restart(s)`);
    }
    for (const [id, door] of Object.entries(now.doors))
      print(`door    ${id}: mode ${door.mode}, controller ${door.controller}${seenOf(door)}`);
    print(`gallery ${now.gallery.people} people, ${now.gallery.faces} faces, ${now.gallery.memoryMb} MB`);
    if (now.network !== undefined) {
      const { leftAlone, spent, saved, capReached } = now.network;
      const state = leftAlone
        ? "left alone, it fails"
        : capReached === null
          ? "asked"
          : `no more calls this ${capReached}`;
      print(`network ${state}: ${spent.day} call(s) today, ${spent.month} this month, ${saved} saved`);
    }
    const { thresholdsInForce } = await import("#app-calibrate");
    for (const one of await thresholdsInForce(config).catch(() => [])) print(`search  ${thresholdLine(one)}`);
    const unsearchable = others === null ? null : otherModelsLine(others);
    if (unsearchable !== null) print(`models  ${unsearchable}`);
    for (const problem of now.problems) print(`problem ${problem}`);
    for (const warning of now.warnings) print(`warning ${warning}`);
    print(now.problems.length === 0 ? "ready" : "not ready");
  },
};
