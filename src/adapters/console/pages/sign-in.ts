import { html } from "#adapters/console/html";
import { documentOf, MARK } from "#adapters/console/layout";
import { MIN_CHARACTERS } from "#adapters/console/password";

/** `fault`: what went wrong with the try before. */
export function signInPage(site: string, fault: string | null, isNew: boolean): string {
  const alert = fault === null ? null : html`<p class="fault" role="alert">${fault}</p>`;
  const first = isNew
    ? html`<p>Nobody has set the owner's password yet. Limen printed a link for that where it was started; it is good for an hour, and <code>limen console-link</code> makes a new one.</p>`
    : null;
  return documentOf(
    site,
    "Sign in",
    html`<main class="gate">
<form method="post" action="/sign-in" class="card">
  <h1>${MARK}<span>${site}</span></h1>
  ${alert}${first}
  <label for="name">Name</label>
  <input id="name" name="name" value="owner" autocomplete="username" required maxlength="64">
  <label for="password">Password</label>
  <input id="password" name="password" type="password" autocomplete="current-password" required autofocus maxlength="1024">
  <button>Sign in</button>
</form>
</main>`,
  );
}

/** Where the owner's password is set, once. */
export function firstRunPage(site: string, token: string, fault: string | null): string {
  const alert = fault === null ? null : html`<p class="fault" role="alert">${fault}</p>`;
  return documentOf(
    site,
    "Welcome",
    html`<main class="gate">
<form method="post" action="/first-run" class="card">
  <h1>${MARK}<span>Welcome to ${site}</span></h1>
  <p>Choose the owner's password, at least ${MIN_CHARACTERS} characters. Whoever has it may add people and arm doors.</p>
  ${alert}
  <input type="hidden" name="token" value="${token}">
  <input type="hidden" name="username" value="owner" autocomplete="username">
  <label for="password">Password</label>
  <input id="password" name="password" type="password" autocomplete="new-password" required autofocus minlength="${MIN_CHARACTERS}" maxlength="1024">
  <label for="again">The same again</label>
  <input id="again" name="again" type="password" autocomplete="new-password" required minlength="${MIN_CHARACTERS}" maxlength="1024">
  <button>Set the password</button>
</form>
</main>`,
  );
}
