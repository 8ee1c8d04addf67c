import { describe, expect, it } from "vitest";
import { COMPANY_RULES } from "#core/decision-rules";
import type { CalibratedThreshold } from "#core/threshold";
import { faceAt } from "../../fakes/faces";
import { type Person, standing, watchedDoor } from "../../fakes/watched-door";

const walkingPast = (name: string, pxALook: number): Person => ({
  name,
  at: (look) => (30 + pxALook * look < 540 ? faceAt(30 + pxALook * look, 80, 70) : null),
});
const walkingUp = (name: string): Person => ({ name, at: (look) => faceAt(300 - 4 * look, 80, 30 + 4 * look) });

describe("several people in view", () => {
  it("are judged separately, each once", async () => {
    const { watch, decided } = await watchedDoor();
    await watch([standing("ada", 60), standing("ben", 260), standing("stranger", 460)], 60);
    expect(decided().map(({ result, reason, who }) => ({ result, reason, who }))).toEqual([
      { result: "grant", reason: "ok", who: "ada" },
      { result: "grant", reason: "ok", who: "ben" },
      { result: "deny", reason: "unknown_person", who: null },
    ]);
  });
});

describe("a resident with a stranger beside them", () => {
  const resident = standing("ada", 100);
  const stranger = standing("stranger", 400);

  it.each(COMPANY_RULES)("at a door that says %s", async (company) => {
    for (const people of [
      [resident, stranger],
      [stranger, resident],
    ]) {
      const { watch, decided } = await watchedDoor({ company });
      await watch(people, 50);
      const aboutAda = decided().filter(({ who }) => who === "ada");
      const granted = { result: "grant", reason: "ok", who: "ada" };
      if (company === "deny") expect(aboutAda).toMatchObject([{ result: "deny", reason: "accompanied" }]);
      else expect(aboutAda).toEqual([{ ...granted, accompanied: company === "ignore" ? null : true }]);
    }
  });

  it("is let in at a door that denies once the stranger has gone", async () => {
    const { watch, decided } = await watchedDoor({ company: "deny" });
    await watch([resident, standing("stranger", 400, 0, 10)], 30);
    expect(decided().find(({ who }) => who === "ada")).toMatchObject({ result: "grant", accompanied: false });
  });

  it("is not let in by the stranger looking away for a moment", async () => {
    const { watch, decided } = await watchedDoor({ company: "deny" });
    const blinking: Person = { name: "stranger", at: (look) => (look % 6 < 2 ? faceAt(400, 80, 90) : null) };
    await watch([resident, blinking], 50);
    expect(decided().filter(({ result }) => result === "grant")).toEqual([]);
  });

  it("who comes a step behind, and is not large enough yet when the resident is, is not let in at a door that denies", async () => {
    const { watch, decided } = await watchedDoor({ company: "deny" });
    const behind: Person = { name: "stranger", at: (look) => faceAt(500, 80, 0.85 * (30 + 4 * look)) };
    await watch([walkingUp("ada"), behind], 40);
    expect(decided().find(({ who }) => who === "ada")).toMatchObject({ result: "deny", reason: "accompanied" });
    expect(decided().filter(({ result }) => result === "grant")).toEqual([]);
  });

  it("who is too far away to count, is let in", async () => {
    const { watch, decided } = await watchedDoor({ company: "deny" });
    await watch([resident, { name: "stranger", at: () => faceAt(400, 80, 40) }], 20);
    expect(decided()).toMatchObject([{ result: "grant", who: "ada", accompanied: false }]);
  });

  it("whom only the default threshold would know is a stranger once the site was calibrated", async () => {
    const scores = { ada: 0.97, ben: 0.9 };
    const beside = async (calibration: CalibratedThreshold | null) => {
      const { watch, decided } = await watchedDoor({ company: "deny" }, { scores, calibration });
      await watch([resident, standing("ben", 400)], 50);
      return decided().find(({ who }) => who === "ada");
    };
    expect(await beside(null)).toMatchObject({ result: "grant", accompanied: false });
    const calibrated = { score: 0.95, people: 2, slopePerDecade: 0.02 };
    expect(await beside(calibrated)).toMatchObject({ result: "deny", reason: "accompanied" });
  });

  it("two residents side by side are both let in at a door that denies", async () => {
    const { watch, decided } = await watchedDoor({ company: "deny" });
    await watch([resident, standing("ben", 400)], 20);
    expect(decided()).toMatchObject([
      { result: "grant", accompanied: false },
      { result: "grant", accompanied: false },
    ]);
  });
});

describe("somebody known", () => {
  it("who walks up is let in with the second picture that is large enough", async () => {
    const { watch, audit } = await watchedDoor();
    await watch([walkingUp("ada")], 12);
    expect(audit.records).toMatchObject([{ result: "grant", searches: 2 }]);
  });

  it.each([24, 36, 60])("who walks past (%i px a look) is not let in", async (pxALook) => {
    const { watch, decided } = await watchedDoor();
    await watch([walkingPast("ada", pxALook)], 50);
    expect(decided()).toMatchObject([{ result: "deny", reason: "walked_past", who: "ada" }]);
  });

  it("who turns up at the door is let in with the third picture: by then it is seen that they do not walk past", async () => {
    const { watch, audit } = await watchedDoor();
    await watch([standing("ada", 200)], 12);
    expect(audit.records).toMatchObject([{ result: "grant", searches: 3 }]);
  });

  it("who walks away is not let in, and is let in when they come back", async () => {
    const { watch, decided } = await watchedDoor();
    await watch([{ name: "ada", at: (look) => (look < 12 ? faceAt(200, 80, 130 - 7 * look) : null) }], 30);
    expect(decided()).toMatchObject([{ result: "deny", reason: "walked_past" }]);
    await watch([standing("ada", 200)], 12);
    expect(decided()[1]).toMatchObject({ result: "grant", who: "ada" });
  });
});
