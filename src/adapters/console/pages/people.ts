import { type Html, html } from "#adapters/console/html";
import { type Frame, pageIn } from "#adapters/console/layout";
import { accessForm, type PersonEntry, staysInFile, whyAt } from "#adapters/console/pages/person-access";
import type { DoorWords } from "#adapters/console/parts";
import { LimenError } from "#errors";
import type { CollectionRecord, PersonRecord } from "#ports/gallery-admin";

/** What went wrong, and what to do about it. */
export interface Trouble {
  readonly message: string;
  readonly hint: string | null;
}

/** An error that somebody can mend where they are, shown there; all others are thrown on. */
export function troubleOf(error: unknown, codes: RegExp): Trouble {
  if (error instanceof LimenError && codes.test(error.code))
    return { message: error.message, hint: error.hint ?? null };
  throw error;
}

export function troubleBox(trouble: Trouble | null): Html | null {
  if (trouble === null) return null;
  const hint = trouble.hint === null ? null : html`<br>${sentence(trouble.hint)}`;
  return html`<p class="fault" role="alert">${sentence(trouble.message)}${hint}</p>`;
}

/** Error texts begin small, because they follow a prefix elsewhere. */
function sentence(words: string): string {
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function faceOf({ id, name, faces }: PersonRecord, face = faces.find(({ thumbnail }) => thumbnail !== null)): Html {
  return face === undefined || face.thumbnail === null
    ? html`<span class="face none" aria-hidden="true">${name.slice(0, 1).toUpperCase()}</span>`
    : html`<img class="face" src="/people/${id}/faces/${face.id}.jpg" alt="" width="64" height="64" loading="lazy">`;
}

export interface PeopleList {
  readonly people: readonly PersonRecord[];
  readonly total: number;
  readonly search: string;
  readonly page: number;
  readonly pages: number;
}

export function peoplePage(frame: Frame, { people, total, search, page, pages }: PeopleList): string {
  const rows = people.map(
    (
      person,
    ) => html`<li class="${person.active ? "" : "off"}">${faceOf(person)}<a href="/people/${person.id}">${person.name}</a>
<span>${person.collections.map(({ code }) => code).join(", ")}${person.active ? "" : " · switched off"}</span></li>`,
  );
  const empty =
    search === ""
      ? html`<p class="empty">Nobody is enrolled yet, so no door opens. <a href="/people/new">Enrol the first person</a>: one sharp photo, or a look into the camera.</p>`
      : html`<p class="empty">Nobody is called like that.</p>`;
  const turn = (to: number, words: string): Html =>
    html`<a class="button quiet" href="/people?q=${encodeURIComponent(search)}&page=${to}">${words}</a>`;
  return pageIn(
    frame,
    "/people",
    "People",
    html`<div class="line"><h1>People</h1><a class="button" href="/people/new">Enrol somebody</a></div>
<form class="inline low" role="search" method="get" action="/people"><label class="wide">Name<input type="search" name="q" value="${search}"></label><button class="quiet">Search</button></form>
<p>${total} ${total === 1 ? "person" : "people"}</p>
${rows.length === 0 ? empty : html`<ul class="card rows people">${rows}</ul>`}
<p class="inline">${page > 1 ? turn(page - 1, "Back") : null}${page < pages ? turn(page + 1, "Next") : null}</p>`,
  );
}

export interface NewPersonForm {
  readonly trouble: Trouble | null;
  readonly name: string;
  readonly collections: readonly string[];
  readonly cameras: readonly string[];
  /** A picture a camera has just taken, as base64 JPEG. */
  readonly taken: string | null;
  /** The face is enrolled already as somebody else: enrolling all the same must be asked for. */
  readonly isTwin: boolean;
}

export function newPersonPage(frame: Frame, form: NewPersonForm): string {
  const { trouble, name, collections, cameras, taken, isTwin } = form;
  const captures = cameras.map(
    (id) => html`<form method="post" action="/people/capture" class="card pad">
  <span class="screen"><img src="/cameras/${id}/snapshot.jpg" alt="What camera ${id} sees now" width="640" height="360"></span>
  <input type="hidden" name="camera" value="${id}"><input type="hidden" name="name" value="${name}">
  <button>Take the picture with ${id}</button>
</form>`,
  );
  const source =
    taken === null
      ? html`<label for="photos">Photos, one to ten, each of this person alone (JPEG, PNG or WebP)</label>
  <input id="photos" name="photos" type="file" accept="image/jpeg,image/png,image/webp" multiple required>`
      : html`<img class="taken" src="data:image/jpeg;base64,${taken}" alt="The picture that was taken"><input type="hidden" name="taken" value="${taken}">`;
  const twins = isTwin
    ? html`<label class="check"><input type="checkbox" name="twin" value="yes"> They are two people who look that much alike: enrol all the same</label>`
    : null;
  return pageIn(
    frame,
    "/people",
    "Enrol somebody",
    html`<p class="path"><a href="/people">People</a></p>
<h1>Enrol somebody</h1>
${troubleBox(trouble)}
<div class="two">
<form method="post" action="/people" enctype="multipart/form-data" class="card pad">
  <h2>${taken === null ? "From photos" : "From the camera"}</h2>
  <label for="name">Name</label>
  <input id="name" name="name" value="${name}" required maxlength="200" autocomplete="off">
  ${source}
  <label for="collection">Collection: the doors of this collection open for them</label>
  <input id="collection" name="collection" list="collections" value="${collections[0] ?? ""}" required pattern="[a-z0-9_\\-]{1,64}">
  <datalist id="collections">${collections.map((code) => html`<option value="${code}"></option>`)}</datalist>
  ${twins}
  <p class="empty">Only numbers made of the face are kept to recognise them by, and a small picture for you. Have you asked them?</p>
  <button>Enrol</button>
</form>
${taken !== null || cameras.length === 0 ? null : html`<section><h2>Or from a camera</h2><p>Stand in front of it, alone and looking at it.</p>${captures}</section>`}
</div>`,
  );
}

export interface PersonView {
  readonly person: PersonRecord;
  readonly collections: readonly CollectionRecord[];
  readonly doors: readonly DoorWords[];
  readonly lookAlikes: readonly { readonly id: string; readonly name: string; readonly score: number }[];
  /** What the file says of them; null = it has a fault. */
  readonly entry: PersonEntry | null;
  readonly timeZone: string;
  readonly trouble: Trouble | null;
  readonly done: string | null;
}

export function personPage(frame: Frame, view: PersonView): string {
  const { person, collections, doors, lookAlikes, trouble, done, entry } = view;
  const member = new Set(person.collections.map(({ id }) => id));
  const boxes = collections.map(({ id, code, name }) => {
    const words = name === code ? code : `${name} (${code})`;
    return member.has(id)
      ? html`<label class="check"><input type="checkbox" name="collections" value="${id}" checked> ${words}</label>`
      : html`<label class="check"><input type="checkbox" name="collections" value="${id}"> ${words}</label>`;
  });
  const faces = person.faces.map(
    (face, i) =>
      html`<li>${faceOf(person, face)}${person.faces.length === 1 ? null : html`<form method="post" action="/people/${person.id}/faces/${face.id}/remove"><button class="quiet" aria-label="Remove face ${i + 1}">Remove</button></form>`}</li>`,
  );
  const alike =
    lookAlikes.length === 0
      ? null
      : html`<p class="warn">Looks much like ${lookAlikes.map(({ id, name, score }) => html`<a href="/people/${id}">${name}</a> (${score.toFixed(2)})`)}: doors are stricter with them.</p>`;
  return pageIn(
    frame,
    "/people",
    person.name,
    html`<p class="path"><a href="/people">People</a></p>
<h1>${person.name}</h1>
${troubleBox(trouble)}${done === null ? null : html`<p class="banner" role="status">${done}</p>`}
${alike}
<div class="two">
<div class="stack">
<form method="post" action="/people/${person.id}" class="card pad">
  <h2>Who</h2>
  <label for="name">Name</label><input id="name" name="name" value="${person.name}" required maxlength="200">
  <label for="notes">Notes</label><textarea id="notes" name="notes" rows="3" maxlength="2000">${person.notes ?? ""}</textarea>
  <label class="check"><input type="checkbox" name="active" value="yes"${person.active ? html` checked` : null}> May be let in</label>
  <fieldset><legend>Collections</legend>${boxes}</fieldset>
  <button>Save</button>
</form>
${accessForm(frame, person.id, view)}
</div>
<section>
  <h2>Doors now</h2>
  <ul class="card rows">${doors.map(({ door, allowed, words }) => html`<li><b>${door}</b><span>${words}</span><span class="state ${allowed ? "online" : "offline"}">${allowed ? "may pass" : "refused"}</span></li>`)}</ul>
  ${whyAt(doors)}
  <h2>Faces</h2>
  <ul class="faces">${faces}</ul>
  <form method="post" action="/people/${person.id}/faces" enctype="multipart/form-data" class="card pad">
    <label for="photos">More photos: with glasses, another beard, other light</label>
    <input id="photos" name="photos" type="file" accept="image/jpeg,image/png,image/webp" multiple required>
    <button class="quiet">Add</button>
  </form>
  <h2>What they did</h2>
  <p><a href="/decisions?person=${person.id}">Decisions about ${person.name}</a></p>
  <h2>Forget</h2>
  <form method="post" action="/people/${person.id}/forget" class="card pad">
    <p>Deletes the name, every face and every picture for good. Decisions of the past stay, under a number without a name.</p>
    ${staysInFile(entry)}
    <label class="check"><input type="checkbox" name="sure" value="yes" required> I mean it</label>
    <button class="danger">Forget ${person.name}</button>
  </form>
</section>
</div>`,
  );
}
