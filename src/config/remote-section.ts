import { z } from "zod";
import { idKey, secret, yesOrNo } from "#config/values";

/** What may be done to one door from afar: by default nothing but locking it down. */
export const doorRemote = z.strictObject({
  unlock: yesOrNo({
    description:
      "May be opened from afar: by signed requests, API tokens with the scope unlock, operators of the console.",
    reload: "restart-part",
  }).prefault(false),
  unsigned: yesOrNo({
    description: "May also be opened by whoever may write to its topic `set`, as Home Assistant does.",
    reload: "restart-part",
  }).prefault(false),
  control: yesOrNo({
    description: "Its mode may be changed from afar, by whoever may write to its topics; locking down always may.",
    reload: "restart-part",
  }).prefault(false),
});

const remoteKey = z.strictObject({
  key: secret({
    description: "The key its requests are signed with: `!secret name` of 32 random bytes (openssl rand -hex 32).",
    reload: "restart-part",
  }),
});

export const remoteSection = z.strictObject({
  keys: z
    .record(idKey, remoteKey)
    .meta({ description: "Who may sign requests, each under a name of your choice." })
    .prefault({}),
  control: yesOrNo({
    description:
      "The threshold may be raised and Limen restarted from afar, by whoever may write to its topics; never lowered below the configuration's.",
    reload: "restart-part",
  }).prefault(false),
});
