import { expect, it } from "vitest";
import { openHomeRegistry } from "../fixtures/home-registry.js";
import { openOutsider } from "../fixtures/outsider.js";
import { openSite } from "../fixtures/site.js";
import { until } from "../fixtures/until.js";

/** Nobody listens there: the camera's trouble is part of what is to be seen. */
const NO_CAMERA = "rtsp://127.0.0.1:9/stream";

it("the daemon shows itself in Home Assistant, with the same entities after it was killed and started again", async () => {
  await using site = await openSite(NO_CAMERA);
  await using home = await openHomeRegistry(site.broker);
  await using outsider = await openOutsider(site.broker, "limen/#");
  const last = (topic: string): string | undefined => outsider.on(topic).at(-1)?.payload;
  let entities: string[];
  {
    await using _limen = site.startDaemon();
    await until("gateway, door and camera are known", () => home.devices().length === 3, 60_000);
    entities = home.entities();
    const isReader = (topic: string): boolean => /^limen\/reader\/[a-z0-9_-]+\/connected$/.test(topic);
    await until("the camera's trouble is told", () => outsider.heard.some(({ topic }) => isReader(topic)), 20_000);
    expect(outsider.heard.find(({ topic }) => isReader(topic))).toMatchObject({ payload: "OFF", retain: true });
    await until("people are counted", () => last("limen/people") === "1", 20_000);
    expect(last("limen/problem")).toBe("ON");
  }
  await until("the broker says that it is gone", () => last("limen/status") === "offline", 20_000);
  const told = home.messages();
  await using _again = site.startDaemon();
  await until("it has told all again", () => home.messages() >= told + 3, 60_000);
  expect(home.entities()).toEqual(entities);
  expect(home.created()).toBe(entities.length);
  expect(home.faults).toEqual([]);
});
