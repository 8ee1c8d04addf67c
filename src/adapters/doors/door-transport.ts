/** How a topic is listened to. */
export interface Listening {
  /** Nothing that was retained before; where others want it too, it is kept from this one. */
  readonly skipRetained: boolean;
  /** Nothing that this very connection published. */
  readonly noLocal?: boolean;
}

/** What a door needs of a broker connection; whoever joins the parts hands one in. */
export interface DoorTransport {
  isOnline(): boolean;
  /** Not retained, not queued, not repeated. False when it could not leave at once, and then it never will. */
  publishCommand(topic: string, payload: string, expirySeconds: number): Promise<boolean>;
  /** Hears one topic over every reconnect, until the returned function is called. */
  subscribe(
    topic: string,
    options: Listening,
    handler: (payload: Uint8Array, packet: { readonly retain: boolean }) => void,
  ): () => void;
  onChange(listener: (online: boolean) => void): () => void;
  /**
   * True when the broker answers within so many ms: the link is quick now, and the broker has read everything sent before. Never rejects.
   */
  answers(withinMs: number): Promise<boolean>;
  /** Ends this connection without a goodbye, and with it whatever has not left this computer; another one is made as after any outage. */
  drop(): void;
}

/** The topics of one controller; built where all topics are. */
export interface DoorTopics {
  readonly command: string;
  readonly helloRequest: string;
  readonly ack: string;
  readonly hello: string;
  readonly status: string;
}
