import { describe, expect, it } from "vitest";
import type { Role } from "#core/role";
import { NOTHING_WRITTEN, type WrittenAccess } from "#core/written-access";
import { LimenError } from "#errors";
import { openConsoleRig } from "../fixtures/console-rig";

async function openRig() {
  const rig = await openConsoleRig([]);
  const enrol = async (name: string, collection = "staff"): Promise<string> => {
    const order = {
      name,
      notes: null,
      collections: [collection],
      pictures: [new Uint8Array([1])],
      allowDuplicate: true,
    };
    return (await rig.desk.enrol(order)).person.id;
  };
  const ada = await enrol("Ada <b>");
  const as = async (role: Role) => {
    const cookie = role === "owner" ? await rig.signIn() : await rig.sessionOf(role);
    const ask = async (path: string, init: RequestInit) => {
      const answer = await fetch(rig.url + path, { redirect: "manual", ...init });
      return { status: answer.status, to: answer.headers.get("location") ?? "", text: await answer.text() };
    };
    return {
      see: () => ask(`/people/${ada}`, { headers: { cookie } }),
      /** As the form of a page seen before sends it. */
      save: (page: string, fields: Record<string, string | string[]>, origin = rig.url) => {
        const [, was = ""] = /name="was" value="([^"]*)"/.exec(page) ?? [];
        const body = new URLSearchParams({
          was: was.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">"),
        });
        const form = {
          from_date: "",
          from_time: "",
          until_date: "",
          until_time: "",
          schedule: "",
          which: "all",
          ...fields,
        };
        for (const [key, value] of Object.entries(form)) for (const one of [value].flat()) body.append(key, one);
        return ask(`/people/${ada}/access`, { method: "POST", headers: { cookie, origin }, body });
      },
    };
  };
  const says = (keys: readonly string[], changes: Partial<WrittenAccess> = {}, asksOffline = false): void => {
    rig.configured.entry = { ...rig.configured.entry, keys, asksOffline, access: { ...NOTHING_WRITTEN, ...changes } };
  };
  return Object.assign(rig, { ada, as, says, enrol });
}

