import type { Picture } from "#core/face";
import type { AccountStore } from "#ports/account-store";
import type { Clock } from "#ports/clock";
import type { Frame } from "#ports/frame-source";
import type { LiveView } from "#ports/live-view";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";
import type { Status } from "#ports/status-board";

export interface ConsoleCamera {
  readonly id: string;
  /** The picture looked at last; null before the first. */
  newest(): Frame | null;
  /** Null: this camera's stream cannot be watched, only its single pictures. */
  readonly view: LiveView | null;
}

export interface ConsoleOptions {
  /** Port 0: any free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** The owner's password where the configuration gives one; null = it is set in the console itself. */
  readonly password: string | null;
  readonly accounts: AccountStore;
  readonly trustedHosts: readonly string[];
  readonly behindTlsProxy: boolean;
  /** Folder of console.css and the scripts. */
  readonly files: string;
  readonly siteName: string;
  readonly cameras: readonly ConsoleCamera[];
  readonly status: () => Status;
  /** A whole picture as JPEG. */
  readonly encode: (picture: Picture) => Promise<Uint8Array>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}
