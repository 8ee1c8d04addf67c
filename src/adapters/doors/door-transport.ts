/** What a native door needs of a broker connection; whoever joins the parts hands one in. */
export interface DoorTransport {
  isOnline(): boolean;
  /** Not retained, not queued, not repeated. False when it could not leave at once, and then it never will. */
  publishCommand(topic: string, payload: string, expirySeconds: number): Promise<boolean>;
  /** Hears one topic over every reconnect, until the returned function is called. */
  subscribe(
    topic: string,
    options: { readonly skipRetained: boolean },
    handler: (payload: Uint8Array, packet: { readonly retain: boolean }) => void,
  ): () => void;
  onChange(listener: (online: boolean) => void): () => void;
}

/** The topics of one controller; built where all topics are. */
export interface DoorTopics {
  readonly command: string;
  readonly helloRequest: string;
  readonly ack: string;
  readonly hello: string;
  readonly status: string;
}
