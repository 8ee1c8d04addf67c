import { type Html, html } from "#adapters/console/html";
import { type Frame, pageIn } from "#adapters/console/layout";
import { cameraState } from "#adapters/console/pages/overview";
import { type Trouble, troubleBox } from "#adapters/console/pages/people";
import type { CameraOnNetwork } from "#adapters/console/parts";
import type { Status } from "#ports/status-board";

export interface CamerasView {
  readonly cameras: Status["cameras"];
  /** What a search has found; null = none was made. */
  readonly found: readonly CameraOnNetwork[] | null;
  readonly trouble: Trouble | null;
  readonly done: string | null;
}

const REACH_WORDS: Readonly<Record<CameraOnNetwork["reach"], string>> = {
  silent: "announces itself and does not answer",
  found: "answers",
  needs_password: "needs a password",
  ready: "ready",
};

function restartWords(times: number): string {
  if (times === 0) return "without a break since Limen started";
  return times === 1 ? "taken up again once" : `taken up again ${times} times`;
}

function adoptForm({ endpoint, address, make, model, name }: CameraOnNetwork, index: number): Html {
  // Its own name first: a house has several of one model.
  const words = [name, [make, model].filter((word) => word !== "").join(" "), address].filter((word) => word !== "");
  const [title, ...others] = words;
  return html`<li class="card pad"><h3>${title ?? ""}</h3><p>${others.join(" · ")}</p>
<form method="post" action="/cameras" class="pad-less">
  <input type="hidden" name="address" value="${endpoint ?? address}">
  <label for="id-${index}">A short name for it</label><input id="id-${index}" name="id" required pattern="[a-z0-9_\\-]{1,64}" value="camera_${index + 1}">
  <label for="user-${index}">User name</label><input id="user-${index}" name="username" autocomplete="off" maxlength="128">
  <label for="pass-${index}">Password</label><input id="pass-${index}" name="password" type="password" autocomplete="new-password" maxlength="1024">
  <button>Use this camera</button>
</form></li>`;
}

function foundList(found: readonly CameraOnNetwork[]): Html {
  if (found.length === 0)
    return html`<p class="empty">No camera answered. Is it on, in the same network, and is ONVIF switched on in its settings? You can also give its address below.</p>`;
  const known = found.filter(({ camera }) => camera !== null);
  const fresh = found.filter(({ camera }) => camera === null);
  return html`${known.length === 0 ? null : html`<ul class="card rows">${known.map(({ camera, address, reach, problem }) => html`<li><b>${camera ?? ""}</b><span>${address}</span><span>${problem ?? REACH_WORDS[reach]}</span></li>`)}</ul>`}
${fresh.length === 0 ? html`<p class="empty">Every camera that answered is in use already.</p>` : html`<ul class="grid">${fresh.map(adoptForm)}</ul>`}`;
}

export function camerasPage(frame: Frame, { cameras, found, trouble, done }: CamerasView): string {
  const rows = Object.entries(cameras).map(([id, camera]) => {
    const { tone, words } = cameraState(camera);
    return html`<li><a href="/cameras/${id}"><b>${id}</b></a><span>${restartWords(camera.restarts)}; <a href="/cameras/${id}/checkup" aria-label="check it: ${id}">check it</a></span><span class="state ${tone}">${words}</span></li>`;
  });
  return pageIn(
    frame,
    "/cameras",
    "Cameras",
    html`<h1>Cameras</h1>
${troubleBox(trouble)}${done === null ? null : html`<p class="banner" role="status">${done}</p>`}
<ul class="card rows">${rows}</ul>
<h2>Add a camera</h2>
<form class="inline" method="post" action="/cameras/search"><button${found === null ? null : html` class="quiet"`}>Look for cameras on the network</button><span class="empty">It takes five seconds; nobody is sent a password.</span></form>
${found === null ? null : html`<div class="found">${foundList(found)}</div>`}
<h3>By its address</h3>
<form method="post" action="/cameras" class="card pad narrow">
  <label for="address">Address: 192.168.1.20 for ONVIF, or rtsp://…</label><input id="address" name="address" required maxlength="2048">
  <label for="id">A short name for it</label><input id="id" name="id" required pattern="[a-z0-9_\\-]{1,64}">
  <label for="username">User name</label><input id="username" name="username" autocomplete="off" maxlength="128">
  <label for="password">Password</label><input id="password" name="password" type="password" autocomplete="new-password" maxlength="1024">
  <button>Use this camera</button>
</form>`,
  );
}
