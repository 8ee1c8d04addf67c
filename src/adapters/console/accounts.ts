import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { type HashedPassword, hashPassword, isRightPassword, passwordFault } from "#adapters/console/password";
import { instant } from "#core/instant";
import type { Role } from "#core/role";
import { LimenError } from "#errors";
import type { Account, AccountStore } from "#ports/account-store";
import type { Clock } from "#ports/clock";

/** The account that may do everything. */
const OWNER: Account = { name: "owner", role: "owner" };

/** How long the link to set the owner's password is good. */
const LINK_LIFE_MS = 60 * 60 * 1000;

export interface Accounts {
  /** The account for this name and password; null when there is none. One check at a time. Throws LIMEN_STORE_*. */
  signIn(name: string, password: string): Promise<Account | null>;
  /** As it is now; null when it is gone. */
  find(name: string): Promise<Account | null>;
  list(): Promise<readonly Account[]>;
  /** Makes it or gives it another password and role; a sentence when the password will not do. */
  keep(account: Account, password: string): Promise<string | null>;
  /** False for nobody, and for the owner. */
  remove(name: string): Promise<boolean>;
  /** True while nobody has set the owner's password. */
  isNew(): Promise<boolean>;
  /** The one token that may set it, good for an hour and once; each call voids the one before. Null when there is an owner already. */
  firstRunToken(): Promise<string | null>;
  /** Sets the owner's password with it. `refused` = the token is not good; otherwise a sentence about the password, or null = done. */
  setUp(token: string, password: string): Promise<"refused" | string | null>;
  isFirstRunToken(token: string): Promise<boolean>;
}

const digestOf = (token: string): Buffer => createHash("sha256").update(token).digest();

/** A new link's token. Whoever may write to the store may make one, also when there is an owner: that is how a lost password is replaced. */
export async function newLinkToken(store: Pick<AccountStore, "keepLink">, clock: Pick<Clock, "now">): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await store.keepLink({ digest: digestOf(token), until: instant(clock.now() + LINK_LIFE_MS) });
  return token;
}

/**
 * Who may use the console. `configured` is the owner's password where the configuration gives one: it then holds, and nothing in the
 * store can replace it. Throws LIMEN_CONSOLE_PASSWORD for one that will not do.
 */
export async function openAccounts(parts: {
  readonly store: AccountStore;
  readonly configured: string | null;
  readonly clock: Clock;
}): Promise<Accounts> {
  const { store, configured, clock } = parts;
  const fault = configured === null ? null : passwordFault(configured);
  if (fault !== null) throw new LimenError("LIMEN_CONSOLE_PASSWORD", `http.password cannot be used. ${fault}`);
  const owner = configured === null ? null : await hashPassword(configured);
  /** Compared with when there is no such account, so that the time taken says nothing of who there is. */
  const nobody = await hashPassword(randomBytes(16).toString("base64url"));
  let last: Promise<unknown> = Promise.resolve();

  const keptOf = async (name: string): Promise<(HashedPassword & { readonly role: Role }) | null> =>
    owner !== null && name === OWNER.name ? { ...owner, role: OWNER.role } : await store.account(name);
  const find = async (name: string): Promise<Account | null> => {
    const kept = await keptOf(name);
    return kept === null ? null : { name, role: kept.role };
  };
  const isNew = async (): Promise<boolean> => (await keptOf(OWNER.name)) === null;
  const isFirstRunToken = async (token: string): Promise<boolean> => {
    const link = owner === null ? await store.link() : null;
    return link !== null && clock.now() < link.until && timingSafeEqual(link.digest, digestOf(token));
  };
  const keep = async (account: Account, password: string): Promise<string | null> => {
    const wrong = passwordFault(password);
    if (wrong === null) await store.keepAccount({ ...account, ...(await hashPassword(password)) });
    return wrong;
  };

  return {
    signIn(name, password) {
      const check = last.then(async () => {
        const kept = await keptOf(name);
        const isRight = await isRightPassword(password, kept ?? nobody);
        return kept !== null && isRight ? { name, role: kept.role } : null;
      });
      last = check.catch(() => {});
      return check;
    },
    find,
    async list() {
      const kept = await store.accounts();
      return owner === null ? kept : [OWNER, ...kept.filter(({ name }) => name !== OWNER.name)];
    },
    keep,
    remove: async (name) => name !== OWNER.name && (await store.removeAccount(name)),
    isNew,
    firstRunToken: async () => ((await isNew()) ? await newLinkToken(store, clock) : null),
    isFirstRunToken,
    async setUp(token, password) {
      if (!(await isFirstRunToken(token))) return "refused";
      const wrong = await keep(OWNER, password);
      if (wrong === null) await store.keepLink(null);
      return wrong;
    },
  };
}
