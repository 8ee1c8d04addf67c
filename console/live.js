import JSMpeg from "./jsmpeg.js";
import { createMarks } from "./marks.js";

/** @typedef {import("./marks.js").Decision & { kind: "decision", door: string, words: string, score: number | null, agoMs: number }} DecisionNews */

const TROUBLES = {
  no_video: "The camera sends no video at the moment.",
  converter_failed: "The picture cannot be shown at the moment. Trying again…",
};
/** The session is over: the server's own code for closing a socket. */
const SESSION_OVER = 4401;
const LONGEST_WAIT_MS = 10_000;
const SNAPSHOT_MS = 1000;
const MAX_LISTED = 20;
/** Faces are known about 0.1 s after the camera took the picture; the video shows it after about 0.35 s (measured). */
const VIDEO_BEHIND_MS = 250;

const screen = /** @type {HTMLElement} */ (document.querySelector(".screen.large"));
const picture = /** @type {HTMLElement} */ (screen.querySelector(".picture"));
const notice = /** @type {HTMLElement} */ (screen.querySelector(".notice"));
const list = /** @type {HTMLElement} */ (document.querySelector(".decisions"));
const empty = /** @type {HTMLElement} */ (document.querySelector(".empty"));
const marks = createMarks(/** @type {HTMLCanvasElement} */ (screen.querySelector(".marks")));
const camera = screen.dataset["camera"] ?? "";

/** @param {string | null} words null: all is well */
function say(words) {
  notice.textContent = words;
  screen.classList.toggle("blank", words !== null);
}

/** Feeds the player from the socket below. */
class SocketSource {
  /** @type {true} */ streaming = true;
  /** @type {false} */ completed = false;
  progress = 1;
  established = false;
  /** @type {{ write(data: ArrayBuffer): void } | null} */ demuxer = null;

  constructor() {
    source = this;
  }
  /** @param {{ write(data: ArrayBuffer): void }} demuxer */
  connect(demuxer) {
    this.demuxer = demuxer;
  }
  /** @param {ArrayBuffer} data */
  feed(data) {
    this.established = true;
    this.demuxer?.write(data);
  }
  start() {}
  resume() {}
  destroy() {}
}
/** @type {SocketSource | null} */
let source = null;

if (picture instanceof HTMLCanvasElement) {
  // Without WebAssembly, which the page's content policy would have to allow, and without WebGL, which not every browser has.
  new JSMpeg.Player("", {
    source: SocketSource,
    canvas: picture,
    audio: false,
    disableGl: true,
    disableWebAssembly: true,
    pauseWhenHidden: false,
    videoBufferSize: 512 * 1024,
    onVideoDecode: () => screen.classList.contains("blank") && say(null),
  });
} else if (picture instanceof HTMLImageElement) {
  picture.addEventListener("load", () => say(null));
  picture.addEventListener("error", () => say("The camera has sent no new picture."));
  setInterval(() => {
    if (!document.hidden) picture.src = `/cameras/${camera}/snapshot.jpg?at=${Date.now()}`;
  }, SNAPSHOT_MS);
}

/** @param {DecisionNews} news */
function listDecision({ door, result, name, words, score, agoMs }) {
  const item = document.createElement("li");
  item.className = result;
  const at = new Date(Date.now() - agoMs);
  /** @param {string} tag @param {string} text */
  const add = (tag, text) => {
    const part = document.createElement(tag);
    part.textContent = text;
    item.append(part, " ");
    return part;
  };
  add("time", at.toLocaleTimeString()).setAttribute("datetime", at.toISOString());
  add("b", name ?? (result === "grant" ? "Somebody enrolled" : "Unknown"));
  add("span", result === "grant" ? `may pass at ${door}` : `refused at ${door}: ${words}`);
  if (score !== null) add("small", `score ${score.toFixed(2)}`);
  list.prepend(item);
  while (list.children.length > MAX_LISTED) list.lastElementChild?.remove();
  empty.hidden = true;
}

/** @param {string} text */
function read(text) {
  const news = JSON.parse(text);
  if (news.kind === "look") setTimeout(marks.look, source === null ? 0 : VIDEO_BEHIND_MS, news);
  else if (news.kind === "trouble" && news.trouble !== null) {
    say(TROUBLES[/** @type {keyof TROUBLES} */ (news.trouble)] ?? "The picture is missing.");
    marks.clear();
  } else if (news.kind === "decision") {
    marks.decision(news);
    listDecision(news);
  }
}

/** @type {WebSocket | null} */
let socket = null;
let waitMs = 1000;
let retry = 0;

function connect() {
  clearTimeout(retry);
  if (socket !== null || document.hidden) return;
  list.replaceChildren();
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const opened = new WebSocket(`${scheme}//${location.host}/cameras/${camera}/live`);
  socket = opened;
  opened.binaryType = "arraybuffer";
  opened.addEventListener("open", () => {
    waitMs = 1000;
    if (source !== null) say("Waiting for the picture…");
  });
  opened.addEventListener("message", ({ data }) => {
    if (typeof data === "string") read(data);
    else source?.feed(data);
  });
  opened.addEventListener("close", ({ code }) => {
    socket = null;
    marks.clear();
    if (code === SESSION_OVER) location.assign("/sign-in");
    else if (!document.hidden) void comeBack();
  });
}

/** After a lost connection: to the sign-in if the session is gone, else again and again. */
async function comeBack() {
  say("The connection to Limen is lost. Trying again…");
  const answer = await fetch("/state.json").catch(() => null);
  if (answer?.status === 401) return location.assign("/sign-in");
  retry = window.setTimeout(connect, waitMs);
  waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
}

// A page nobody sees needs no video.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) socket?.close();
  else connect();
});
connect();
