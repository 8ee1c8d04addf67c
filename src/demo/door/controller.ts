import { type Fields, openCommand, sealAck } from "#demo/door/signature";

/** A door controller's mind, without network, clock or relay: messages and times in, effects out, in the order to be carried out. */

export interface ControllerSettings {
  readonly prefix: string;
  readonly controller: string;
  readonly keyId: string;
  readonly key: Uint8Array;
  /** Longest time the lock is ever released at once, ms. */
  readonly pulseMaxMs: number;
  /** False for a board that does not know the time: then only the nonce gives freshness. */
  readonly clockSynced: boolean;
  /** It has an input that says whether the leaf stands open. */
  readonly hasContact?: boolean;
}

export type DropReason = "retained" | "too_long" | "not_ours" | "malformed" | "other_controller";
export type RefuseReason = "bad_nonce" | "expired" | "busy";

export type Effect =
  | { readonly do: "publish"; readonly topic: string; readonly payload: string; readonly retain: boolean }
  | { readonly do: "release"; readonly id: string; readonly pulseMs: number }
  /** Released from inside, by the button alone. */
  | { readonly do: "exit"; readonly id: string; readonly pulseMs: number }
  | { readonly do: "lock"; readonly id: string }
  | { readonly do: "note"; readonly event: "dropped"; readonly why: DropReason }
  | { readonly do: "note"; readonly event: "refused"; readonly id: string; readonly why: RefuseReason }
  | { readonly do: "note"; readonly event: "repeated"; readonly id: string };

export interface DoorControllerMachine {
  readonly topics: { readonly command: string; readonly helloRequest: string; readonly status: string };
  /** The broker has accepted us and our subscriptions stand. */
  connected(): Effect[];
  message(
    topic: string,
    payload: Uint8Array,
    retained: boolean,
    now: { wallMs: number; monotonicMs: number },
  ): Effect[];
  /** Somebody inside has pressed the exit button: released at once, without asking anybody. */
  pressed(monotonicMs: number): Effect[];
  /** The leaf was opened or shut. */
  leafMoved(open: boolean): Effect[];
  /** Time has passed: relocks when the pulse is over. */
  tick(monotonicMs: number): Effect[];
  /** Monotonic ms at which the next tick is due; null when the lock is shut. */
  relockAtMs(): number | null;
}

const REMEMBERED_COMMANDS = 64;
const MAX_MESSAGE_BYTES = 2048;

interface Command {
  readonly id: string;
  readonly nonce: string;
  readonly exp: number;
  readonly pulseMs: number;
}

function commandIn({ id, nonce, exp, act, pulse_ms: pulseMs }: Fields): Command | null {
  if (typeof id !== "string" || !/^[A-Za-z0-9_-]{1,128}$/.test(id) || typeof nonce !== "string" || act !== "pulse")
    return null;
  if (typeof exp !== "number" || typeof pulseMs !== "number" || !(pulseMs >= 1)) return null;
  return { id, nonce, exp, pulseMs };
}

/** `token` gives an unguessable word of 16 random bytes at each call. */
export function createDoorController(settings: ControllerSettings, token: () => string): DoorControllerMachine {
  const { controller, keyId, key, pulseMaxMs } = settings;
  const at = `${settings.prefix}/ctl/${controller}`;
  const boot = token();
  const done: string[] = [];
  let nonce = token();
  let leafIsOpen = false;
  let released: { readonly id: string; readonly untilMs: number } | null = null;

  /** Said whenever it changes, and to whoever asks for a hello: nobody need remember it. */
  const contact = (): Effect[] =>
    settings.hasContact === true ? [ack(token(), leafIsOpen ? "opened" : "shut", "contact")] : [];
  const hello = (): Effect => ({
    do: "publish",
    topic: `${at}/hello`,
    payload: JSON.stringify({ v: 1, boot, nonce, fw: "limen-demo-door/1", pulse_max_ms: pulseMaxMs }),
    retain: false,
  });
  const ack = (
    id: string,
    st: "done" | "refused" | "relocked" | "request_to_exit" | "opened" | "shut",
    why: string,
  ): Effect => ({
    do: "publish",
    topic: `${at}/ack`,
    payload: sealAck({ id, ctl: controller, st, why, boot, next_nonce: nonce }, `${at}/ack`, keyId, key),
    retain: false,
  });
  const drop = (why: DropReason): Effect[] => [{ do: "note", event: "dropped", why }];
  const refuse = (id: string, why: RefuseReason): Effect[] => [
    { do: "note", event: "refused", id, why },
    ack(id, "refused", why),
  ];

  /** Rules 4 to 8 of the protocol, for a command whose signature is right. */
  const judge = (command: Command, now: { wallMs: number; monotonicMs: number }): Effect[] => {
    const { id } = command;
    if (command.nonce !== nonce) return refuse(id, "bad_nonce");
    nonce = token();
    if (settings.clockSynced && !(now.wallMs < command.exp)) return [...refuse(id, "expired"), hello()];
    if (done.includes(id)) return [{ do: "note", event: "repeated", id }, ack(id, "done", "replay"), hello()];
    if (released !== null) return [...refuse(id, "busy"), hello()];
    const pulseMs = Math.min(command.pulseMs, pulseMaxMs);
    done.push(id);
    if (done.length > REMEMBERED_COMMANDS) done.shift();
    released = { id, untilMs: now.monotonicMs + pulseMs };
    return [{ do: "release", id, pulseMs }, ack(id, "done", "ok"), hello()];
  };

  const tick = (monotonicMs: number): Effect[] => {
    if (released === null || monotonicMs < released.untilMs) return [];
    const { id } = released;
    released = null;
    return [{ do: "lock", id }, ack(id, "relocked", "ok")];
  };

  return {
    topics: { command: `${at}/cmd`, helloRequest: `${at}/hello/get`, status: `${at}/status` },
    connected() {
      nonce = token();
      return [{ do: "publish", topic: `${at}/status`, payload: "online", retain: true }, hello(), ...contact()];
    },
    message(topic, payload, retained, now) {
      if (retained) return drop("retained");
      if (topic === `${at}/hello/get`) {
        nonce = token();
        return [hello(), ...contact()];
      }
      if (payload.length > MAX_MESSAGE_BYTES) return drop("too_long");
      const fields =
        topic === `${at}/cmd` ? openCommand(Buffer.from(payload).toString("utf8"), topic, keyId, key) : null;
      if (fields === null) return drop("not_ours");
      if (fields["ctl"] !== controller) return drop("other_controller");
      const command = commandIn(fields);
      return command === null ? drop("malformed") : [...tick(now.monotonicMs), ...judge(command, now)];
    },
    pressed(monotonicMs) {
      const id = token();
      const before = tick(monotonicMs);
      // Released already: for longer now, and relocked after this press.
      released = { id, untilMs: monotonicMs + pulseMaxMs };
      return [...before, { do: "exit", id, pulseMs: pulseMaxMs }, ack(id, "request_to_exit", "button")];
    },
    leafMoved(open) {
      leafIsOpen = open;
      return contact();
    },
    tick,
    relockAtMs: () => released?.untilMs ?? null,
  };
}
