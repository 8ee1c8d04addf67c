import type { Candidate } from "#core/candidate";
import { DEFAULT_DECISION_RULES } from "#core/decision-rules";
import type { Template } from "#core/face";
import { instant } from "#core/instant";
import { NO_PASSBACK } from "#core/passback";
import type { DoorPolicy } from "#core/policy";
import { ALWAYS, type Schedule } from "#core/schedule";
import { WEEKDAYS } from "#core/wall-time";
import { LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { Person } from "#ports/gallery";
import { MemoryGallery } from "../fakes/memory-gallery";
import { accessPolicy, doorPolicy } from "../fakes/situations";
import type { PersonState, ScriptedAnswer } from "./door-events";
import type { Shown } from "./door-trace";
import { NAMES, type Name, type PolicyWords } from "./door-words";

export const asName = (id: string | null): Name | null => NAMES.find((name) => name === id) ?? null;

/** A gallery whose people change as the script says. */
export class ScriptedGallery extends MemoryGallery {
  readonly states: Record<"ada" | "ben", PersonState> = { ada: "active", ben: "active" };
  areAlike = false;

  override async person(id: string): Promise<Person | null> {
    const name = asName(id);
    if (name === null || name === "ghost") return null;
    const state = name === "cleo" ? "outsider" : this.states[name];
    if (state === "gone") return null;
    const collections = { outsider: ["id-guests"], listed: ["id-staff", "id-guests"] };
    return {
      id,
      name,
      notes: null,
      active: state !== "inactive",
      collections: state === "outsider" || state === "listed" ? collections[state] : ["id-staff"],
      faces: 1,
      createdAt: instant(0),
      modifiedAt: instant(0),
    };
  }

  override async lookAlikesOf(id: string) {
    const other = { ada: "ben", ben: "ada" }[id];
    return this.areAlike && other !== undefined ? [{ personId: other, score: 0.7 }] : [];
  }

  override async collection(codeOrId: string) {
    const code = codeOrId.replace(/^id-/, "");
    return { id: `id-${code}`, code, name: code };
  }
}

/** An engine that says to each picture what the script says. `asked`: whose template is whose picture. */
export function scriptedEngine(which: "local" | "network", asked: ReadonlyMap<Template, Shown>, clock: Clock) {
  return {
    size: () => 3,
    async search(request: { faces: readonly Template[]; collection: string | null }): Promise<Candidate[]> {
      const [face] = request.faces;
      const picture = face === undefined ? undefined : asked.get(face);
      if (picture === undefined) throw new Error("nobody showed this picture");
      const said = picture[which];
      const answer: ScriptedAnswer = which === "local" ? picture.look.answer : picture.look.network;
      said.askedAtMs ??= clock.monotonicMs();
      if (answer.kind === "fails") throw new LimenError(answer.code, "scripted");
      if (answer.kind === "slow") await clock.sleep(answer.ms);
      said.answeredAtMs = clock.monotonicMs();
      // The index may know a guest as one of the staff; asked for the guests it knows nobody else.
      const isAsked = ([name]: readonly [Name, number]): boolean => request.collection === "staff" || name === "cleo";
      return answer.scores.filter(isAsked).map(([personId, score]) => ({ personId, score }));
    },
  };
}

/** The words of the script as the program's own policy. */
export function policyOf(words: PolicyWords): DoorPolicy {
  const { mode, agree, of, windowMs, margin, fairExtra: borderlineExtra, patienceMs, company } = words;
  const silent = { doors: null, schedule: null, validFrom: null, validUntil: null, offlineAllowed: null };
  const persons = [
    { ...silent, person: "ada", validUntil: words.adaUntil === null ? null : instant(words.adaUntil) },
    { ...silent, person: "ben", validFrom: words.benFrom === null ? null : instant(words.benFrom) },
  ].map((person) => ({ ...person, offlineAllowed: words.offline.some((name) => name === person.person) || null }));
  return doorPolicy({
    mode,
    engine: words.engine,
    rules: { ...DEFAULT_DECISION_RULES, agree, of, windowMs, margin, borderlineExtra, patienceMs, company },
    access: accessPolicy({
      timeZone: "UTC",
      siteSchedule: words.hours === null ? ALWAYS : scheduleOf(words.hours),
      persons,
      watchList: words.watchesGuests ? ["guests"] : [],
    }),
    liveness: {
      mode: words.serviceWithinMs !== null ? "cloud" : words.confirmWithinMs === null ? "monitor" : "require",
      askWithinMs: words.serviceWithinMs ?? words.confirmWithinMs,
    },
    passback:
      words.onceWithinMs === null
        ? NO_PASSBACK
        : { mode: "hard", resetMs: words.onceWithinMs, enters: "house", leaves: null },
  });
}

function scheduleOf({ weekday, from, to }: NonNullable<PolicyWords["hours"]>): Schedule {
  const [day = "sun"] = WEEKDAYS.filter((name) => name === ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][weekday]);
  return { name: "scripted", week: { [day]: [{ from, to }] }, exceptions: {} };
}

export const NOBODY_ASKED = (): Shown["local"] => ({ askedAtMs: null, answeredAtMs: null });
