import { type Html, html } from "#adapters/console/html";
import { type Frame, pageIn } from "#adapters/console/layout";
import { type Trouble, troubleBox } from "#adapters/console/pages/people";
import { MIN_CHARACTERS } from "#adapters/console/password";
import { mayActAs, ROLES } from "#core/role";
import type { Account } from "#ports/account-store";
import type { Status } from "#ports/status-board";

export interface SystemView {
  readonly status: Status;
  readonly file: string;
  readonly summary: readonly string[];
  readonly problems: readonly string[];
  /** Counters and gauges, by name. */
  readonly metrics: readonly (readonly [string, number])[];
  /** `newest`: when the last decision was written, as a clock at the site shows it; `failures`: since the start. */
  readonly audit: { readonly decisions: number; readonly newest: string | null; readonly failures: number };
  readonly accounts: readonly Account[];
  readonly trouble: Trouble | null;
  readonly done: string | null;
}

const ROLE_WORDS: Readonly<Record<(typeof ROLES)[number], string>> = {
  viewer: "looks",
  operator: "manages people, labels decisions",
  owner: "everything",
};

function accountsPart(frame: Frame, { accounts }: SystemView): Html | null {
  if (!mayActAs(frame.account.role, "owner")) return null;
  const rows = accounts.map(
    ({ name, role }) =>
      html`<li><b>${name}</b><span>${role}: ${ROLE_WORDS[role]}</span>${name === "owner" ? html`<span></span>` : html`<form method="post" action="/accounts/${name}/remove"><button class="quiet" aria-label="Remove ${name}">Remove</button></form>`}</li>`,
  );
  const roles = ROLES.filter((role) => role !== "owner").map(
    (role) => html`<option value="${role}">${role}: ${ROLE_WORDS[role]}</option>`,
  );
  return html`<h2>Accounts</h2>
<ul class="card rows">${rows}</ul>
<form method="post" action="/accounts" class="card pad narrow">
  <h3>Add somebody, or give them another password</h3>
  <label for="name">Name</label><input id="name" name="name" required pattern="[a-z0-9_\\-]{1,64}" autocomplete="off">
  <label for="role">Role</label><select id="role" name="role">${roles}</select>
  <label for="password">Password, at least ${MIN_CHARACTERS} characters</label><input id="password" name="password" type="password" autocomplete="new-password" required minlength="${MIN_CHARACTERS}" maxlength="1024">
  <button>Save</button>
</form>`;
}

function auditWords({ decisions, newest, failures }: SystemView["audit"]): string {
  const kept =
    newest === null
      ? "no decision yet"
      : `${decisions} ${decisions === 1 ? "decision" : "decisions"}, the last one ${newest}`;
  return failures === 0
    ? `${kept}; it takes everything it is given`
    : `${kept}; ${failures} times something could not be written since the start, and what is not written opens nothing`;
}

export function systemPage(frame: Frame, view: SystemView): string {
  const { status, file, summary, problems, metrics, audit, trouble, done } = view;
  const state =
    status.problems.length === 0
      ? html`<p>Everything is ready.</p>`
      : html`<ul>${status.problems.map((problem) => html`<li>${problem}</li>`)}</ul>`;
  const faults =
    problems.length === 0
      ? html`<p class="empty">The file is good, and this is what it means.</p>`
      : html`<div class="fault" role="alert"><p>The file as it lies there now has a fault. Limen goes on with what it read before.</p><pre>${problems.join("\n")}</pre></div>`;
  return pageIn(
    frame,
    "/system",
    "System",
    html`<h1>System</h1>
${troubleBox(trouble)}${done === null ? null : html`<p class="banner" role="status">${done}</p>`}
<section class="banner${status.problems.length === 0 ? "" : " wrong"}" role="status" aria-label="State">${state}</section>
<dl class="card facts">
<div><dt>Version</dt><dd>${status.version}, up since ${status.startedAt}</dd></div>
<div><dt>Broker</dt><dd>${status.broker}</dd></div>
<div><dt>Gallery</dt><dd>${status.gallery.people} people, ${status.gallery.faces} faces, ${status.gallery.memoryMb} MB</dd></div>
<div><dt>Audit log</dt><dd>${auditWords(audit)}</dd></div>
</dl>
<h2>Configuration</h2>
<p><code>${file}</code></p>
${faults}
<div class="card"><pre>${summary.join("\n")}</pre></div>
${accountsPart(frame, view)}
<h2>Counted since the start</h2>
<div class="table card" tabindex="0" role="region" aria-label="Table"><table><thead><tr><th scope="col">What</th><th scope="col">How often</th></tr></thead>
<tbody>${metrics.map(([name, value]) => html`<tr><td><code>${name}</code></td><td class="number">${value}</td></tr>`)}</tbody></table></div>`,
  );
}
