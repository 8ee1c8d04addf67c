import { withParameters } from "#adapters/console/decision-query";
import { type Html, html } from "#adapters/console/html";
import { type Frame, pageIn } from "#adapters/console/layout";
import { LABELS } from "#core/arming";
import { type DoorEvent, happeningDetails, happeningWords } from "#core/door-event";
import { localText } from "#core/explanation";
import type { Instant } from "#core/instant";
import { REASONS, wordsFor } from "#core/reason";
import { mayActAs } from "#core/role";
import type { AuditEntry } from "#ports/audit-log";

export const PAGE_ROWS = 50;

const two = (value: number | null): string => (value === null ? "–" : value.toFixed(2));

/** Who a decision is about, as a person would say it. */
export function whoOf({ record, personName }: AuditEntry): string {
  if (personName !== null) return personName;
  return record.personId === null ? "Nobody known" : "Somebody since forgotten";
}

/** What became of it: that the door opened, or what was decided. */
export function outcomeOf({ record, outcome }: AuditEntry): string {
  if (record.result === "deny") return "refused";
  if (outcome === null) return record.mode === "shadow" ? "would be let in (shadow)" : "let in, nothing sent";
  return `let in, ${outcome.actuation.replaceAll("_", " ")}`;
}

export const timeTextOf = localText;

export function timeOf(at: Instant, timeZone: string): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${localText(at, timeZone)}</time>`;
}

function rowOf(entry: AuditEntry, timeZone: string): Html {
  const { sequence, record, label } = entry;
  const said = label === null ? null : html` <span class="chip">${label}</span>`;
  return html`<tr class="${record.result}">
  <td><a href="/decisions/${sequence}">${sequence}</a></td>
  <td>${timeOf(record.at, timeZone)}</td>
  <td>${record.door}</td>
  <td>${whoOf(entry)}</td>
  <td>${outcomeOf(entry)}${said}</td>
  <td>${wordsFor(record.reason)}</td>
  <td class="number">${two(record.score)} of ${two(record.threshold)}</td>
</tr>`;
}

function choice(name: string, label: string, options: readonly (readonly [string, string])[], chosen: string): Html {
  const items = options.map(([value, words]) =>
    value === chosen
      ? html`<option value="${value}" selected>${words}</option>`
      : html`<option value="${value}">${words}</option>`,
  );
  return html`<label>${label}<select name="${name}">${items}</select></label>`;
}

function filterForm(
  chosen: Readonly<Record<string, string>>,
  doors: readonly string[],
  people: readonly { id: string; name: string }[],
): Html {
  const { door = "", result = "", reason = "", person = "", from = "", until = "" } = chosen;
  return html`<form class="filter card" method="get" action="/decisions" aria-label="Filter">
${choice("door", "Door", [["", "all"], ...doors.map((id) => [id, id] as const)], door)}
${choice(
  "result",
  "Result",
  [
    ["", "all"],
    ["grant", "let in"],
    ["deny", "refused"],
  ],
  result,
)}
${choice("reason", "Reason", [["", "all"], ...REASONS.map((word) => [word, wordsFor(word)] as const)], reason)}
${choice("person", "Person", [["", "all"], ...people.map(({ id, name }) => [id, name] as const)], person)}
<label>From<input type="date" name="from" value="${from}"></label>
<label>Until<input type="date" name="until" value="${until}"></label>
<button>Show</button>
<a class="button quiet" href="${withParameters("/decisions.csv", chosen, { before: null })}" download>Export CSV</a>
</form>`;
}

export interface DecisionList {
  readonly chosen: Readonly<Record<string, string>>;
  readonly doors: readonly string[];
  readonly people: readonly { id: string; name: string }[];
  /** One more than a page where there is a next one. */
  readonly entries: readonly AuditEntry[];
  readonly events: readonly DoorEvent[];
  readonly timeZone: string;
}

export function decisionsPage(frame: Frame, list: DecisionList): string {
  const { chosen, entries, timeZone } = list;
  const shown = entries.slice(0, PAGE_ROWS);
  const oldest = shown.at(-1);
  const older =
    entries.length > PAGE_ROWS && oldest !== undefined
      ? html`<p><a class="button quiet" href="${withParameters("/decisions", chosen, { before: String(oldest.sequence) })}">Older</a></p>`
      : null;
  const isFiltered = Object.values(chosen).some((word) => word !== "");
  const empty = isFiltered
    ? html`<p class="empty">Nothing was decided that fits. <a href="/decisions">Show everything</a></p>`
    : html`<p class="empty">Nobody has come to a door yet. As soon as somebody does, what Limen made of it stands here, with the reason.</p>`;
  const table = html`<div class="table card" tabindex="0" role="region" aria-label="Table"><table>
