import { z } from "zod";
import { onvifFault, rtspFault } from "#config/addresses";
import { account, duration, number, oneOf, secret, text } from "#config/values";

const SIZE = /^(\d{2,4})x(\d{2,4})$/;
const SIDE = { least: 90, most: 1920 };

/** A point of the zone, in fractions of the picture. */
const corner = z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]);

export const cameraSection = z.strictObject({
  onvif: text(onvifFault, {
    description: "Where the camera is, for cameras that speak ONVIF: it is asked for its streams. Either this or rtsp.",
    reload: "restart-part",
    range: "host, host:port or urn:uuid:…",
    computed_default: "none",
  }).optional(),
  rtsp: text(rtspFault, {
    description: "The camera's stream address. Its small second stream (640x360 or so) is the right one.",
    reload: "restart-part",
    range: "rtsp:// or rtsps://, without user name and password",
    computed_default: "none",
  }).optional(),
  username: account({
    description: "Account on the camera; one that may only watch is enough.",
    reload: "restart-part",
    computed_default: "none",
  }).optional(),
  password: secret({
    description: "Its password: `!secret name`.",
    reload: "restart-part",
    computed_default: "none",
  }).optional(),
  detect_size: z
    .string()
    .regex(SIZE, { error: "must be width x height, such as 640x360" })
    .transform((value, context) => {
      const [, width, height] = SIZE.exec(value) ?? [];
      const size = { width: Number(width), height: Number(height) };
      if (fits(size.width) && fits(size.height)) return size;
      context.addIssue({ code: "custom", message: `each side must be ${SIDE.least} to ${SIDE.most} pixels` });
      return z.NEVER;
    })
    .meta({
      description: "Size of the picture that is searched for faces. Larger sees further and costs more.",
      reload: "restart-part",
      range: `each side ${SIDE.least} to ${SIDE.most}`,
    })
    .prefault("640x360"),
  looks_per_second: number(1, 25, {
    description: "Pictures looked at in a second while somebody is there.",
    reload: "restart-part",
  }).prefault(10),
  decoder: oneOf(["software", "auto", "vaapi", "v4l2m2m"], {
    description:
      "What decodes the stream: software; auto = hardware where some works; vaapi (Intel, AMD) or v4l2m2m (Raspberry Pi 3, 4; H.264), software when that does not work.",
    reload: "restart-part",
  }).prefault("software"),
  zone: z
    .array(corner)
    .min(3)
    .max(32)
    .meta({
      description: "Where a face counts: corners [x, y] in fractions of the picture, 0,0 top left, 1,1 bottom right.",
      reload: "restart-part",
      range: "3 to 32 corners",
      computed_default: "the whole picture",
    })
    .optional(),
  max_frame_age: duration("200ms", "3s", {
    description: "An older picture is no evidence.",
    reload: "restart-part",
  }).prefault("1.5s"),
});

function fits(side: number): boolean {
  return side >= SIDE.least && side <= SIDE.most;
}
