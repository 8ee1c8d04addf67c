import type { DoorTransport, Listening } from "#adapters/doors/door-transport";

type Handler = (payload: Uint8Array, packet: { readonly retain: boolean }) => void;

/** A broker connection in memory: keeps what was sent, delivers what the test says. */
export class FakeTransport implements DoorTransport {
  readonly sent: { topic: string; payload: string; expirySeconds: number }[] = [];
  /** What publishing answers; "never" = the socket takes it and nobody knows. */
  accepts: boolean | "never" = true;
  #online = true;
  /** Whether the broker answers at once; a function is asked each time. */
  quick: boolean | ((withinMs: number) => Promise<boolean>) = true;
  drops = 0;
  readonly listening = new Map<string, Listening>();
  readonly #handlers = new Map<string, Handler>();
  readonly #listeners = new Set<(online: boolean) => void>();

  isOnline(): boolean {
    return this.#online;
  }

  publishCommand(topic: string, payload: string, expirySeconds: number): Promise<boolean> {
    this.sent.push({ topic, payload, expirySeconds });
    return this.accepts === "never" ? new Promise(() => {}) : Promise.resolve(this.#online && this.accepts);
  }

  async answers(withinMs: number): Promise<boolean> {
    return this.#online && (typeof this.quick === "function" ? this.quick(withinMs) : this.quick);
  }

  drop(): void {
    this.drops++;
    this.become(false);
  }

  subscribe(topic: string, how: Listening, handler: Handler): () => void {
    this.listening.set(topic, how);
    this.#handlers.set(topic, handler);
    return () => this.#handlers.delete(topic);
  }

  onChange(listener: (online: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  deliver(topic: string, payload: string, retain = false): void {
    this.#handlers.get(topic)?.(Buffer.from(payload), { retain });
  }

  become(online: boolean): void {
    this.#online = online;
    for (const listener of this.#listeners) listener(online);
  }

  /** Topics somebody still listens to. */
  heard(): number {
    return this.#handlers.size + this.#listeners.size;
  }
}
