import { describe, expect, it } from "vitest";
import { newLinkToken, openAccounts } from "#adapters/console/accounts";
import { FakeClock } from "../../../fakes/fake-clock";
import { MemoryAccountStore } from "../../../fakes/memory-account-store";

const GOOD = "sésame, ouvre-toi";

async function open(configured: string | null = null, store = new MemoryAccountStore(), clock = new FakeClock()) {
  return { accounts: await openAccounts({ store, configured, clock }), store, clock };
}

describe("the owner", () => {
  it("sets a password by a link that is good once", async () => {
    const { accounts, store } = await open();
    const token = (await accounts.firstRunToken()) ?? "";
    expect(await accounts.isNew()).toBe(true);
    expect(await accounts.setUp("another token", GOOD)).toBe("refused");
    expect(await accounts.setUp(token, "short")).toMatch(/12 to 1024 characters/);
    expect(await accounts.setUp(token, GOOD)).toBeNull();
    expect(await accounts.setUp(token, `${GOOD}!`)).toBe("refused");
    expect(await accounts.signIn("owner", GOOD)).toEqual({ name: "owner", role: "owner" });
    expect(await accounts.firstRunToken()).toBeNull();
    expect(JSON.stringify([...store.kept])).not.toContain(GOOD);
  });

  it("has an hour for it, and a newer link voids the older", async () => {
    const { accounts, clock } = await open();
    const older = (await accounts.firstRunToken()) ?? "";
    const newer = (await accounts.firstRunToken()) ?? "";
    expect([await accounts.isFirstRunToken(older), await accounts.isFirstRunToken(newer)]).toEqual([false, true]);
    await clock.advance(3_600_000);
    expect(await accounts.setUp(newer, GOOD)).toBe("refused");
  });

  it("who lost it gets a new one by a link made beside the daemon", async () => {
    const { accounts, store, clock } = await open();
    await accounts.setUp((await accounts.firstRunToken()) ?? "", GOOD);
    await accounts.setUp(await newLinkToken(store, clock), `new ${GOOD}`);
    expect(await accounts.signIn("owner", GOOD)).toBeNull();
    expect(await accounts.signIn("owner", `new ${GOOD}`)).not.toBeNull();
  });

  it("whose password stands in the configuration has that one, whatever the store says", async () => {
    const { accounts, store, clock } = await open(GOOD);
    expect(await accounts.isNew()).toBe(false);
    expect(await accounts.firstRunToken()).toBeNull();
    expect(await accounts.setUp(await newLinkToken(store, clock), `new ${GOOD}`)).toBe("refused");
    expect(await accounts.signIn("owner", "se\u0301same, ouvre-toi")).toEqual({ name: "owner", role: "owner" });
    expect(await accounts.signIn("owner", "sesame, ouvre-toi")).toBeNull();
  });

  it.each(["", "short", "x".repeat(1025)])("cannot have such a password in the configuration", async (password) => {
    await expect(open(password)).rejects.toMatchObject({ code: "LIMEN_CONSOLE_PASSWORD" });
  });
});

describe("other accounts", () => {
  it("are made, changed and removed; the owner stays", async () => {
    const { accounts } = await open(GOOD);
    expect(await accounts.keep({ name: "ann", role: "operator" }, "too short")).toMatch(/characters/);
    expect(await accounts.list()).toEqual([{ name: "owner", role: "owner" }]);
    expect(await accounts.keep({ name: "ann", role: "operator" }, "ann's own words")).toBeNull();
    expect(await accounts.signIn("ann", "ann's own words")).toEqual({ name: "ann", role: "operator" });
    expect(await accounts.signIn("ann", GOOD)).toBeNull();
    expect(await accounts.signIn("nobody", GOOD)).toBeNull();
    expect([await accounts.remove("owner"), await accounts.remove("ann"), await accounts.remove("ann")]).toEqual([
      false,
      true,
      false,
    ]);
    expect(await accounts.signIn("ann", "ann's own words")).toBeNull();
  });

  it("let nobody in while the store cannot be read", async () => {
    const { accounts, store } = await open();
    store.broken = true;
    await expect(accounts.signIn("owner", GOOD)).rejects.toMatchObject({ code: "LIMEN_STORE_FAILED" });
  });
});
