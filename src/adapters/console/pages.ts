import { type Html, html } from "#adapters/console/html";
import type { ConsoleCamera } from "#adapters/console/parts";
import { disarms } from "#core/camera-sight";
import type { DoorMode } from "#core/policy";
import type { Status } from "#ports/status-board";

type CameraStatus = Status["cameras"][string];

const CAMERA_WORDS: Readonly<Record<CameraStatus["state"], string>> = {
  starting: "starting",
  streaming: "live",
  down: "no picture",
};
const MODE_WORDS: Readonly<Record<DoorMode, string>> = {
  normal: "opens for people it recognises",
  shadow: "shadow: decides, opens nothing",
  free_access: "free access: opens for its people at any hour",
  locked_down: "locked down: refuses everybody",
  disabled: "switched off: refuses everybody",
};

const MARK = html`<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><path d="M5 21V8a7 7 0 0 1 14 0v13"/><path d="M3 21h18"/><circle cx="12" cy="9" r="2.2"/><path d="M8.5 16a3.5 3.5 0 0 1 7 0"/></svg>`;

function page(site: string, title: string, body: Html, scripts: readonly string[] = []): string {
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

function inside(site: string, main: Html): Html {
  return html`<a class="skip" href="#main">Skip to content</a>
<header class="bar">
  <a class="home" href="/">${MARK}<span>${site}</span></a>
  <form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>
</header>
<main id="main">${main}</main>`;
}

/** `fault`: what went wrong with the try before. */
export function signInPage(site: string, fault: string | null): string {
  const alert = fault === null ? null : html`<p class="fault" role="alert">${fault}</p>`;
  return page(
    site,
    "Sign in",
    html`<main class="gate">
<form method="post" action="/sign-in" class="card">
  <h1>${MARK}<span>${site}</span></h1>
  ${alert}
  <label for="password">Password</label>
  <input id="password" name="password" type="password" autocomplete="current-password" required autofocus maxlength="1024">
  <button>Sign in</button>
</form>
</main>`,
  );
}

/** Why there is no picture; other codes are shown as they are. */
const FAULT_WORDS: Partial<Readonly<Record<string, string>>> = {
  LIMEN_CAMERA_AUTH: "refuses the password",
  LIMEN_CAMERA_NOT_FOUND: "has no such stream",
  LIMEN_CAMERA_UNREACHABLE: "not reachable",
  LIMEN_CAMERA_SILENT: "sends nothing",
  LIMEN_CAMERA_STALLED: "stopped sending",
  LIMEN_CAMERA_ENDED: "ended the stream",
  LIMEN_CAMERA_FAILED: "failed",
  LIMEN_CAMERA_LOCKED: "has locked the account",
  LIMEN_CAMERA_CLOCK: "refuses the login: its clock is wrong",
  LIMEN_CAMERA_NO_MEDIA: "offers no video stream",
  LIMEN_CAMERA_NOT_ONVIF: "does not speak ONVIF",
};

/** What is wrong with a picture that comes. */
const SIGHT_WORDS: Readonly<Record<CameraStatus["sight"], string>> = {
  ok: CAMERA_WORDS.streaming,
  frozen: "picture stands still",
  dark: "too dark",
  covered: "lens covered",
  moved: "looks somewhere else",
  blurred: "out of focus",
  clock_back: "pictures out of order",
};

/** How a camera is, in a few words; `tone` is how good that is: `streaming` is well, `down` opens no door. */
export function cameraState(status: CameraStatus | undefined): {
  readonly tone: CameraStatus["state"];
  readonly words: string;
} {
  if (status === undefined) return { tone: "down", words: "unknown" };
  const { state, code, sight } = status;
  if (state === "down" && code !== null) return { tone: state, words: FAULT_WORDS[code] ?? code };
  if (state !== "streaming" || sight === "ok") return { tone: state, words: CAMERA_WORDS[state] };
  return { tone: disarms(sight) ? "down" : "starting", words: SIGHT_WORDS[sight] };
}

function statePill(status: CameraStatus | undefined): Html {
  const { tone, words } = cameraState(status);
  return html`<span class="state ${tone}">${words}</span>`;
}

function cameraCard(id: string, status: CameraStatus | undefined, missing: string | null): Html {
  return html`<li class="card camera" data-camera="${id}">
  <a href="/cameras/${id}">
    <span class="screen${missing === null ? "" : " blank"}">
      ${missing === null ? html`<img src="/cameras/${id}/snapshot.jpg" alt="" width="640" height="360">` : html`<img alt="" width="640" height="360">`}
      <span class="notice">${missing ?? ""}</span>
    </span>
    <span class="line"><b>${id}</b>${statePill(status)}</span>
  </a>
</li>`;
}

/** What a door that opens does about pictures of people, said where people look. */
function photographWords({ mode, liveness }: Status["doors"][string]): string {
  return mode === "normal" && liveness !== undefined && liveness !== "require"
    ? "; a good photograph opens it, too"
    : "";
}

function doorRow(id: string, door: Status["doors"][string]): Html {
  return html`<li><b>${id}</b><span>${MODE_WORDS[door.mode]}${photographWords(door)}</span><span class="state ${door.controller}">controller ${door.controller}</span></li>`;
}

/** `missing`: why a camera has no picture of now, by camera. */
export function overviewPage(site: string, status: Status, missing: ReadonlyMap<string, string | null>): string {
  const { problems } = status;
  const banner =
    problems.length === 0
      ? html`<p>Everything is ready.</p>`
      : html`<ul>${problems.map((problem) => html`<li>${problem}</li>`)}</ul>`;
  const cameras = [...missing].map(([id, words]) => cameraCard(id, status.cameras[id], words));
  const doors = Object.entries(status.doors).map(([id, door]) => doorRow(id, door));
  const main = html`<section class="banner${problems.length === 0 ? "" : " wrong"}" id="problems" role="status" aria-label="State">${banner}</section>
<h1>Cameras</h1>
<ul class="grid">${cameras}</ul>
<h2>Doors</h2>
<ul class="card rows">${doors}</ul>`;
  return page(site, "Cameras", inside(site, main), ["overview.js"]);
}

export function cameraPage(site: string, camera: ConsoleCamera, status: CameraStatus | undefined): string {
  const { id } = camera;
  const picture =
    camera.view === null
      ? html`<img class="picture" src="/cameras/${id}/snapshot.jpg" alt="Newest picture of camera ${id}">`
      : html`<canvas class="picture" role="img" aria-label="Live picture of camera ${id}"></canvas>`;
  const main = html`<p class="path"><a href="/">Cameras</a></p>
<h1 class="line"><span>${id}</span>${statePill(status)}</h1>
<div class="watch">
  <figure class="screen large" data-camera="${id}">
    ${picture}
    <canvas class="marks" aria-hidden="true"></canvas>
    <figcaption class="notice" role="status">Connecting…</figcaption>
  </figure>
  <section aria-labelledby="decisions-title">
    <h2 id="decisions-title">Decisions</h2>
    <ol class="decisions" aria-live="polite"></ol>
    <p class="empty">Nobody has come by since Limen started. Decisions of before: <code>limen decisions</code>.</p>
  </section>
</div>`;
  return page(site, id, inside(site, main), ["live.js"]);
}

export function failurePage(site: string, title: string, words: string): string {
  return page(
    site,
    title,
    html`<main class="gate"><div class="card"><h1>${title}</h1><p>${words}</p><p><a href="/">Cameras</a></p></div></main>`,
  );
}
