import { standingOf } from "#adapters/console/access-form";
import { type Html, html } from "#adapters/console/html";
import type { Frame } from "#adapters/console/layout";
import type { DoorWords } from "#adapters/console/parts";
import { speakerOf } from "#core/explanation";
import { mayActAs } from "#core/role";
import type { AccessEntry } from "#core/written-access";

/** What the file says of a person, and of whom else. */
export interface PersonEntry extends AccessEntry {
  /** The only entry is under the name. */
  readonly isByName: boolean;
  /** … which others have too. */
  readonly isShared: boolean;
}

/** Why the entry cannot be changed here, or null. */
export function stopperOf({ keys, isShared }: PersonEntry, id: string): string | null {
  if (keys.length > 1)
    return `the configuration has two entries for them, under the id ${id} and under the name: leave one of them in the file`;
  return isShared
    ? `the entry stands under a name that others have too, and is for all of them: write one under the id ${id} into the file`
    : null;
}

/** Rule by rule, whose word it is and what comes of it, for each door; as `limen explain` says it. */
export function whyAt(doors: readonly DoorWords[]): Html {
  const tables = doors.map(({ door, steps }) => {
    const rows = steps.map(
      (step) =>
        html`<tr><td>${step.result}</td><td>${step.rule.replace("_", " ")}</td><td>${speakerOf(step)}</td><td>${step.says}</td></tr>`,
    );
    return html`<details><summary>Why, at ${door}</summary>
<div class="table card" tabindex="0" role="region" aria-label="Rules at ${door}"><table>
<thead><tr><th scope="col">Result</th><th scope="col">Rule</th><th scope="col">Whose word</th><th scope="col">It says</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>`;
  });
  return html`${tables}`;
}

function options(choices: readonly (readonly [string, string])[], chosen: string): Html {
  const items = choices.map(([value, words]) =>
    value === chosen
      ? html`<option value="${value}" selected>${words}</option>`
      : html`<option value="${value}">${words}</option>`,
  );
  return html`${items}`;
}

function times(name: "from" | "until", words: string, otherwise: string, written: string | null): Html {
  const [date = "", time = ""] = (written ?? "").split(" ");
  return html`<div class="inline times"><label>${words}<input type="date" name="${name}_date" value="${date}"></label>
<label>at (${otherwise})<input type="time" name="${name}_time" value="${time}"></label></div>`;
}

function checked(isChecked: boolean): Html | null {
  return isChecked ? html` checked` : null;
}

/** What the file says of them, to be changed by an owner; `entry` null = the file has a fault. */
export function accessForm(
  frame: Frame,
  id: string,
  { entry, timeZone }: { readonly entry: PersonEntry | null; readonly timeZone: string },
): Html {
  const title = html`<h2>Hours, dates and doors of their own</h2>`;
  const says = (words: Html | string): Html => html`<section class="card pad">${title}<p>${words}</p></section>`;
  if (!mayActAs(frame.account.role, "owner")) return says("They stand in the configuration; an owner can change them.");
  if (entry === null) return says(html`The configuration file has a fault; <a href="/system">System</a> says which.`);
  const stopper = stopperOf(entry, id);
  if (stopper !== null) return says(`They cannot be changed here: ${stopper}.`);
  const { access, schedules, doors, asksOffline, keys, isByName } = entry;
  const boxes = doors.map(
    (door) =>
      html`<label class="check"><input type="checkbox" name="doors" value="${door}"${checked(access.doors?.includes(door) === true)}> ${door}</label>`,
  );
  const offline = access.offlineAllowed === null ? "" : access.offlineAllowed ? "yes" : "no";
  const silent = "as their groups say";
  const alone = html`<label for="offline">While the search server is away</label>
<select id="offline" name="offline">${options(
    [
      ["", `${silent}; else refused`],
      ["yes", "may be let in on this computer's word alone"],
      ["no", "refused"],
    ],
    offline,
  )}</select>`;
  const clear =
    keys.length === 0 ? null : html` <button class="quiet" name="clear" value="yes">Take all of it away</button>`;
  const byName = isByName
    ? html`<p class="warn">The entry stands under the name: whoever is renamed is no longer meant by it.</p>`
    : null;
  return html`<form method="post" action="/people/${id}/access" class="card pad">${title}
<p>Written into the configuration, and asked before what groups, the door and the site say. What is left open here is as those say. By the clock in ${timeZone}.</p>
${byName}<input type="hidden" name="was" value="${standingOf(entry)}">
${times("from", "Valid from", "else from 00:00", access.validFrom)}
${times("until", "Valid until", "else to the day's end", access.validUntil)}
<label for="schedule">Hours</label>
<select id="schedule" name="schedule">${options([["", `${silent}, else the door's`], ...schedules.map((name) => [name, name] as const)], access.schedule ?? "")}</select>
<fieldset><legend>Doors</legend>
<label class="check"><input type="radio" name="which" value="all"${checked(access.doors === null)}> ${silent}, else every door of their collections</label>
<label class="check"><input type="radio" name="which" value="these"${checked(access.doors !== null)}> only these:</label>
${boxes}</fieldset>
${asksOffline ? alone : null}
<div class="inline"><button>Save in the configuration</button>${clear}</div></form>`;
}

/** What stays of somebody who is forgotten. */
export function staysInFile(entry: PersonEntry | null): Html | null {
  if (entry === null || entry.keys.length === 0) return null;
  return html`<p class="warn">What the configuration says of them stays in the file, under <code>persons</code>${entry.isByName ? " and with the name" : ""}: let an owner take it away first.</p>`;
}
