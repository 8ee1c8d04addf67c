import { z } from "zod";
import { hostPortFault } from "#config/addresses";
import { secret, text } from "#config/values";

export const httpSection = z.strictObject({
  listen: text(hostPortFault, {
    description:
      "Address and port of the console. Plain HTTP, so this computer only, unless a proxy with TLS stands before it.",
    reload: "restart-part",
    range: "an address and a port, such as 127.0.0.1:8481",
  }).prefault("127.0.0.1:8481"),
  password: secret({
    description:
      "The owner's password for the console: `!secret name` of at least 12 characters. Without it, Limen prints a link at its start by which the owner sets one.",
    reload: "restart-part",
    computed_default: "set in the console",
  }).optional(),
  trusted_hosts: z
    .array(
      text(hostFault, {
        description: "A host name, with a port if only that one is meant.",
        reload: "restart-part",
        range: "host or host:port",
      }),
    )
    .max(16)
    .meta({
      description: "Names under which browsers may reach the console besides this computer's own; others are refused.",
      reload: "restart-part",
      range: "host names such as door.example",
      computed_default: "none",
    })
    .optional(),
  behind_tls_proxy: z
    .boolean()
    .meta({
      description: "True: a proxy of yours receives the browsers over TLS and passes their requests on to `listen`.",
      reload: "restart-part",
      range: "true or false",
    })
    .prefault(false),
  metrics_token: secret({
    description:
      "What a program on another computer sends as `Authorization: Bearer …` to read /healthz, /readyz and /metrics: `!secret name`.",
    reload: "restart-part",
    computed_default: "none, this computer only",
  }).optional(),
});

function hostFault(host: string): string | null {
  const url = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
  const isPlain = url !== null && (url.host === host || `${url.host}:80` === host);
  return isPlain
    ? null
    : "must be a host name in small letters such as door.example, without https:// and without a path";
}
