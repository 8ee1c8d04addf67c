import { describe, expect, it } from "vitest";
import { contactFault, contactSection, contactWords } from "#config/contact-section";

const wordsOf = (contact: object) => contactWords(contactSection.parse({ topic: "a/b", ...contact }));
const faultOf = (contact: object) => contactFault(contactSection.parse({ topic: "a/b", ...contact }));

describe("a door contact in the configuration", () => {
  it("has two words, of which one is enough where everybody knows the opposite", () => {
    expect(wordsOf({})).toEqual({ open: "ON", shut: "OFF" });
    expect(wordsOf({ open: false })).toEqual({ open: "false", shut: "true" });
    expect(wordsOf({ open: 1 })).toEqual({ open: "1", shut: "0" });
    expect(wordsOf({ open: "ajar", shut: "closed" })).toEqual({ open: "ajar", shut: "closed" });
  });

  it("is refused when nobody can tell open from shut", () => {
    expect(faultOf({ open: "ajar" })).toMatchObject({ key: "shut" });
    expect(faultOf({ open: "x", shut: "x" })).toMatchObject({ key: "shut" });
    expect(faultOf({ open: true })).toBe(null);
  });

  it.each(["", "a/+/b", "a/#", "a b", "$SYS/x"])("cannot report on %j", (topic) => {
    expect(contactSection.safeParse({ topic }).success).toBe(false);
  });
});
