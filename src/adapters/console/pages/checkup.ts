import { CHECKUP_SECONDS, type Checkup } from "#adapters/console/checkups";
import { type Html, html } from "#adapters/console/html";
import { type Frame, pageIn } from "#adapters/console/layout";
import { measureRows } from "#core/camera-measures";

export interface CheckupView {
  readonly camera: string;
  readonly checkup: Checkup | null;
  /** Monotonic. */
  readonly nowMs: number;
  /** Another camera is being checked. */
  readonly isBusy: boolean;
}

function startForm(camera: string, words: string): Html {
  return html`<form method="post" action="/cameras/${camera}/checkup"><button>${words}</button></form>`;
}

function running(watchedMs: number): Html {
  const seconds = Math.min(CHECKUP_SECONDS, Math.floor(watchedMs / 1000));
  const words =
    watchedMs === 0
      ? "Opening the camera…"
      : seconds < CHECKUP_SECONDS
        ? `Watched for ${seconds} of ${CHECKUP_SECONDS} seconds.`
        : "Counting what it sends…";
  return html`<div role="status"><p>${words}</p><progress max="${CHECKUP_SECONDS}" value="${seconds}" aria-label="How far the check is"></progress></div>`;
}

function done({ found, atMs }: Extract<Checkup, { state: "done" }>, nowMs: number): Html {
  const ago = Math.round((nowMs - atMs) / 1000);
  const when = ago < 90 ? `${ago} seconds ago` : `${Math.round(ago / 60)} minutes ago`;
  if (found.fault !== null)
    return html`<p>Checked ${when}.</p><div class="banner wrong" role="alert"><p>${found.fault}</p>${found.hint === null ? null : html`<p>${found.hint}</p>`}</div>`;
  const { advice } = found;
  const change =
    advice.length === 0
      ? html`<p class="banner">Nothing to change.</p>`
      : html`<ul class="card pad advice">${advice.map((line) => html`<li>${line}</li>`)}</ul>`;
  return html`<p>Checked ${when}.</p><h2>What to change</h2>${change}
<h2>What was measured</h2>
<table class="card"><tbody>${measureRows(found.measures).map(([what, how]) => html`<tr><th scope="row">${what}</th><td>${how}</td></tr>`)}</tbody></table>`;
}

/** A check of one camera: before it, while it goes on, and what it found. */
export function checkupPage(frame: Frame, { camera, checkup, nowMs, isBusy }: CheckupView): string {
  const isRunning = checkup?.state === "running";
  const how = html`<p>Stand at the door as people do while it runs: it measures how large a face gets there, light, focus and the stream. It takes about ${CHECKUP_SECONDS + 5} seconds, over connections of its own; the door goes on as ever.</p>`;
  return pageIn(
    frame,
    "/cameras",
    `Check ${camera}`,
    html`<p class="path"><a href="/">Overview</a> / <a href="/cameras/${camera}">${camera}</a></p>
<h1>Check ${camera}</h1>
${isBusy ? html`<p class="banner wrong" role="alert">Another camera is being checked; try again in some seconds.</p>` : null}
${checkup === null ? how : null}
${checkup?.state === "running" ? running(checkup.watchedMs) : null}
${checkup?.state === "done" ? done(checkup, nowMs) : null}
${isRunning ? null : startForm(camera, checkup === null ? "Start the check" : "Check again")}`,
  );
}
