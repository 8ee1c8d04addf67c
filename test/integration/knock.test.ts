import { createServer } from "node:net";
import { expect, test } from "vitest";
import { knock } from "#adapters/ffmpeg/knock";

const patient = new AbortController().signal;

/** A listener on a free loopback port, and what it was sent. */
async function openListener() {
  const heard: Buffer[] = [];
  const server = createServer((socket) => socket.on("data", (chunk) => heard.push(chunk)).on("error", () => undefined));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { port, heard, close: () => new Promise((resolve) => server.close(resolve)) };
}

test("somebody who listens is there, and is told nothing; nobody is not", async () => {
  const { port, heard, close } = await openListener();
  expect(await knock(`rtsp://127.0.0.1:${port}/stream`, patient)).toBeNull();
  expect(heard).toEqual([]);
  await close();
  expect(await knock(`rtsp://127.0.0.1:${port}/stream`, patient)).toMatchObject({ code: "ECONNREFUSED" });
});

test("an address with no port is asked at the protocol's own", async () => {
  expect(await knock("rtsp://127.0.0.1/stream", patient)).toMatchObject({ port: 554 });
  expect(await knock("rtsps://[::1]/stream", patient)).toMatchObject({ port: 322 });
});

test("a name that does not resolve is a reason like any other; an abort ends the wait; no address is refused", async () => {
  expect(await knock("rtsp://nosuch.invalid/stream", patient)).toBeInstanceOf(Error);
  await expect(knock("rtsp://127.0.0.1:9/stream", AbortSignal.abort(new Error("stop")))).rejects.toThrow("stop");
  await expect(knock("file:///etc/passwd", patient)).rejects.toMatchObject({ code: "LIMEN_CONFIG_INVALID" });
});
