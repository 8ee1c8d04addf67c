import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openMqttConnection } from "#adapters/mqtt/connection";
import { controllerTopics } from "#adapters/mqtt/topics";
import { openMosquitto } from "#demo/broker";
import { freePort } from "#demo/free-port";
import { RecordingLogger } from "../fakes/quiet.js";
import { type Certificate, selfSigned } from "../fixtures/certificate.js";
import { disposeAfterEach, folderUntilLater } from "../fixtures/dispose-after-each.js";
import { openOutsider } from "../fixtures/outsider.js";
import { until } from "../fixtures/until.js";

const COMMAND = controllerTopics("limen", "front").command;
const later = disposeAfterEach();
let directory = "";
beforeEach(async () => {
  directory = await folderUntilLater(later, "limen-tls-");
});

/** A broker with a TLS listener of this certificate beside its plain one, and somebody there who hears everything. */
async function tlsBroker({ cert, key }: Certificate, extra: readonly string[] = []) {
  const file = (name: string): string => join(directory, name);
  await writeFile(file("cert.pem"), cert);
  await writeFile(file("key.pem"), key, { mode: 0o600 });
  const port = await freePort("127.0.0.1");
  const lines = [`listener ${port} 127.0.0.1`, `certfile ${file("cert.pem")}`, `keyfile ${file("key.pem")}`, ...extra];
  const broker = later(await openMosquitto({ directory, extraConfig: lines.join("\n") }));
  return { broker, port, outsider: later(await openOutsider(broker)) };
}

type Tls = { readonly ca?: string; readonly cert?: string; readonly key?: string };

async function connectionTo(port: number, user: { username: string; password: string }, tls: Tls, scheme = "mqtts") {
  return later(
    await openMqttConnection({
      url: `${scheme}://127.0.0.1:${port}`,
      username: user.username,
      password: user.password,
      clientId: "limen-tls-control",
      name: "control",
      tls,
      clock: systemClock,
      logger: new RecordingLogger(),
    }),
  );
}

describe("a broker that cannot be trusted is given nothing", () => {
  it("the right certificate connects and carries a command", async () => {
    const made = selfSigned("127.0.0.1");
    const { broker, port, outsider } = await tlsBroker(made);
    const connection = await connectionTo(port, broker.users[0], { ca: made.cert });
    await until("it is online", () => connection.isOnline(), 15_000);
    expect(await connection.publishCommand(COMMAND, "x", 2)).toBe(true);
    await until("the command came", () => outsider.on(COMMAND).length === 1, 5000);
  });

  const expired = selfSigned("127.0.0.1", new Date(Date.now() - 86_400_000));
  const elsewhere = selfSigned("other.example");
  const good = selfSigned("127.0.0.1");
  it.each([
    ["expired", expired, expired.cert, /new certificate/],
    ["for another host", elsewhere, elsewhere.cert, /name that stands in the broker's certificate/],
    ["of another authority", good, selfSigned("127.0.0.1").cert, /mqtt\.ca/],
  ])("a certificate %s: refused with what to do, and nothing is sent in any other way", async (_, made, ca, hint) => {
    const { broker, port, outsider } = await tlsBroker(made);
    const connection = await connectionTo(port, broker.users[0], { ca });
    await until("it was refused", () => connection.fault()?.code === "LIMEN_BROKER_REFUSED", 15_000);
    expect(connection.fault()?.hint).toMatch(hint);
    for (let i = 0; i < 10; i++) {
      expect(await connection.publishCommand(COMMAND, "x", 2)).toBe(false);
      await systemClock.sleep(200);
    }
    expect(connection.isOnline()).toBe(false);
    expect(outsider.on(COMMAND)).toEqual([]);
  });

  it("a broker that asks for a client certificate: refused without it, let in with it", async () => {
    const made = selfSigned("127.0.0.1");
    const own = selfSigned("limen");
    await writeFile(join(directory, "clients.pem"), own.cert);
    const { broker, port } = await tlsBroker(made, [
      `cafile ${join(directory, "clients.pem")}`,
      "require_certificate true",
    ]);
    const without = await connectionTo(port, broker.users[0], { ca: made.cert });
    await until("a reason is known", () => !/not connected yet/.test(without.fault()?.message ?? ""), 15_000);
    expect(without.isOnline()).toBe(false);
    const connection = await connectionTo(port, broker.users[0], { ca: made.cert, ...own });
    await until("it is online", () => connection.isOnline(), 15_000);
    expect(without.isOnline()).toBe(false);
  });

  it("mqtts is never spoken in plain text: a listener of bytes hears a TLS hello and nothing of the password", async () => {
    const heard: Buffer[] = [];
    const server = createServer((socket) => socket.on("data", (bytes) => heard.push(bytes)).on("error", () => {}));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const connection = await connectionTo(port, { username: "limen", password: "open-sesame-1" }, {});
    await until("it spoke", () => heard.length > 0, 10_000);
    await connection[Symbol.asyncDispose]();
    server.close();
    const bytes = Buffer.concat(heard);
    // TLS record type 22 is a handshake.
    expect(bytes[0]).toBe(22);
    expect(bytes.includes("open-sesame-1")).toBe(false);
  });
});

describe("a broker whose access rules refuse the command", () => {
  it("the command reaches nobody, then or after the broker is back", async () => {
    const password = "a-password-of-the-test";
    const broker = later(
      await openMosquitto({
        directory,
        users: [
          { username: "watcher", password },
          { username: "limen", password, acl: ["topic read limen/#"] },
        ],
      }),
    );
    const outsider = later(await openOutsider(broker));
    const connection = await connectionTo(broker.port, { username: "limen", password }, {}, "mqtt");
    await until("it is online", () => connection.isOnline(), 15_000);
    await connection.publishCommand(COMMAND, "x", 2);
    await systemClock.sleep(500);
    await broker.restart();
    await until("it is online again", () => connection.isOnline(), 15_000);
    await systemClock.sleep(1000);
    expect(outsider.on(COMMAND)).toEqual([]);
  });
});