<thead><tr><th scope="col">No.</th><th scope="col">When</th><th scope="col">Door</th><th scope="col">Who</th><th scope="col">Outcome</th><th scope="col">Why</th><th scope="col">Score</th></tr></thead>
<tbody>${shown.map((entry) => rowOf(entry, timeZone))}</tbody>
</table></div>`;
  return pageIn(
    frame,
    "/decisions",
    "Decisions",
    html`<h1>Decisions</h1>
${filterForm(chosen, list.doors, list.people)}
${shown.length === 0 ? empty : table}
${older}
${eventList(list.events, timeZone)}`,
  );
}

function eventList(events: readonly DoorEvent[], timeZone: string): Html | null {
  if (events.length === 0) return null;
  const items = events.map((event) => {
    const details = happeningDetails(event).replaceAll("_", " ");
    const words = `${event.door}: ${happeningWords(event.kind)}${details === "" ? "" : ` (${details})`}`;
    return html`<li><span>${timeOf(event.at, timeZone)}</span><span>${words}</span></li>`;
  });
  return html`<h2>What else happened</h2>\n<ul class="card rows">${items}</ul>`;
}

export function decisionPage(frame: Frame, entry: AuditEntry, timeZone: string): string {
  const { sequence, record, outcome, label } = entry;
  const { evidence } = record.situation.visit;
  const first = evidence[0]?.capturedAtMs ?? 0;
  const pictures = evidence.map(
    ({ capturedAtMs, faceHeightPx, sharpness, yaw, liveness, answers, isBorderline = false }, i) => html`<tr>
  <td>${i + 1}</td><td class="number">${Math.round(capturedAtMs - first)} ms</td><td class="number">${Math.round(faceHeightPx)} px</td>
  <td class="number">${sharpness.toFixed(1)}</td><td class="number">${yaw.toFixed(2)}</td><td class="number">${two(liveness)}</td>
  <td class="number">${answers.map(({ candidates }) => two(candidates[0]?.score ?? null)).join(", ")}${isBorderline ? " (weaker picture: it had to score more)" : ""}</td>
</tr>`,
  );
  const facts: readonly (readonly [string, string])[] = [
    ["Door", `${record.door}, by camera ${record.camera}, mode ${record.mode}`],
    ["Who", whoOf(entry)],
    ["Outcome", outcomeOf(entry)],
    ["Why", wordsFor(record.reason)],
    ["Score", `${two(record.score)}; ${two(record.threshold)} was needed among ${record.gallerySize} people`],
    ["Ahead of the next person by", two(record.margin)],
    [
      "A picture instead of a person?",
      `doubt ${record.liveness.level}${record.liveness.cues.length === 0 ? "" : `: ${record.liveness.cues.join(", ").replaceAll("_", " ")}`}`,
    ],
    ["Searches", String(record.searches)],
    ["In view until decided", `${Math.round(record.timingsMs.sinceInView)} ms`],
    ...(outcome === null
      ? []
      : [
          [
            "The door",
            `${outcome.actuation.replaceAll("_", " ")} (${outcome.why.replaceAll("_", " ")})${outcome.latencyMs === null ? "" : `, ${outcome.latencyMs} ms after coming into view`}`,
          ] as const,
        ]),
  ];
  const say = mayActAs(frame.account.role, "operator")
    ? html`<form class="inline" method="post" action="/decisions/${sequence}/label"><span>Was that right?</span>
${LABELS.map((word) => html`<button class="${word === label ? "" : "quiet"}" name="label" value="${word}"${word === label ? html` aria-pressed="true"` : null}>${word}</button>`)}</form>`
    : null;
  return pageIn(
    frame,
    "/decisions",
    `Decision ${sequence}`,
    html`<p class="path"><a href="/decisions">Decisions</a></p>
<h1>Decision ${sequence}</h1>
<p>${timeOf(record.at, timeZone)}</p>
${say}
<dl class="card facts">${facts.map(([name, words]) => html`<div><dt>${name}</dt><dd>${words}</dd></div>`)}</dl>
<h2>Pictures it rests on</h2>
${
  pictures.length === 0
    ? html`<p class="empty">None was good enough to be searched.</p>`
    : html`<div class="table card" tabindex="0" role="region" aria-label="Table"><table>
<thead><tr><th scope="col">No.</th><th scope="col">After</th><th scope="col">Face</th><th scope="col">Sharpness</th><th scope="col">Turned</th><th scope="col">Liveness</th><th scope="col">Best score</th></tr></thead>
<tbody>${pictures}</tbody></table></div>`
}`,
  );
}
