import { z } from "zod";
import { hostPortFault, staysHere } from "#config/addresses";
import { idKey, secret, text } from "#config/values";

/** What a token may do: search faces, read the gallery, change it, confirm that somebody is really at a door, open doors. */
const API_SCOPES = ["search", "read", "write", "confirm", "unlock"] as const;

const token = z.strictObject({
  token: secret({
    description:
      "What the caller sends as `Authorization: Bearer …`: `!secret name` of 32 random bytes (openssl rand -hex 32).",
    reload: "restart-part",
  }),
  scopes: z
    .array(z.enum(API_SCOPES))
    .min(1)
    .max(API_SCOPES.length)
    .meta({
      description:
        "What it may do: search faces, read the gallery, write (enrol, change, delete), confirm (answer for somebody at a door), unlock (open doors that allow it).",
      reload: "restart-part",
      range: API_SCOPES.join(", "),
    }),
});

export const apiSection = z.strictObject({
  listen: text(listenFault, {
    description:
      "Address and port of the search API. Plain HTTP, so this computer only; put a proxy with TLS before it.",
    reload: "restart-part",
    range: "a loopback address and a port, such as 127.0.0.1:8480",
  }).prefault("127.0.0.1:8480"),
  tokens: z
    .record(idKey, token)
    .refine((tokens) => Object.keys(tokens).length > 0, { error: "needs at least one token" })
    .meta({ description: "Who may call it, each under a name of your choice." }),
  allowed_origins: z
    .array(text(originFault, { description: "A page's origin.", reload: "restart-part", range: "https://host[:port]" }))
    .max(32)
    .meta({
      description: "Origins whose pages may call it from a browser.",
      reload: "restart-part",
      range: "origins such as https://desk.example",
      computed_default: "none",
    })
    .optional(),
});

function listenFault(address: string): string | null {
  const fault = hostPortFault(address);
  if (fault !== null) return fault;
  return staysHere(`http://${address}`)
    ? null
    : "must be a loopback address: the API speaks plain HTTP; for other computers put a proxy with TLS before it";
}

function originFault(origin: string): string | null {
  const url = URL.canParse(origin) ? new URL(origin) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === origin
    ? null
    : "must be an origin such as https://desk.example, without a path";
}
