import { type Html, html } from "#adapters/console/html";
import { type Frame, pageIn } from "#adapters/console/layout";
import { outcomeOf, timeOf, whoOf } from "#adapters/console/pages/decisions";
import { byHand } from "#adapters/console/pages/opening";
import { type Trouble, troubleBox } from "#adapters/console/pages/people";
import type { ConsoleDoor } from "#adapters/console/parts";
import type { Histogram } from "#adapters/console/score-study";
import { type ArmingTally, upperBound } from "#core/arming";
import { wordsFor } from "#core/reason";
import { mayActAs } from "#core/role";
import type { AuditEntry } from "#ports/audit-log";
import type { Status } from "#ports/status-board";

export interface DoorView {
  readonly door: ConsoleDoor;
  readonly status: Status["doors"][string] | undefined;
  readonly modeWords: string;
  /** Newest first. */
  readonly visits: readonly AuditEntry[];
  readonly histogram: Histogram;
  readonly tally: ArmingTally;
  readonly trouble: Trouble | null;
  readonly done: string | null;
  readonly timeZone: string;
}

const WIDTH = 720;
const HEIGHT = 180;
const VISITS_SHOWN = 20;

/** Both kinds of visits as bars over the score, and the threshold as a line. Told in words, too. */
function chart({ from, width, residents, strangers }: Histogram, threshold: number): Html {
  const most = Math.max(1, ...residents, ...strangers);
  const x = (score: number): number => ((score - from) / (1 - from)) * WIDTH;
  const bars = residents.map((count, i) => {
    const left = x(from + i * width);
    const half = (WIDTH / residents.length - 2) / 2;
    const bar = (n: number, at: number, kind: string): Html =>
      html`<rect class="${kind}" x="${at.toFixed(1)}" y="${(HEIGHT - (n / most) * HEIGHT).toFixed(1)}" width="${half.toFixed(1)}" height="${((n / most) * HEIGHT).toFixed(1)}"/>`;
    return html`${bar(strangers[i] ?? 0, left, "stranger")}${bar(count, left + half, "resident")}`;
  });
  const ticks = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map(
    (score) => html`<text x="${x(score).toFixed(1)}" y="${HEIGHT + 18}">${score.toFixed(1)}</text>`,
  );
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  return html`<svg class="chart" viewBox="-14 -6 ${WIDTH + 28} ${HEIGHT + 34}" role="img" aria-label="Best scores of ${total(residents)} visits of people who may pass and ${total(strangers)} of others; the threshold is ${threshold.toFixed(3)}">
${bars}<line id="threshold-line" x1="${x(threshold).toFixed(1)}" x2="${x(threshold).toFixed(1)}" y1="-4" y2="${HEIGHT}"/>${ticks}</svg>
<p class="legend"><span class="resident">may pass</span> <span class="stranger">others</span> <span class="line-key">threshold</span></p>`;
}

function tuning(frame: Frame, { door, histogram }: DoorView): Html {
  const { id, threshold, automatic, minScore } = door;
  const maySet = mayActAs(frame.account.role, "owner");
  const buttons = maySet
    ? html`<button>Use it from now on</button> <button class="quiet" name="auto" value="yes">Back to automatic</button>`
    : null;
  const now = minScore === null ? "It is worked out from the number of people." : `It was set to at least ${minScore}.`;
  return html`<h2>Threshold</h2>
<p>A face must score ${threshold.toFixed(3)} here. ${now} Drag it and see which of the past visits would have come out otherwise; below ${automatic.toFixed(3)} it can be tried, and not set: strangers would get in.</p>
<form class="card pad" method="post" action="/doors/${id}/threshold" id="tuning" data-door="${id}" data-from="${histogram.from}">
${chart(histogram, threshold)}
<label for="score">Threshold <output id="score-shown" for="score">${threshold.toFixed(3)}</output></label>
<input id="score" name="score" type="range" min="${histogram.from}" max="1" step="0.005" value="${threshold.toFixed(3)}">
<div id="changes" role="status"><p class="empty">Move it to see what would change.</p></div>
<div class="inline">${buttons}</div>
</form>`;
}

