import { type Html, html } from "#adapters/console/html";
import { type Frame, pageIn } from "#adapters/console/layout";
import { type Trouble, troubleBox } from "#adapters/console/pages/people";
import type { ConsoleDoor } from "#adapters/console/parts";
import type { DoorMode } from "#core/policy";
import type { Actuation } from "#core/reason";
import { modeRefusal, refusalWords } from "#core/remote-unlock";
import { mayActAs } from "#core/role";
import type { RemoteAnswer } from "#ports/remote-doors";

/** What became of the command, said to whoever asked for it. */
const ACTUATION_WORDS: Readonly<Record<Actuation, string>> = {
  none: "nothing was sent to the door",
  sent: "the command was sent; this controller does not say what became of it",
  acked: "the door was opened: its controller has released the lock",
  confirmed: "the door was opened, and has been seen open",
  cancelled: "the lock was released, and nobody opened the door",
  failed: "the door did not open: its controller failed, or did not answer in time",
  expired: "the door did not open: the command would have come too late",
  refused: "the door did not open: its controller refused",
  controller_offline: "the door did not open: its controller is not reachable",
};
const DID_OPEN: readonly Actuation[] = ["sent", "acked", "confirmed", "cancelled"];

/** The answer as the door's page tells it. */
export function toldOf(answer: RemoteAnswer): { readonly done: string } | { readonly trouble: Trouble } {
  if (answer.result === "refused") return { trouble: refusedTrouble(refusalWords(answer.why)) };
  const { actuation, why } = answer;
  const words = ACTUATION_WORDS[actuation];
  if (DID_OPEN.includes(actuation)) return { done: `${words.charAt(0).toUpperCase()}${words.slice(1)}.` };
  return { trouble: { message: words, hint: `its word for why: ${why.replaceAll("_", " ")}` } };
}

export function refusedTrouble(words: string): Trouble {
  return { message: `nothing was opened: ${words}`, hint: null };
}

export interface OpeningView {
  readonly door: Pick<ConsoleDoor, "id" | "camera">;
  /** Why its camera has no picture of now; null = it has one. */
  readonly missing: string | null;
  /** Null = no button: it would be refused. */
  readonly slip: string | null;
  readonly trouble: Trouble | null;
}

/** Asks whether the door is to be opened. */
export function openingPage(frame: Frame, { door: { id, camera }, missing, slip, trouble }: OpeningView): string {
  const picture =
    missing === null
      ? html`<span class="screen"><img src="/cameras/${camera}/snapshot.jpg" alt="What camera ${camera} sees now" width="640" height="360"></span>`
      : html`<p class="warn">Nobody sees who stands there: ${missing}.</p>`;
  const button =
    slip === null
      ? null
      : html`<form method="post" action="/doors/${id}/unlock"><input type="hidden" name="slip" value="${slip}">
<p>It is recorded that you opened it, ${frame.account.name}. The question is good for a minute.</p>
<button>Open ${id} now</button></form>`;
  return pageIn(
    frame,
    "/",
    `Open ${id}`,
    html`<p class="path"><a href="/">Overview</a> / <a href="/doors/${id}">${id}</a></p>
<h1>Open ${id}?</h1>
${troubleBox(trouble)}
<div class="card pad narrow">${picture}${button}<p><a href="/doors/${id}">Back, without opening</a></p></div>`,
  );
}

/** What may be done to a door from its page, by those who may. */
export function byHand(frame: Frame, { id, remote }: ConsoleDoor, mode: DoorMode | undefined): Html | null {
  if (!mayActAs(frame.account.role, "operator") || mode === undefined) return null;
  const isOwner = mayActAs(frame.account.role, "owner");
  const parts = [opening(id, remote.unlock, isOwner, mode), lockDown(id, remote.control, isOwner, mode)];
  const shown = parts.filter((part) => part !== null);
  return shown.length === 0 ? null : html`<h2>By hand</h2>\n<div class="card pad">${shown}</div>`;
}

function opening(id: string, isAllowed: boolean, isOwner: boolean, mode: DoorMode): Html | null {
  if (!isAllowed) {
    return isOwner
      ? html`<p>The door cannot be opened from here; <code>remote: { unlock: true }</code> under <code>doors.${id}</code> in the configuration allows it to operators and owners.</p>`
      : null;
  }
  const refusal = modeRefusal(mode);
  if (refusal !== null) return html`<p>It cannot be opened from here now: ${refusalWords(refusal)}.</p>`;
  return html`<p><a class="button" href="/doors/${id}/unlock">Open the door…</a></p>`;
}

function lockDown(id: string, mayEnd: boolean, isOwner: boolean, mode: DoorMode): Html | null {
  if (mode === "disabled") return null;
  const how = html`<code>remote: { control: true }</code> under <code>doors.${id}</code> in the configuration`;
  if (mode === "locked_down") {
    if (!isOwner) return html`<p>An owner can end the lock-down.</p>`;
    if (!mayEnd) return html`<p>A lock-down is ended from here with ${how}.</p>`;
    return html`<form method="post" action="/doors/${id}/lockdown/end"><button class="quiet">End the lock-down</button></form>`;
  }
  const sure = mayEnd
    ? null
    : html`<label class="check"><input type="checkbox" name="sure" value="yes" required> I know that it is ended only with ${how}</label>`;
  return html`<form method="post" action="/doors/${id}/lockdown"><p>Locked down, it opens for nobody, whoever they are, until that is ended; a restart does not end it.</p>
${sure}<button class="danger">Lock down ${id}</button></form>`;
}
