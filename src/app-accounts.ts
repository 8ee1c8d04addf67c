import { systemClock } from "#adapters/clock/system-clock";
import { newLinkToken } from "#adapters/console/accounts";
import { openRecords } from "#app-offline";
import type { Config, HttpConfig } from "#config/config";

/**
 * A new link by which the console's owner sets a password, good for an hour and once; whoever may write to the data folder may make
 * one. Throws LIMEN_STORE_*.
 */
export async function newConsoleLink(config: Config, { listen: { host, port } }: HttpConfig): Promise<string> {
  await using records = await openRecords(config);
  const address = host.includes(":") ? `[${host}]` : host;
  return `http://${address}:${port}/first-run/${await newLinkToken(records.accounts, systemClock)}`;
}