function arming(frame: Frame, { door, tally, status }: DoorView): Html | null {
  if (status === undefined) return null;
  const { id } = door;
  const impostors = tally.rightDenials + tally.wrongGrants;
  const bound =
    impostors === 0
      ? "No visit of somebody who should not pass is labelled yet, so nothing can be said about strangers."
      : `Wrong openings: ${tally.wrongGrants} in ${impostors} labelled visits of people who should not pass; with 95 % confidence at most ${(upperBound(tally.wrongGrants, impostors) * 100).toFixed(1)} %.`;
  const words = html`<p>${bound}</p><p>Let in and right: ${tally.rightGrants}. Refused who should have passed: ${tally.wrongDenials}. Label visits in <a href="/decisions?door=${id}">Decisions</a>.</p>`;
  if (!mayActAs(frame.account.role, "owner")) return html`<h2>Arming</h2><div class="card pad">${words}</div>`;
  const button =
    status.mode === "shadow"
      ? html`<form method="post" action="/doors/${id}/mode" class="inline"><input type="hidden" name="mode" value="normal">
<label class="check"><input type="checkbox" name="anyway" value="yes"> although a wrong opening was labelled, or nothing</label><button>Arm: let it open from now on</button></form>`
      : html`<form method="post" action="/doors/${id}/mode" class="inline"><input type="hidden" name="mode" value="shadow"><button class="quiet">Back to shadow: decide, open nothing</button></form>`;
  return html`<h2>Arming</h2><div class="card pad">${words}${button}</div>`;
}

export function doorPage(frame: Frame, view: DoorView): string {
  const { door, status, visits, trouble, done, timeZone, modeWords } = view;
  const { id, camera } = door;
  const rows = visits.slice(0, VISITS_SHOWN).map(
    (
      entry,
    ) => html`<tr class="${entry.record.result}"><td><a href="/decisions/${entry.sequence}">${timeOf(entry.record.at, timeZone)}</a></td>
<td>${whoOf(entry)}</td><td>${outcomeOf(entry)}</td><td>${wordsFor(entry.record.reason)}</td></tr>`,
  );
  const table =
    rows.length === 0
      ? html`<p class="empty">Nobody has come to this door yet.</p>`
      : html`<div class="table card" tabindex="0" role="region" aria-label="Table"><table><thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">Outcome</th><th scope="col">Why</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  // Beside the picture of who stands there, where it can be used.
  const isOpenedHere = door.remote.unlock;
  const hand = byHand(frame, door, status?.mode);
  return pageIn(
    frame,
    "/",
    id,
    html`<p class="path"><a href="/">Overview</a></p>
<h1 class="line"><span>${id}</span><span class="state ${status?.controller ?? "offline"}">controller ${status?.controller ?? "unknown"}</span></h1>
${troubleBox(trouble)}${done === null ? null : html`<p class="banner" role="status">${done}</p>`}
<p class="sentence">${modeWords}</p>
<div class="watch">
  <figure class="screen large" data-camera="${camera}">
    ${door.isLive ? html`<canvas class="picture" role="img" aria-label="Live picture of camera ${camera}"></canvas>` : html`<img class="picture" src="/cameras/${camera}/snapshot.jpg" alt="Newest picture of camera ${camera}">`}
    <canvas class="marks" aria-hidden="true"></canvas>
    <figcaption class="notice" role="status">Connecting…</figcaption>
  </figure>
  <section aria-labelledby="decisions-title">
    <h2 id="decisions-title">Now</h2>
    <ol class="decisions brief" aria-live="polite"></ol>
    <p class="empty">Nobody has come by since this page was opened.</p>
  </section>
</div>
${isOpenedHere ? hand : null}
<h2>Last visits</h2>
${table}
${tuning(frame, view)}
${arming(frame, view)}
${isOpenedHere ? null : hand}`,
    ["live.js", "door.js"],
  );
}
