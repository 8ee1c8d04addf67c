import { type DigestLock, digestChallenge, isAuthorised, newNonce, parseDigest } from "#demo/camera/digest";
import { TokenJudge, type UsernameToken } from "#demo/camera/onvif/username-token";

export interface AccountOptions {
  readonly username: string;
  readonly password: string;
  /** After so many wrong passwords in a row the account is locked until somebody unlocks it; null = never. */
  readonly locksAfter: number | null;
}

/** The camera's one user, the same for its pictures and its settings. Counts wrong passwords, wherever they were tried. */
export class CameraAccount {
  readonly #locksAfter: number | null;
  readonly #tokens = new TokenJudge();
  #lock: DigestLock;
  #failures = 0;
  #failuresInARow = 0;
  #isLocked = false;

  constructor({ username, password, locksAfter }: AccountOptions) {
    this.#locksAfter = locksAfter;
    this.#lock = newLock(username, password);
  }

  /** Wrong passwords since the camera was opened. Stale nonces and times are not the password's fault and do not count. */
  get failures(): number {
    return this.#failures;
  }

  /** While locked, the right password is refused too. */
  get isLocked(): boolean {
    return this.#isLocked;
  }

  setLocked(isLocked: boolean): void {
    this.#isLocked = isLocked;
    this.#failuresInARow = 0;
  }

  /** Also makes a new nonce, so that answers to the old challenge are void. */
  setPassword(password: string): void {
    this.#lock = newLock(this.#lock.username, password);
  }

  /** Value of a WWW-Authenticate header: without qop as RTSP cameras ask, with qop=auth as HTTP clients expect. */
  challenge(qop: "none" | "auth" = "none"): string {
    return digestChallenge(this.#lock, qop);
  }

  /** HTTP or RTSP Digest. */
  acceptsDigest(method: string, authorization: string | undefined): boolean {
    const isRight = isAuthorised(method, authorization, this.#lock);
    const answered = parseDigest(authorization ?? "").get("nonce");
    if (answered === this.#lock.nonce) this.#count(isRight);
    return isRight && !this.#isLocked;
  }

  /** WS-Security. `nowMs`: the camera's clock, ms since 1970. */
  acceptsToken(token: UsernameToken | null, nowMs: number): boolean {
    if (token === null) return false;
    const verdict = this.#tokens.judge(token, this.#lock, nowMs);
    if (verdict !== "stale") this.#count(verdict === "right");
    return verdict === "right" && !this.#isLocked;
  }

  #count(isRight: boolean): void {
    this.#failures += isRight ? 0 : 1;
    this.#failuresInARow = isRight ? 0 : this.#failuresInARow + 1;
    if (this.#locksAfter !== null && this.#failuresInARow >= this.#locksAfter) this.#isLocked = true;
  }
}

function newLock(username: string, password: string): DigestLock {
  return { realm: "Simulated camera", nonce: newNonce(), username, password };
}
