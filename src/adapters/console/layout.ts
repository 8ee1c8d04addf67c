import { type Html, html } from "#adapters/console/html";
import { mayActAs, type Role } from "#core/role";
import type { Account } from "#ports/account-store";

export const MARK = html`<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><path d="M5 21V8a7 7 0 0 1 14 0v13"/><path d="M3 21h18"/><circle cx="12" cy="9" r="2.2"/><path d="M8.5 16a3.5 3.5 0 0 1 7 0"/></svg>`;

/** The console's rooms, in the order of the bar. */
const SECTIONS = [
  { path: "/", title: "Overview", needs: "viewer" },
  { path: "/decisions", title: "Decisions", needs: "viewer" },
  { path: "/people", title: "People", needs: "operator" },
  { path: "/cameras", title: "Cameras", needs: "owner" },
  { path: "/system", title: "System", needs: "viewer" },
] as const satisfies readonly { path: string; title: string; needs: Role }[];

export type SectionPath = (typeof SECTIONS)[number]["path"];

/** What every page behind the sign-in has around it. */
export interface Frame {
  readonly site: string;
  readonly account: Account;
}

/** A whole document. `scripts` are names of our own files. */
export function documentOf(site: string, title: string, body: Html, scripts: readonly string[] = []): string {
  const loaded = scripts.map((name) => html`<script type="module" src="/assets/${name}"></script>`);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${site}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/console.css">
${loaded}
</head>
<body>
${body}
</body>
</html>
`.markup;
}

/** A page of the console: the bar with the rooms this account may enter, and what is in this one. */
export function pageIn(
  { site, account }: Frame,
  section: SectionPath | null,
  title: string,
  main: Html,
  scripts: readonly string[] = [],
): string {
  const rooms = SECTIONS.filter(({ needs }) => mayActAs(account.role, needs)).map(({ path, title: name }) =>
    path === section ? html`<a href="${path}" aria-current="page">${name}</a>` : html`<a href="${path}">${name}</a>`,
  );
  return documentOf(
    site,
    title,
    html`<a class="skip" href="#main">Skip to content</a>
<header class="bar">
  <a class="home" href="/">${MARK}<span>${site}</span></a>
  <nav aria-label="Rooms">${rooms}</nav>
  <form method="post" action="/sign-out"><span class="who">${account.name}</span><button class="quiet">Sign out</button></form>
</header>
<main id="main">${main}</main>`,
    scripts,
  );
}

/** What went wrong, for people with and without a session. */
export function failurePage(site: string, title: string, words: string): string {
  return documentOf(
    site,
    title,
    html`<main class="gate"><div class="card"><h1>${title}</h1><p>${words}</p><p><a href="/">Overview</a></p></div></main>`,
  );
}
