/** Keeps the overview's pictures and words up to date while somebody looks. */

/** @typedef {{ problems: string[], cameras: Record<string, { state: string, words: string, missing: string | null }> }} State */

const EVERY_MS = 3000;
const problems = /** @type {HTMLElement} */ (document.querySelector("#problems"));
let shown = problems.textContent ?? "";

/** @param {string[]} sentences */
function showProblems(sentences) {
  const words = sentences.join("\n");
  if (words === shown) return; // a screen reader would read it out again
  shown = words;
  problems.classList.toggle("wrong", sentences.length > 0);
  const list = document.createElement(sentences.length > 0 ? "ul" : "p");
  if (sentences.length === 0) list.textContent = "Everything is ready.";
  for (const sentence of sentences) list.append(Object.assign(document.createElement("li"), { textContent: sentence }));
  problems.replaceChildren(list);
}

/** @param {HTMLElement} card @param {State["cameras"][string]} camera */
function showCamera(card, { state, words, missing }) {
  const [pill, screen, notice, image] = [".state", ".screen", ".notice", "img"].map((part) => card.querySelector(part));
  if (pill instanceof HTMLElement) Object.assign(pill, { className: `state ${state}`, textContent: words });
  screen?.classList.toggle("blank", missing !== null);
  if (notice !== null && notice !== undefined) notice.textContent = missing;
  if (missing === null && image instanceof HTMLImageElement) {
    image.src = `/cameras/${card.dataset["camera"]}/snapshot.jpg?at=${Date.now()}`;
  }
}

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch("/state.json").catch(() => null);
  if (answer?.status === 401) return location.assign("/sign-in");
  if (answer?.ok !== true) return showProblems(["The connection to Limen is lost. Trying again…"]);
  const state = /** @type {State} */ (await answer.json());
  showProblems(state.problems);
  for (const card of document.querySelectorAll(".camera")) {
    const camera = card instanceof HTMLElement ? state.cameras[card.dataset["camera"] ?? ""] : undefined;
    if (card instanceof HTMLElement && camera !== undefined) showCamera(card, camera);
  }
}

setInterval(() => void refresh(), EVERY_MS);
document.addEventListener("visibilitychange", () => void refresh());
