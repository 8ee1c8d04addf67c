/** What is needed of the connection that carries the news, never of the one that carries commands. */
export interface HomeConnection {
  isOnline(): boolean;
  /** False when the broker did not take it: away, slow, or refusing. Nothing is sent later. */
  publish(
    topic: string,
    payload: string,
    how: {
      readonly qos: 0 | 1;
      readonly retain: boolean;
      readonly expirySeconds?: number;
      readonly saysRefusal?: boolean;
    },
  ): Promise<boolean>;
  subscribe(
    topic: string,
    options: { readonly skipRetained: boolean },
    handler: (payload: Uint8Array, packet: { readonly retain: boolean }) => void,
  ): () => void;
  onChange(listener: (online: boolean) => void): () => void;
}
