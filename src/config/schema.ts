import { z } from "zod";
import { groupsSection, personsSection } from "#config/access-section";
import { apiSection } from "#config/api-section";
import { cameraSection } from "#config/camera-section";
import { doorSection } from "#config/door-section";
import { facesSection } from "#config/faces-section";
import { homeSection } from "#config/home-section";
import { httpSection } from "#config/http-section";
import { mqttSection } from "#config/mqtt-section";
import { policySection } from "#config/policy-section";
import { remoteSection } from "#config/remote-section";
import { schedulesSection } from "#config/schedule-section";
import { searchSection } from "#config/search-section";
import { siteSection } from "#config/site-section";
import { idKey, oneOf } from "#config/values";

/** Levels of the log, most talkative first. */
const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

const logSection = z.strictObject({
  level: oneOf(LOG_LEVELS, { description: "What is written to the log.", reload: "restart-part" }).prefault("info"),
});

/** The whole file, as it is written: snake_case keys, durations as text, secrets by name. */
export const configSchema = z.strictObject({
  site: siteSection.meta({ description: "The place." }).prefault({}),
  cameras: z
    .record(idKey, cameraSection)
    .refine((cameras) => Object.keys(cameras).length > 0, { error: "needs at least one camera" })
    .meta({ description: "The cameras, each under a name of your choice." }),
  doors: z
    .record(idKey, doorSection)
    .refine((doors) => Object.keys(doors).length > 0, { error: "needs at least one door" })
    .meta({ description: "The doors, each under a name of your choice." }),
  interlocks: z
    .array(z.array(idKey).min(2, { error: "needs at least two doors" }), { error: "must be a list of lists of doors" })
    .meta({
      description: "Groups of doors of which one opens only while all the others are known to be shut.",
      reload: "restart-part",
      computed_default: "none",
    })
    .optional(),
  policy: policySection.meta({ description: "What it takes to be let in; a door may differ." }).prefault({}),
  schedules: schedulesSection
    .meta({ description: "Hours, each under a name of your choice. always and never are there anyway." })
    .prefault({}),
  groups: groupsSection.meta({ description: "What holds for the people of a collection, by its code." }).prefault({}),
  persons: personsSection
    .meta({ description: "What holds for single people, by id or exact name; beats what is said of their groups." })
    .prefault({}),
  search: searchSection.meta({ description: "How a face is looked up among the enrolled people." }).prefault({}),
  faces: facesSection.meta({ description: "Which faces are good enough to be judged." }).prefault({}),
  mqtt: mqttSection.meta({ description: "The MQTT broker that doors and home automation listen on." }).prefault({}),
  home_assistant: homeSection.meta({ description: "What Home Assistant is told, over the same broker." }).prefault({}),
  remote: remoteSection
    .meta({ description: "Who may ask from afar for doors to be opened.", computed_default: "nobody" })
    .optional(),
  api: apiSection
    .meta({ description: "The search API, for other programs on this computer.", computed_default: "no API" })
    .optional(),
  http: httpSection
    .meta({ description: "The console: what Limen sees and does, in a browser.", computed_default: "no console" })
    .optional(),
  log: logSection.meta({ description: "The log." }).prefault({}),
});

/** A file that has passed: defaults filled in, durations in ms, secrets not yet looked up. */
export type ParsedFile = z.output<typeof configSchema>;
