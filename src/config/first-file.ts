import { randomBytes } from "node:crypto";
import { stringify } from "yaml";

/** What somebody answers who has no configuration yet. Everything else keeps its safe default. */
export interface FirstAnswers {
  readonly site: string;
  readonly timeZone: string;
  /** ONVIF address or endpoint id, or an rtsp:// address without credentials. */
  readonly camera: { readonly address: string; readonly username: string | null; readonly password: string | null };
  /** Id of the door, and of the collection of those who may pass. */
  readonly door: string;
  readonly collection: string;
  /** Profile, and the keys it needs besides; `secrets` are those of them that go into the other file. */
  readonly controller: {
    readonly profile: string;
    readonly keys: Readonly<Record<string, string>>;
    readonly secrets: Readonly<Record<string, string>>;
  };
  readonly broker: { readonly url: string; readonly username: string | null; readonly password: string | null };
}

/** Both files' texts. `key` is the door controller's, made here; null where its profile has none. */
export interface FirstFiles {
  readonly config: string;
  readonly secrets: string;
  readonly key: string | null;
}

/** The native profile's commands are signed; the others have no key. */
const SIGNED = "limen_native";

/**
 * A first configuration and the secrets beside it. The door begins in shadow: it decides and records and opens nothing, until its
 * owner has seen it be right.
 */
export function firstFiles(answers: FirstAnswers, newKey = (): string => randomBytes(32).toString("hex")): FirstFiles {
  const { site, timeZone, camera, door, collection, controller, broker } = answers;
  const key = controller.profile === SIGNED ? newKey() : null;
  const cameraSecret = `${door}_camera`;
  const doorSecret = `${door}_door`;
  const account =
    camera.username === null
      ? ""
      : `    username: ${written(camera.username)}\n    password: !secret ${cameraSecret}\n`;
  const extra = [
    ...Object.entries(controller.keys).map(([name, value]) => `      ${name}: ${written(value)}\n`),
    ...Object.keys(controller.secrets).map((name) => `      ${name}: !secret ${door}_${name}\n`),
  ];
  const brokerAccount =
    broker.username === null ? "" : `  username: ${written(broker.username)}\n  password: !secret broker\n`;
  const config = `# Made by \`limen init\`. Every key there is: docs/configuration.md. What this file means: limen check
site:
  name: ${written(site)}
  time_zone: ${written(timeZone)}

cameras:
  ${door}:
    ${camera.address.startsWith("rtsp") ? "rtsp" : "onvif"}: ${written(camera.address)}
${account}
doors:
  ${door}:
    camera: ${door}
    # The people in this collection may pass. Enrol the first: limen people add --name NAME PHOTO.jpg
    collection: ${collection}
    controller:
      profile: ${controller.profile}
${key === null ? "" : `      key: !secret ${doorSecret}\n`}${extra.join("")}    # shadow decides and records and opens nothing. Look at \`limen decisions\` for a week; then \`limen arm --door ${door}\` says what it takes.
    mode: shadow

mqtt:
  url: ${written(broker.url)}
${brokerAccount}
# The console, on this computer: http://127.0.0.1:8481. Limen prints a link at its first start, to set your password.
http: {}
`;
  const secrets = [
    ...(camera.password === null ? [] : [[cameraSecret, camera.password] as const]),
    ...(key === null ? [] : [[doorSecret, key] as const]),
    ...Object.entries(controller.secrets).map(([name, value]) => [`${door}_${name}`, value] as const),
    ...(broker.password === null ? [] : [["broker", broker.password] as const]),
  ];
  return { config, secrets: secrets.map(([name, value]) => `${name}: ${quoted(value)}\n`).join(""), key };
}

/** As YAML wants it in one line: quoted where it must be. */
function written(value: string): string {
  return stringify(value, { lineWidth: 0 }).trimEnd();
}

function quoted(value: string): string {
  return JSON.stringify(value);
}
