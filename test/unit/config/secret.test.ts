import { format, inspect } from "node:util";
import { expect, it } from "vitest";
import { Secret } from "#config/secret";

it("a secret shows nothing however it is printed, and gives itself away only when asked", () => {
  const secret = new Secret("hunter2");
  const bytes = new Secret(new Uint8Array([104, 117, 110]));
  const shown = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret, bytes }),
    inspect({ secret, bytes }, { depth: 9, showHidden: true }),
    inspect(secret, { customInspect: false, showHidden: true }),
    format("%s %o %O %j", secret, secret, secret, secret),
    Object.entries(secret).join(),
    JSON.stringify(structuredClone({ ...secret })),
  ].join("\n");
  expect(shown).not.toMatch(/hunter2|104/);
  expect(shown).toContain("[secret]");
  expect(secret.reveal()).toBe("hunter2");
});
