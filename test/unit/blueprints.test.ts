import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { devicesOf } from "#adapters/homeassistant/discovery";
import { EVENT_TYPES } from "#adapters/homeassistant/door-components";
import { doorEventMessage } from "#adapters/mqtt/payload";
import { DENY_REASONS } from "#core/reason";
import { decisionRecord } from "../fakes/decision-records.js";

const FOLDER = fileURLToPath(new URL("../../blueprints/automation/limen/", import.meta.url));

/** What an input's selector asks for. */
const filter = z.object({ integration: z.string().optional(), domain: z.string() });
const blueprint = z.object({
  blueprint: z.object({
    name: z.string().startsWith("Limen: "),
    description: z.string().min(20),
    domain: z.literal("automation"),
    author: z.string(),
    homeassistant: z.object({ min_version: z.string().regex(/^20\d\d\.\d+\.\d+$/) }),
    input: z.record(
      z.string(),
      z.object({
        name: z.string(),
        selector: z.union([
          z.object({ entity: z.object({ filter: z.array(filter).min(1), multiple: z.boolean().optional() }) }),
          z.object({ target: z.object({ entity: z.array(filter).min(1) }) }),
          z.object({ action: z.object({}) }),
        ]),
      }),
    ),
  }),
  mode: z.enum(["single", "queued"]),
  triggers: z.array(z.object({ trigger: z.literal("state"), entity_id: z.string() })).min(1),
  conditions: z.array(z.object({ condition: z.enum(["template", "state"]) })),
  actions: z.array(z.object({})).min(1),
});

const FILES = readdirSync(FOLDER).filter((file) => file.endsWith(".yaml"));
const read = (file: string) => {
  const used = new Set<string>();
  const text = readFileSync(FOLDER + file, "utf8");
  const tag = {
    tag: "!input",
    resolve(name: string) {
      used.add(name);
      return name;
    },
  };
  return { text, used, ...blueprint.parse(parse(text, { customTags: [tag] })) };
};
const platforms = new Map(
  devicesOf({
    ...{ instance: "01234567", version: "0.1.0", name: "x", prefix: "limen", cameras: ["porch"], snapshots: true },
    remote: { control: true },
    doors: [{ id: "front", remote: { unlock: true, control: true, test: true } }],
  }).flatMap(({ payload }) => Object.values(payload.cmps).map((part) => [String(part["name"]), part.p] as const)),
);

describe("the blueprints", () => {
  it("are three", () => {
    expect(FILES).toHaveLength(3);
  });

  it.each(FILES)("%s is whole, and uses each of its inputs", (file) => {
    const { used, blueprint: head } = read(file);
    expect([...used].sort()).toEqual(Object.keys(head.input).sort());
  });

  it.each(FILES)("%s asks only for entities that Limen shows", (file) => {
    for (const { name, selector } of Object.values(read(file).blueprint.input)) {
      if (!("entity" in selector)) continue;
      for (const { integration, domain } of selector.entity.filter)
        if (integration === "mqtt") expect(platforms.get(name)).toBe(domain);
    }
  });

  it.each(FILES)("%s knows only events, reasons and attributes that there are", (file) => {
    const { text } = read(file);
    const types = [...text.matchAll(/event_type == '([a-z_]+)'/g)].map(([, type]) => type ?? "");
    for (const type of types) expect(EVENT_TYPES).toContain(type);
    const [, list = ""] = /reason in \[([^\]]*)\]/.exec(text) ?? [];
    for (const [, reason] of list.matchAll(/'([a-z_]+)'/g)) expect(DENY_REASONS).toContain(reason);
    const attributes = [...text.matchAll(/attributes\.([a-z_]+)/g)].map(([, attribute]) => attribute ?? "");
    const keys = Object.keys(doorEventMessage(decisionRecord()));
    expect(attributes.filter((attribute) => !keys.includes(attribute))).toEqual([]);
  });
});
