export interface MosquittoConfOptions {
  /** Limen's way to the broker. `host` without brackets. */
  readonly limen: {
    readonly host: string;
    readonly port: number;
    readonly encrypted: boolean;
    /** Broker and Limen are one computer. */
    readonly isLocal: boolean;
    /** Limen has a certificate of its own, and with no user name it is its only name. */
    readonly certificate: "none" | "beside its password" | "instead of a user name";
  };
  /** Absolute: where the access file lies, and where passwords and certificates are looked for. */
  readonly folder: string;
  /** Every account of the access file. */
  readonly accounts: readonly string[];
}

const TLS_PORT = 8883;

function tlsListener({ limen, folder }: MosquittoConfOptions): string[] {
  const host = limen.isLocal && !limen.encrypted ? "broker.lan" : limen.host;
  const name = /^[\d.]+$|:/.test(host) ? `IP:${host}` : `DNS:${host}`;
  const file = (leaf: string): string => `${folder}/${leaf}`;
  return [
    "# TLS. A certificate of your own, which is then also what `mqtt.ca` and the devices are given to know the broker by:",
    "#   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 \\",
    `#     -subj /CN=${host} -addext subjectAltName=${name} -keyout ${file("broker.key")} -out ${file("broker.pem")}`,
    `listener ${limen.encrypted ? limen.port : TLS_PORT}`,
    `certfile ${file("broker.pem")}`,
    `keyfile ${file("broker.key")}`,
    "tls_version tlsv1.2",
    ...clientCertificates(limen.certificate, file("clients.pem")),
  ];
}

function clientCertificates(kind: MosquittoConfOptions["limen"]["certificate"], file: string): string[] {
  if (kind === "none")
    return [
      "# To ask for a certificate from everybody who connects here (Limen has none: mqtt.cert and mqtt.key):",
      `#cafile ${file}`,
      "#require_certificate true",
    ];
  return [
    "# Everybody who connects here has a certificate of this authority, as Limen has (mqtt.cert). Who has none needs a listener of its own.",
    `cafile ${file}`,
    "require_certificate true",
    ...(kind === "instead of a user name"
      ? [
          "# Its common name (CN) is the account's name, and nobody is asked for a password.",
          "use_identity_as_username true",
        ]
      : []),
  ];
}

function plainListener({ limen: { encrypted, host, port, isLocal } }: MosquittoConfOptions): string[] {
  if (encrypted) return [];
  if (isLocal)
    return ["# Limen itself, in plain text that does not leave this computer.", `listener ${port} ${host}`, ""];
  return [
    "# PLAIN TEXT OVER THE NETWORK, as `mqtt.url` wants it: who listens on the way can read the password, and with it open doors.",
    `# Write mqtts://${host}:${TLS_PORT} there, and take this line out.`,
    `listener ${port}`,
    "",
  ];
}

/** A whole mosquitto.conf, for Mosquitto 2.0 or newer. Without the certificate and the passwords that it names it does not start. */
export function mosquittoConf(options: MosquittoConfOptions): string {
  const { folder, accounts } = options;
  return `${[
    "# A Mosquitto (2.0 or newer) for Limen's doors: made by `limen mqtt acl`.",
    "",
    "# Nobody without an account. One for each name in the access file, each with a password of its own:",
    ...accounts.map((name, i) => `#   mosquitto_passwd ${i === 0 ? "-c " : ""}${folder}/passwords '${name}'`),
    "# These files are nobody's to read but Mosquitto's: chown mosquitto, chmod 600.",
    "per_listener_settings false",
    "allow_anonymous false",
    `password_file ${folder}/passwords`,
    `acl_file ${folder}/limen.acl`,
    "",
    ...plainListener(options),
    ...tlsListener(options),
    "",
    "# Small messages leave at once; without it some commands arrive 40 ms later.",
    "set_tcp_nodelay true",
    "",
    "# Nothing is kept over a restart of the broker: everybody says anew how things are when they connect, and no command that was waiting",
    "# can open a door afterwards. If others on this broker need it, `persistence true` does no harm to doors of Limen's own controllers.",
    "persistence false",
    "# A device that connects with a session that lasts has commands kept for it while it is away. Limen's expire within seconds; these",
    "# bound what anybody else left there.",
    "persistent_client_expiration 1h",
    "queue_qos0_messages false",
    "# So many messages may wait for one client; Home Assistant is told of every state at once when it connects.",
    "max_queued_messages 1000",
  ].join("\n")}\n`;
}
