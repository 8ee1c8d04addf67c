import type { Picture } from "#core/face";
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

/** What programs that watch Limen are told. */
export interface Health {
  /** What they send to be told from elsewhere; null = this computer only. */
  readonly token: string | null;
  /** Parts that give no sign of life; empty = alive. */
  stuck(): readonly string[];
  /** All numbers, and the media type they are written in. */
  metrics(): { readonly type: string; readonly text: string };
}

export interface ConsoleOptions {
  /** Port 0: any free one. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly password: string;
  readonly trustedHosts: readonly string[];
  readonly behindTlsProxy: boolean;
  /** Folder of console.css and the scripts. */
  readonly files: string;
  readonly siteName: string;
  readonly cameras: readonly ConsoleCamera[];
  readonly status: () => Status;
  readonly health: Health;
  /** A whole picture as JPEG. */
  readonly encode: (picture: Picture) => Promise<Uint8Array>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}
