import { expect, it } from "vitest";
import { subscriptionBook } from "#adapters/mqtt/subscription-book";

const state = { skipRetained: false };
const news = { skipRetained: true };
const live = { retain: false };
const stored = { retain: true };

it("lets several hear one topic, and each stop on its own", () => {
  const book = subscriptionBook();
  const heard: string[] = [];
  const first = book.add("t", state, () => heard.push("first"));
  const second = book.add("t", state, () => heard.push("second"));
  const say = () => book.hearers("t", live).forEach((handler) => void handler(new Uint8Array(), live));
  say();
  expect(first.remove()).toBe(false);
  expect(first.remove()).toBe(false);
  say();
  expect(heard).toEqual(["first", "second", "second"]);
  expect(second.remove()).toBe(true);
  expect(book.all().size).toBe(0);
  expect(book.hearers("t", live)).toEqual([]);
});

it("asks for what lies on the broker if anybody wants it, and keeps it from who does not", () => {
  const book = subscriptionBook();
  const [a, b] = [() => {}, () => {}];
  expect(book.add("t", news, a).change).toEqual({ skipRetained: true, noLocal: false });
  expect(book.hearers("t", stored)).toEqual([a]);
  expect(book.add("t", state, b).change).toEqual({ skipRetained: false, noLocal: false });
  expect(book.hearers("t", stored)).toEqual([b]);
  expect(book.hearers("t", live)).toEqual([a, b]);
  expect(book.add("t", news, a).change).toBeNull();
});

it("hears its own messages as soon as one wants them", () => {
  const book = subscriptionBook();
  expect(book.add("t", { ...news, noLocal: true }, () => {}).change).toEqual({ skipRetained: true, noLocal: true });
  expect(book.add("t", news, () => {}).change).toEqual({ skipRetained: true, noLocal: false });
});
