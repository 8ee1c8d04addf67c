import type { RemoteRequest } from "#core/remote-unlock";
import type { ModeWish } from "#core/standing-mode";
import type { DoorModes, ModeAnswer, RemoteAnswer, RemoteUnlock } from "#ports/remote-doors";

/** Keeps what was asked of the doors; every request is granted until a test says otherwise. */
export class RecordedRemote implements Pick<RemoteUnlock, "unlock">, Pick<DoorModes, "wish"> {
  readonly requests: RemoteRequest[] = [];
  readonly wishes: { readonly door: string; readonly wish: ModeWish; readonly by: string }[] = [];
  answers: RemoteAnswer = { result: "granted", id: "01EVENT", actuation: "acked", why: "ok" };
  modeAnswers: ModeAnswer = "changed";

  async unlock(request: RemoteRequest): Promise<RemoteAnswer> {
    this.requests.push(request);
    return this.answers;
  }
  async wish(door: string, wish: ModeWish, by: string): Promise<ModeAnswer> {
    this.wishes.push({ door, wish, by });
    return this.modeAnswers;
  }
}
