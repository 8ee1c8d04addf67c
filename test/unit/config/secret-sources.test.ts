import { mkdir, symlink } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "#config/load";
import { Secret } from "#config/secret";
import { findSecrets, variableOf } from "#config/secret-sources";
import {
  type ConfigFolder,
  openConfigFolder,
  problemsIn,
  randomKey,
  refusalOf,
  SMALL,
  smallEnvironment,
} from "./config-folder.js";

let folder: ConfigFolder;
beforeEach(async () => {
  folder = await openConfigFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

async function find(name: string, env: Record<string, string> = {}): Promise<string> {
  const found = (await findSecrets(new Set([name]), { folder: folder.path, env })).get(name);
  return found instanceof Secret ? `value ${found.reveal()}` : `refused: ${found}`;
}

async function credentials(name: string, content: string): Promise<{ CREDENTIALS_DIRECTORY: string }> {
  const path = folder.file("credentials");
  await mkdir(path, { recursive: true });
  await folder.write(`credentials/${name}`, content, 0o400);
  return { CREDENTIALS_DIRECTORY: path };
}

describe("a secret", () => {
  it("comes from the credentials folder first, then secrets.yaml, then the environment", async () => {
    const env = { LIMEN_SECRET_PW: "from-environment" };
    expect(await find("pw", env)).toBe("value from-environment");
    await folder.write("secrets.yaml", "pw: from-file\n");
    expect(await find("pw", env)).toBe("value from-file");
    const both = { ...env, ...(await credentials("pw", "from-credentials\n")) };
    expect(await find("pw", both)).toBe("value from-credentials");
    expect(await find("other", { ...both, LIMEN_SECRET_OTHER: "o" })).toBe("value o");
  });

  it.each([0o640, 0o604, 0o660, 0o644, 0o601, 0o620].map((mode) => [mode.toString(8), mode] as const))(
    "in a secrets.yaml of mode %s is refused, not looked for elsewhere",
    async (_, mode) => {
      await folder.write("secrets.yaml", "pw: hunter2\n", mode);
      const found = await find("pw", { LIMEN_SECRET_PW: "from-environment" });
      expect(found).toMatch(
        /^refused: .*can be used by other accounts \(mode 06\d\d\); run: chmod 600 .*secrets\.yaml$/,
      );
      expect(found).not.toContain("hunter2");
    },
  );

  it.each([0o600, 0o400].map((mode) => [mode.toString(8), mode] as const))(
    "in a secrets.yaml of mode %s is taken",
    async (_, mode) => {
      await folder.write("secrets.yaml", "pw: x\n", mode);
      expect(await find("pw")).toBe("value x");
    },
  );

  it("behind a link is judged by the file's mode, not the link's", async () => {
    await folder.write("real.yaml", "pw: x\n", 0o644);
    await symlink(folder.file("real.yaml"), folder.file("secrets.yaml"));
    expect(await find("pw")).toContain("chmod 600");
  });

  it.each([
    ["pw: 0012345", "0012345"],
    ["pw: true", "true"],
    ["pw: 1e3", "1e3"],
    ["pw: no#comment", "no#comment"],
    ['pw: "a: b #c "', "a: b #c "],
    ["pw: 'it''s'", "it's"],
  ])("written as %s is taken as it stands", async (line, value) => {
    await folder.write("secrets.yaml", `${line}\n`);
    expect(await find("pw")).toBe(`value ${value}`);
  });

  it("keeps its spaces, but not the line feed of `echo`", async () => {
    expect(await find("pw", await credentials("pw", " pass word \r\n"))).toBe("value  pass word ");
  });

  it.each([
    ["pw: !hunter2", "cannot be understood: .*:1:5 the only ! tag"],
    ["pw: *hunter2", "cannot be understood: .*:1:5 aliases are not supported"],
    ["pw: 'hunter2", "cannot be understood: .*:1:13 a quote"],
    ["pw: [hunter2]", "must be text in "],
    ["pw: { hunter2: x }", "must be text in "],
    ["pw:", "is empty in "],
    ["pw: |\n  hunter2\n  x\n", "holds a line break"],
    ["- hunter2", "must hold `name: value` lines"],
    ["hunter2", "must hold `name: value` lines"],
    ["pw: a\npw: hunter2", "2:1 this key is there twice"],
  ])("in a secrets.yaml that says %j is refused without being shown", async (text, words) => {
    await folder.write("secrets.yaml", text);
    const found = await find("pw", { LIMEN_SECRET_PW: "from-environment" });
    expect(found).toMatch(/^refused: /);
    expect(found).toMatch(new RegExp(words));
    expect(found).not.toMatch(/hunter2|from-environment/);
  });

  it("that is empty or spoilt at the first place that has it is not taken from the next", async () => {
    const env = { LIMEN_SECRET_PW: "from-environment" };
    expect(await find("pw", { ...env, ...(await credentials("pw", "\n")) })).toMatch(
      /^refused: is empty in .*credentials\/pw$/,
    );
    expect(await find("pw", { ...env, ...(await credentials("pw", "a\nb\n")) })).toMatch(
      /^refused: holds a line break/,
    );
    expect(await find("pw", { LIMEN_SECRET_PW: "" })).toBe("refused: is empty in LIMEN_SECRET_PW");
  });

  it("whose place is a directory is refused", async () => {
    await mkdir(folder.file("secrets.yaml"));
    expect(await find("pw")).toMatch(/^refused: Cannot read .*secrets\.yaml: it is a directory$/);
  });

  it("that is nowhere is reported with every place that was looked at", async () => {
    expect(await find("front-door")).toBe(
      `refused: was not found; looked in $CREDENTIALS_DIRECTORY (not set), ${folder.file("secrets.yaml")} (no such file), $LIMEN_SECRET_FRONT_DOOR (not set)`,
    );
    await folder.write("secrets.yaml", "other: x\n");
    expect(await find("pw", { CREDENTIALS_DIRECTORY: "/nowhere" })).toBe(
      `refused: was not found; looked in /nowhere/pw, ${folder.file("secrets.yaml")} (no such name in it), $LIMEN_SECRET_PW (not set)`,
    );
  });

  it("of a name like one of JavaScript's own is not found by accident", async () => {
    await folder.write("secrets.yaml", "pw: x\n");
    expect(await find("constructor")).toMatch(/^refused: was not found/);
    expect(await find("toString")).toMatch(/^refused: was not found/);
  });

  it("has a variable of its own", () => {
    expect(variableOf("front_door-key")).toBe("LIMEN_SECRET_FRONT_DOOR_KEY");
  });
});

describe("a configuration whose secrets are not right", () => {
  it("is refused with every missing secret at its place", async () => {
    const error = await refusalOf(folder, SMALL, {});
    expect(error.code).toBe("LIMEN_CONFIG_SECRET");
    expect(problemsIn(error)).toEqual([
      expect.stringMatching(/^3:\d+ cameras\.front\.password: secret "front_camera" was not found; looked in /),
      expect.stringMatching(/^8:\d+ doors\.front\.controller\.key: secret "front_door" was not found; looked in /),
    ]);
    expect(error.hint).toContain("chmod 600 secrets.yaml");
  });

  it.each([
    ["hunter2hunter2hunter", "is too short: 15 bytes"],
    ["correct horse battery hunter2", "must be written in hex or base64url; make one with: openssl rand -hex 32"],
    ["hunter2_".repeat(8), "is not random"],
  ])("because the door's key is %s is refused without showing it", async (key, words) => {
    const error = await refusalOf(folder, SMALL, { ...smallEnvironment(), LIMEN_SECRET_FRONT_DOOR: key });
    expect(error.code).toBe("LIMEN_CONFIG_INVALID");
    expect(problemsIn(error)).toEqual([expect.stringMatching(/^8:\d+ doors\.front\.controller\.key: /)]);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain("hunter2");
  });

  it("never shows a value, whatever else is wrong", async () => {
    const key = randomKey();
    const plain = SMALL.replace("!secret front_camera", "tr0ub4dor").replace("!secret front_door", key);
    const spoilt = [
      plain.replace("password:", "pasword:"),
      plain.replace("password: tr0ub4dor", "username: tr0ub4dor"),
      plain.replace("mode: shadow", "mode: tr0ub4dor"),
      plain.replace("profile: limen_native", `profile: ${key}`).replace("Studio", "x\ty"),
      plain.replace("rtsp://", "rtsp://tr0ub4dor@"),
      plain.replace("rtsp://", "tr0ub4dor"),
      plain.replace("pulse: 3s", `pulse: ${key}`),
      plain.replace("key: ", "key: !x "),
      plain.replace("key: ", "key: - "),
      plain.replace("password: ", "password: '"),
      `${plain}mqtt: { url: mqtt://u:tr0ub4dor@h, prefix: tr0ub4dor/ }\n`,
      `${plain}log: tr0ub4dor\n`,
      `${plain}search: { min_score: tr0ub4dor }\n`,
    ];
    for (const text of spoilt) {
      const error = await refusalOf(folder, text);
      const shown = [error.message, error.hint, error.stack, String(error.cause), JSON.stringify(error)].join("\n");
      expect(shown, text).not.toMatch(/tr0ub4dor/);
      expect(shown, text).not.toContain(key);
    }
    const { config, warnings } = await loadConfig(await folder.write("limen.yaml", plain), { env: {} });
    expect(JSON.stringify([config, warnings])).not.toMatch(new RegExp(`tr0ub4dor|${key}`));
  });
});
