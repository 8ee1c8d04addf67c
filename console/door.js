/** The threshold on a door's page: moves the line, and asks which past visits would come out otherwise. */

/** @typedef {{ visits: number, changes: { sequence: number, when: string, who: string, was: string, now: string, why: string }[] }} Replay */

const form = /** @type {HTMLFormElement} */ (document.querySelector("#tuning"));
const slider = /** @type {HTMLInputElement} */ (form.querySelector("#score"));
const shown = /** @type {HTMLOutputElement} */ (form.querySelector("#score-shown"));
const line = /** @type {SVGLineElement} */ (form.querySelector("#threshold-line"));
const changes = /** @type {HTMLElement} */ (form.querySelector("#changes"));
const from = Number(form.dataset["from"]);
const WIDTH = 720;
const WAIT_MS = 250;
const MOST_SHOWN = 20;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;
let asked = 0;

/** @param {string} tag @param {string} text */
const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

/** @param {Replay} replay */
function show({ visits, changes: list }) {
  const head = element(
    "p",
    list.length === 0
      ? `None of the last ${visits} visits would come out otherwise.`
      : `${list.length} of the last ${visits} visits would come out otherwise:`,
  );
  const items = document.createElement("ul");
  for (const { sequence, when, who, was, now, why } of list.slice(0, MOST_SHOWN)) {
    const item = document.createElement("li");
    const link = Object.assign(element("a", when), { href: `/decisions/${sequence}` });
    item.append(link, `: ${who}, was ${was}, would be ${now} (${why})`);
    items.append(item);
  }
  if (list.length > MOST_SHOWN) items.append(element("li", `… and ${list.length - MOST_SHOWN} more`));
  changes.replaceChildren(head, items);
}

async function ask() {
  const turn = ++asked;
  const answer = await fetch(`/doors/${form.dataset["door"]}/replay.json?score=${slider.value}`).catch(() => null);
  if (turn !== asked) return; // it has been moved on meanwhile
  if (answer?.status === 401) return location.assign("/sign-in");
  if (answer?.ok !== true) return changes.replaceChildren(element("p", "That could not be worked out. Try again."));
  show(/** @type {Replay} */ (await answer.json()));
}

slider.addEventListener("input", () => {
  const score = Number(slider.value);
  shown.value = score.toFixed(3);
  const x = String(((score - from) / (1 - from)) * WIDTH);
  line.setAttribute("x1", x);
  line.setAttribute("x2", x);
  clearTimeout(waiting);
  waiting = setTimeout(() => void ask(), WAIT_MS);
});

export {};
