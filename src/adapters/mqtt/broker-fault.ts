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
        hint: "check the certificate authority, the certificate's dates and that its name is the one in the address",
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
