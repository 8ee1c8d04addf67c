import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { policyOf } from "#app-parts";
import { loadConfig } from "#config/load";
import { summariseConfig } from "#config/summary";
import {
  type ConfigFolder,
  openConfigFolder,
  problemsIn,
  refusalOf,
  SMALL,
  smallEnvironment,
} from "./config-folder.js";

let folder: ConfigFolder;
beforeAll(async () => {
  folder = await openConfigFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

const door = (id: string, more = ""): string =>
  `  ${id}:\n    camera: front\n    collection: staff\n    controller: { profile: limen_native, key: !secret front_door }\n${more}`;
/** SMALL with a second door `back`; `front` is the door before it. */
const two = (front: string, back: string, more = ""): string => `${SMALL}${front}${door("back", back)}${more}`;
const load = async (text: string) => loadConfig(await folder.write("limen.yaml", text), { env: smallEnvironment() });

describe("a configuration of what doors remember", () => {
  it.each<[string, string, readonly string[]]>([
    ["interlocks one door", `${SMALL}interlocks: [[front]]\n`, ["interlocks[0]: needs at least two doors"]],
    [
      "interlocks a door that is not there",
      two("", "", "interlocks: [[front, bakc]]\n"),
      ['interlocks[0][1]: there is no door "bakc" (did you mean "back"?)'],
    ],
    [
      "interlocks a door with itself",
      two("", "", "interlocks: [[front, front]]\n"),
      ["front is in this group already"],
    ],
    [
      "wants lock-outs longer than the longest",
      `${SMALL}policy: { lock_out: { first: 5m, longest: 1m } }\n`,
      ["policy.lock_out.longest: is shorter than `first`"],
    ],
    [
      "wants that at one door",
      `${SMALL}    policy: { lock_out: { longest: 10s } }\n`,
      ["doors.front.policy.lock_out: is shorter than `first`"],
    ],
    [
      "leads a door both ways",
      `${SMALL}    enters: house\n    leaves: house\n`,
      ["doors.front.leaves: and enters are both house"],
    ],
    [
      "misspells a mode",
      `${SMALL}policy: { anti_passback: hrad }\n`,
      ['must be off, soft or hard (did you mean "hard"?)'],
    ],
  ])("that %s is refused, with what to do", async (_, text, expected) => {
    const problems = problemsIn(await refusalOf(folder, text));
    expect(problems.length).toBe(expected.length);
    for (const [i, words] of expected.entries()) expect(problems[i]).toContain(words);
  });

  it.each<[string, string, string]>([
    ["at a site without areas", `${SMALL}policy: { anti_passback: soft }\n`, "no door says which area"],
    ["at a door without an area", `${SMALL}    policy: { anti_passback: soft }\n`, "the door does not say which area"],
    [
      "at an area that nobody is seen to leave",
      `${SMALL}    enters: house\npolicy: { anti_passback: hard }\n`,
      "is refused for 12h",
    ],
  ])("is warned of anti-passback %s", async (_, text, words) => {
    const { warnings } = await load(text);
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining(words)]);
  });

  it("reaches each door's policy, the door's own words before the site's", async () => {
    const text = two(
      "    enters: house\n",
      "    leaves: house\n    policy: { anti_passback: soft, lock_out: { refusals: 3 } }\n    enters: yard\n",
      "interlocks: [[front, back]]\npolicy: { anti_passback: hard, anti_passback_reset: 2h, lock_out: { within: 2m, refusals: 7 } }\n",
    );
    const { config, warnings } = await load(text);
    expect(warnings).toEqual([]);
    const [front, back] = config.doors.map((each) => policyOf(config, each));
    expect(front).toMatchObject({
      lockOut: { refusals: 7, withinMs: 120_000, firstMs: 30_000, longestMs: 600_000 },
      passback: { mode: "hard", resetMs: 7_200_000, enters: "house", leaves: null },
      interlockedWith: ["back"],
    });
    expect(back).toMatchObject({
      lockOut: { refusals: 3, withinMs: 120_000 },
      passback: { mode: "soft", enters: "yard", leaves: "house" },
      interlockedWith: ["front"],
    });
    const lines = summariseConfig(config).join("\n");
    expect(lines).toContain("liveness monitor, leads into house, anti-passback hard");
    expect(lines).toContain("leads into yard, anti-passback soft, leads out of house");
    expect(lines).toContain("doors   front and back: one opens only while the others are shut");
  });

  it("says in the summary where nobody is ever locked out", async () => {
    const { config } = await load(`${SMALL}policy: { lock_out: { refusals: 0 } }\n`);
    expect(summariseConfig(config).join("\n")).toContain("liveness monitor, no lock-out");
  });
});
