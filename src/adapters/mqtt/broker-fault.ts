import { LimenError, messageOf } from "#errors";

const WRONG_PASSWORD = "check the MQTT user name and password, and that the broker knows them";

/** MQTT 5 CONNACK and DISCONNECT reason codes a person can do something about (OASIS MQTT 5.0, 3.2.2.2 and 3.14.2.1). */
const REFUSALS: Readonly<Record<number, readonly [what: string, hint: string]>> = {
  1: ["speaks no MQTT 5", "use a broker with MQTT 5 (Mosquitto 1.6 or newer); without it commands carry no expiry"],
  132: ["speaks no MQTT 5", "use a broker with MQTT 5 (Mosquitto 1.6 or newer); without it commands carry no expiry"],
  4: ["refused the user name or password", WRONG_PASSWORD],
  5: ["refused the user name or password", WRONG_PASSWORD],
  133: ["refused the client id", "give this Limen another instance name"],
  134: ["refused the user name or password", WRONG_PASSWORD],
  135: ["refused the user name or password", WRONG_PASSWORD],
  138: ["has banned this client", "lift the ban on the broker"],
  140: ["wants another way to log in", "Limen logs in with user name and password, or with a client certificate"],
  142: ["has handed the connection to another client of the same name", "run one Limen per instance name"],
};

/** TLS failures, by Node's error code: somebody has to act, retrying alone does not help. */
const TLS_CODES = /^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS|ERR_SSL)/;

/** What to do about each, by the beginning of its code; the rest gets the general advice. */
const TLS_HINTS: readonly (readonly [code: RegExp, hint: string])[] = [
  [/^CERT_HAS_EXPIRED$/, "give the broker a new certificate; if its dates are good, set this computer's clock"],
  [/^CERT_NOT_YET_VALID$/, "set this computer's clock, or the broker's certificate begins too late"],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    "write the name that stands in the broker's certificate into mqtt.url, or give the broker one for this name",
  ],
  [
    /^(?:DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/,
    "put the certificate of the authority that signed the broker's into mqtt.ca",
  ],
  [
    /^ERR_SSL_.*ALERT/,
    "the broker refused this side: if it wants a client certificate, set mqtt.cert and mqtt.key to one it knows",
  ],
];

function codeIn(error: unknown): number | string | null {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "number" || typeof code === "string" ? code : null;
}

/**
 * Why there is no connection, as the error shown in logs and health: LIMEN_BROKER_REFUSED when the broker answered and said no,
 * LIMEN_BROKER_OFFLINE for everything else. `where` is host:port, without credentials.
 */
export function brokerFault(where: string, error: unknown): LimenError {
  const code = codeIn(error);
  if (typeof code === "number") {
    const [what, hint] = REFUSALS[code] ?? [`refused the connection (reason code ${code})`, "see the broker's own log"];
    return new LimenError("LIMEN_BROKER_REFUSED", `the MQTT broker at ${where} ${what}`, { hint });
  }
  if (typeof code === "string" && TLS_CODES.test(code)) {
    return new LimenError(
      "LIMEN_BROKER_REFUSED",
      `the MQTT broker at ${where} could not be trusted: ${messageOf(error)}`,
      {
        hint:
          TLS_HINTS.find(([pattern]) => pattern.test(code))?.[1] ??
          "check the certificate authority, the certificate's dates and that its name is the one in the address",
        cause: error,
      },
    );
  }
  return new LimenError(
    "LIMEN_BROKER_OFFLINE",
    `the MQTT broker at ${where} cannot be reached: ${messageOf(error) || code}`,
    {
      hint: "check that the broker runs and that address and port are right; Limen keeps trying",
      cause: error,
    },
  );
}
