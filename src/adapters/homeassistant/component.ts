/**
 * One entity of a device: `p` is Home Assistant's platform, the rest the keys of that platform under their full names
 * (https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload).
 */
export type Component = { readonly p: string } & Readonly<Record<string, unknown>>;

/** What may be done at a door from afar: opening it, its switches, its test. Nothing is offered that would be refused. */
export interface RemoteRights {
  readonly unlock: boolean;
  readonly control: boolean;
  readonly test: boolean;
}
