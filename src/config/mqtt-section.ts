import { z } from "zod";
import { mqttFault } from "#config/addresses";
import { account, path, secret, text } from "#config/values";

const PREFIX_RANGE = "1 to 64 of A-Z a-z 0-9 _ - / with no / at the ends";

export const mqttSection = z.strictObject({
  url: text(mqttFault, {
    description: "The broker. It must speak MQTT 5.",
    reload: "restart-part",
    range: "mqtt:// or mqtts://, without user name and password",
  }).prefault("mqtt://127.0.0.1:1883"),
  username: account({
    description: "Account on the broker.",
    reload: "restart-part",
    computed_default: "none",
  }).optional(),
  password: secret({
    description: "Its password: `!secret name`.",
    reload: "restart-part",
    computed_default: "none",
  }).optional(),
  prefix: text(prefixFault, {
    description: "First part of every topic. Two Limens on one broker need two prefixes.",
    reload: "restart-part",
    range: PREFIX_RANGE,
  }).prefault("limen"),
  ca: path({
    description: "Certificate of the authority that signed the broker's, for mqtts:// with an authority of your own.",
    reload: "restart-part",
    computed_default: "the authorities that Node.js knows",
  }).optional(),
  cert: path({
    description: "Limen's own certificate, for a broker that asks for one.",
    reload: "restart-part",
    computed_default: "none",
  }).optional(),
  key: path({
    description: "Its private key, a file that nobody else may read (mode 600).",
    reload: "restart-part",
    computed_default: "none",
  }).optional(),
});

function prefixFault(prefix: string): string | null {
  return prefix.length <= 64 && /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/.test(prefix) ? null : `must be ${PREFIX_RANGE}`;
}
