import { inspect } from "node:util";

const HIDDEN = "[secret]";

/**
 * A value that must not be seen by accident: printing, logging, serialising or inspecting it shows `[secret]`. Only `reveal()`
 * gives it away, so that every place which uses a secret can be found by that word.
 */
export class Secret<T extends string | Uint8Array = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** `!secret name` as it stands in the file, before anybody looked the name up. */
export class SecretReference {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** What is wrong with the name after `!secret`, or null. It becomes a file name and part of an environment variable. */
export function secretNameFault(name: string): string | null {
  // The text is not quoted: somebody may have put the secret itself here.
  return /^[A-Za-z0-9_-]{1,64}$/.test(name) ? null : "needs a name after !secret: 1 to 64 of A-Z a-z 0-9 _ -";
}

/** What is wrong with a secret's text, wherever it came from, or null. Never quotes it. */
export function secretFaultOf(value: string): string | null {
  if (value === "") return "is empty";
  if (value.length > 4096) return "is longer than 4096 characters";
  return hasControl(value) ? "holds a line break or another control character" : null;
}

export function hasControl(value: string): boolean {
  return /\p{Cc}/u.test(value);
}
