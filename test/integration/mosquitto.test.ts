import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMosquitto } from "#demo/broker";
import { isAlive } from "../fixtures/child-processes.js";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-broker-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe("a Mosquitto of one's own", () => {
  it("lets in whoever has the password, nobody else, and leaves nothing behind", async () => {
    const broker = await openMosquitto({ directory });
    const [user] = broker.users;
    const options = { protocolVersion: 5, reconnectPeriod: 0 } as const;
    const client = await connectAsync(broker.url, { ...options, ...user });
    await client.endAsync();
    await expect(connectAsync(broker.url, { ...options, ...user, password: "wrong" })).rejects.toThrow(/authori/i);
    await expect(connectAsync(broker.url, options)).rejects.toThrow(/authori/i);

    const [folder = ""] = await readdir(directory);
    expect((await stat(join(directory, folder))).mode & 0o777).toBe(0o700);
    const pid = broker.pid() ?? 0;
    const seen =
      (await readFile(`/proc/${pid}/cmdline`, "utf8")) + (await readFile(join(directory, folder, "passwords"), "utf8"));
    expect(seen).not.toContain(user.password);

    await broker[Symbol.asyncDispose]();
    await broker[Symbol.asyncDispose]();
    expect(isAlive(pid)).toBe(false);
    expect(await readdir(directory)).toEqual([]);
  });

  it("comes back on the same port after a crash", async () => {
    const broker = await openMosquitto({ directory });
    const first = broker.pid();
    await broker.stop("SIGKILL");
    expect(broker.pid()).toBeNull();
    await broker.restart();
    expect(broker.pid()).not.toBe(first);
    const [user] = broker.users;
    await (await connectAsync(broker.url, { ...user, protocolVersion: 5, reconnectPeriod: 0 })).endAsync();
    await broker[Symbol.asyncDispose]();
  });

  it("says so when its port is taken, and cleans up", async () => {
    const broker = await openMosquitto({ directory });
    await expect(openMosquitto({ directory, port: broker.port })).rejects.toMatchObject({
      code: "LIMEN_BROKER_REFUSED",
      hint: expect.stringContaining(`${broker.port}`),
    });
    await broker[Symbol.asyncDispose]();
    expect(await readdir(directory)).toEqual([]);
  });
});