describe("hours, dates and doors of a person", () => {
  it("are an owner's to change; others see what holds, and that an owner can", async () => {
    await using rig = await openRig();
    const owner = await rig.as("owner");
    const { text } = await owner.see();
    const operator = await rig.as("operator");
    const seen = await operator.see();
    expect(text).toContain(`/people/${rig.ada}/access`);
    expect(seen.text).toContain("an owner can change them");
    expect(seen.text).not.toContain(`/people/${rig.ada}/access`);
    for (const words of ["outside the hours", "<td>group &lt;i&gt;staff</td>", "office: closed"])
      for (const page of [text, seen.text]) expect(page).toContain(words);
    expect((await operator.save(text, { schedule: "always" })).status).toBe(403);
    expect((await owner.save(text, { schedule: "always" }, "http://evil.example")).status).toBe(403);
    expect(rig.configured.changes).toEqual([]);
  });

  it("are filled in as the file says, by the site's clock, and saved as they are filled in", async () => {
    await using rig = await openRig();
    rig.says([rig.ada], {
      validFrom: "2026-02-01",
      validUntil: "2026-07-31 18:00",
      schedule: "office",
      doors: ["front"],
    });
    const owner = await rig.as("owner");
    const { text } = await owner.see();
    for (const words of [
      'name="from_date" value="2026-02-01"',
      'name="from_time" value=""',
      'name="until_date" value="2026-07-31"',
      'name="until_time" value="18:00"',
      '<option value="office" selected>',
      'name="doors" value="front" checked',
      'name="doors" value="workshop">',
      'name="which" value="these" checked',
      "By the clock in Europe/Berlin",
    ])
      expect(text).toContain(words);
    expect(text).not.toContain('name="offline"');
    const form = {
      from_date: "2026-02-01",
      from_time: "07:30",
      until_date: "2026-08-31",
      schedule: "never",
      which: "these",
    };
    expect((await owner.save(text, { ...form, doors: ["front", "workshop"] })).to).toBe(
      `/people/${rig.ada}?done=access`,
    );
    expect(rig.configured.changes).toEqual([
      rig.ada,
      {
        ...{ validFrom: "2026-02-01 07:30", validUntil: "2026-08-31", schedule: "never" },
        ...{ doors: ["front", "workshop"], offlineAllowed: null },
      },
    ]);
    await owner.save(text, { clear: "yes" });
    expect(rig.configured.changes.slice(2)).toEqual([rig.ada, null]);
  });

  it("keep offline_allowed where it means nothing, and ask for it where it does", async () => {
    await using rig = await openRig();
    const owner = await rig.as("owner");
    rig.says([rig.ada], { offlineAllowed: true });
    await owner.save((await owner.see()).text, { schedule: "always", offline: "no" });
    rig.says([rig.ada], { offlineAllowed: true }, true);
    const { text } = await owner.see();
    expect(text).toContain('<option value="yes" selected>');
    await owner.save(text, { schedule: "always", offline: "no" });
    await owner.save(text, { schedule: "always", offline: "" });
    const written = rig.configured.changes.filter((change) => typeof change === "object");
    expect(written.map((access) => (access as WrittenAccess).offlineAllowed)).toEqual([true, false, null]);
  });

  it.each<[string, Record<string, string | string[]>, string]>([
    ["a date that is none", { from_date: "2026-02-30" }, "From_date: must be a date."],
    ["a time that is none", { from_date: "2026-02-03", from_time: "25:00" }, "must be a time of day"],
    ["a time without a date", { until_time: "18:00" }, "Valid until has a time without a date"],
    ["an end before the beginning", { from_date: "2026-02-02", until_date: "2026-02-01" }, "Valid until is not after"],
    ["ticked doors, and every door", { doors: "front" }, "Doors are ticked, and every door is chosen"],
    ["no choice of doors", { which: "none" }, "Which:"],
    ["a schedule that can be no name", { schedule: "a: b" }, "Schedule:"],
  ])("with %s are refused, with what is wrong", async (_, fields, words) => {
    await using rig = await openRig();
    const owner = await rig.as("owner");
    const refused = await owner.save((await owner.see()).text, fields);
    expect([refused.status, refused.text.includes(words)]).toEqual([400, true]);
    expect(rig.configured.changes).toEqual([]);
  });

  it("are not changed from a page that is out of date", async () => {
    await using rig = await openRig();
    const owner = await rig.as("owner");
    const { text } = await owner.see();
    rig.says([rig.ada], { schedule: "never" });
    const refused = await owner.save(text, { schedule: "always" });
    expect([refused.status, refused.text.includes("nothing was changed")]).toEqual([409, true]);
    expect(rig.configured.changes).toEqual([]);
  });

  it("under the name are changed there, unless others have the name too; two entries are left alone", async () => {
    await using rig = await openRig();
    const owner = await rig.as("owner");
    rig.says(["Ada <b>"], { schedule: "never" });
    const alone = await owner.see();
    expect(alone.text).toContain("whoever is renamed is no longer meant by it");
    expect((await owner.save(alone.text, { schedule: "always" })).status).toBe(303);
    await rig.enrol("Ada <b>", "guests");
    expect((await owner.see()).text).toContain("under a name that others have too");
    expect((await owner.save(alone.text, { schedule: "never" })).status).toBe(409);
    rig.says([rig.ada, "Ada <b>"]);
    expect((await owner.see()).text).toContain("two entries for them");
    expect((await owner.save(alone.text, { schedule: "never" })).status).toBe(409);
    expect(rig.configured.changes).toHaveLength(2);
  });

  it("say where they stay when somebody is forgotten", async () => {
    await using rig = await openRig();
    const operator = await rig.as("operator");
    expect((await operator.see()).text).not.toContain("stays in the file");
    rig.says(["Ada <b>"], { schedule: "never" });
    expect((await operator.see()).text).toContain("stays in the file, under <code>persons</code> and with the name");
  });

  it("cannot be changed while the file has a fault, and what the file's change is refused with is said", async () => {
    await using rig = await openRig();
    const owner = await rig.as("owner");
    const { text } = await owner.see();
    rig.configured.refuses = new LimenError("LIMEN_CONFIG_UNREADABLE", "limen.yaml could not be changed: EROFS", {
      hint: "write it by hand",
    });
    const page = await owner.see();
    expect([page.status, page.text.includes("The configuration file has a fault")]).toEqual([200, true]);
    const refused = await owner.save(text, { schedule: "always" });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain("Limen.yaml could not be changed: EROFS.<br>Write it by hand.");
  });
});
