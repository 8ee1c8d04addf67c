import { LimenError } from "#errors";

/** One account on the broker and all that it may do there. */
export interface BrokerAccount {
  readonly name: string;
  /** Who it is, in a line or several: what a person reads above its rules. */
  readonly who: readonly string[];
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  /** Beats what it reads and writes. */
  readonly denied?: readonly string[];
}

const HEADER = [
  "# Who may read and write what on the broker: made by `limen mqtt acl` from Limen's configuration, and to be made anew when doors change.",
  "# Whoever is not named may do nothing. Only Limen, and a bridge of its own devices, writes on a topic that moves a lock.",
];

function rulesOf({ reads = [], writes = [], denied = [] }: BrokerAccount): string[] {
  const topics = [...new Set([...reads, ...writes])];
  const may = (topic: string): string => {
    if (!writes.includes(topic)) return "read";
    return reads.includes(topic) ? "readwrite" : "write";
  };
  return [
    ...topics.map((topic) => `topic ${may(topic)} ${topic}`),
    ...[...new Set(denied)].map((topic) => `topic deny ${topic}`),
  ];
}

/**
 * The access file of a Mosquitto, 2.0 or newer. Throws LIMEN_CONFIG_INVALID where two accounts would have one name: each would have the
 * other's rights.
 */
export function mosquittoAcl(accounts: readonly BrokerAccount[]): string {
  const names = accounts.map(({ name }) => name);
  const twice = accounts.find(({ name }, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    const first = accounts.find(({ name }) => name === twice.name);
    throw new LimenError(
      "LIMEN_CONFIG_INVALID",
      `two would share the broker account ${JSON.stringify(twice.name)}: ${first?.who[0]}; ${twice.who[0]}`,
      { hint: "give one of them another name: mqtt.username, the controller's id, or the device's topic" },
    );
  }
  const parts = accounts.map((account) =>
    [...account.who.map((line) => `# ${line}`), `user ${account.name}`, ...rulesOf(account)].join("\n"),
  );
  return `${[HEADER.join("\n"), ...parts].join("\n\n")}\n`;
}
