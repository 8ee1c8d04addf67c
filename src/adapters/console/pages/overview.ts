import { type Html, html } from "#adapters/console/html";
import { type Frame, pageIn } from "#adapters/console/layout";
import type { ConsoleCamera } from "#adapters/console/parts";
import { disarms } from "#core/camera-sight";
import type { DoorMode } from "#core/policy";
import { mayActAs } from "#core/role";
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

/** What a door does; of one that opens also what it does about pictures of people, said where people look. */
export function doorWords({ mode, liveness }: Status["doors"][string]): string {
  const isFooled = mode === "normal" && (liveness === "off" || liveness === "monitor");
  return `${MODE_WORDS[mode]}${isFooled ? "; a good photograph opens it, too" : ""}`;
}

function doorRow(id: string, door: Status["doors"][string]): Html {
  return html`<li><a href="/doors/${id}"><b>${id}</b></a><span>${doorWords(door)}</span><span class="state ${door.controller}">controller ${door.controller}</span></li>`;
}

/** `missing`: why a camera has no picture of now, by camera. */
export function overviewPage(frame: Frame, status: Status, missing: ReadonlyMap<string, string | null>): string {
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
  return pageIn(frame, "/", "Overview", main, ["overview.js"]);
}

export function cameraPage(frame: Frame, camera: ConsoleCamera, status: CameraStatus | undefined): string {
  const { id } = camera;
  const picture =
    camera.view === null
      ? html`<img class="picture" src="/cameras/${id}/snapshot.jpg" alt="Newest picture of camera ${id}">`
      : html`<canvas class="picture" role="img" aria-label="Live picture of camera ${id}"></canvas>`;
  const checkup = mayActAs(frame.account.role, "operator")
    ? html`<p><a href="/cameras/${id}/checkup">Check this camera</a>: light, focus, how large faces get, the stream.</p>`
    : null;
  const main = html`<p class="path"><a href="/">Overview</a></p>
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
</div>${checkup}`;
  return pageIn(frame, null, id, main, ["live.js"]);
}
