/** Who started the program and sees to it that it works: systemd, or nobody. Never throws, never waits. */
export interface Supervisor {
  /** Ms within which `alive` must be said again, else the program is ended and started anew; null = nobody watches. */
  readonly watchdogMs: number | null;
  /** Everything has been opened; from now on the watchdog counts. */
  ready(): void;
  alive(): void;
  /** How it is, in a line for people. */
  says(line: string): void;
  stopping(): void;
}
