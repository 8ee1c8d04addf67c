import { LimenError } from "#errors";
import type { AccountStore, KeptAccount, KeptAttempts, KeptLink, KeptSession } from "#ports/account-store";

export class MemoryAccountStore implements AccountStore {
  readonly kept = new Map<string, KeptAccount>();
  sessions: KeptSession[] = [];
  tries: KeptAttempts[] = [];
  keptLink: KeptLink | null = null;
  /** While true everything fails, as with a database that cannot be read. */
  broken = false;

  async accounts() {
    this.#fail();
    return [...this.kept.values()].map(({ name, role }) => ({ name, role }));
  }
  async account(name: string) {
    this.#fail();
    return this.kept.get(name) ?? null;
  }
  async keepAccount(account: KeptAccount) {
    this.#fail();
    this.sessions = this.sessions.filter((session) => session.account !== account.name);
    this.kept.set(account.name, account);
  }
  async removeAccount(name: string) {
    this.#fail();
    this.sessions = this.sessions.filter((session) => session.account !== name);
    return this.kept.delete(name);
  }
  async session(key: string) {
    this.#fail();
    return this.sessions.find((session) => session.key === key) ?? null;
  }
  async keepSession(session: KeptSession, most: number) {
    this.#fail();
    this.sessions = [...this.sessions.filter(({ until }) => until >= session.openedAt), session].slice(-most);
  }
  async endSession(key: string) {
    this.#fail();
    this.sessions = this.sessions.filter((session) => session.key !== key);
  }
  async attempts(source: string) {
    this.#fail();
    return this.tries.find((one) => one.source === source) ?? null;
  }
  async keepAttempts(attempts: KeptAttempts, most: number) {
    this.#fail();
    this.tries = [...this.tries.filter(({ source }) => source !== attempts.source), attempts].slice(-most);
  }
  async forgetAttempts(source: string) {
    this.#fail();
    this.tries = this.tries.filter((one) => one.source !== source);
  }
  async link() {
    this.#fail();
    return this.keptLink;
  }
  async keepLink(link: KeptLink | null) {
    this.#fail();
    this.keptLink = link;
  }

  #fail(): void {
    if (this.broken) throw new LimenError("LIMEN_STORE_FAILED", "the database cannot be read");
  }
}
