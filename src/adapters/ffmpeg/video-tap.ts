import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPacketCutter } from "#adapters/ffmpeg/ts-packets";
import { codeOf, messageOf } from "#errors";
import type { Logger } from "#ports/logger";

export interface VideoTap {
  /** Path of a unix socket that is being listened on; null (said once) when there can be none, for the door matters more. */
  listen(): Promise<string | null>;
  /** Closes the socket and removes it; a later `listen` makes a new one. */
  close(): Promise<void>;
}

interface Listener {
  readonly server: Server;
  readonly directory: string;
  readonly path: string;
}

/**
 * Where ffmpeg pours its second output: a unix socket in a folder of its own that only this user may enter (0700). It is drained
 * whatever becomes of the video, because an ffmpeg that waits for one output stops the other one too. One stream at a time: a
 * newer one replaces the older. It outlives every ffmpeg; nothing exists before the first `listen()`.
 */
export function openVideoTap(feed: { push(packets: Uint8Array): void }, logger: Logger): VideoTap {
  const cutter = openPacketCutter((packets) => feed.push(packets));
  let current: Socket | null = null;
  let listener: Promise<Listener> | null = null;
  let hasFault = false;

  function accept(socket: Socket): void {
    current?.destroy();
    current = socket;
    cutter.restart();
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      if (socket === current) cutter.push(chunk);
    });
    socket.on("close", () => {
      if (socket === current) current = null;
    });
  }

  return {
    async listen() {
      listener ??= open(accept);
      try {
        const { path } = await listener;
        hasFault = false;
        return path;
      } catch (error) {
        listener = null; // the next attempt may find the disk in a better state
        if (!hasFault)
          logger.warn({ code: codeOf(error) }, `No live picture, there is no socket for it: ${messageOf(error)}`);
        hasFault = true;
        return null;
      }
    },
    async close() {
      const opened = await listener?.catch(() => null);
      listener = null;
      if (!opened) return;
      const closed = new Promise<void>((resolve) => opened.server.close(() => resolve()));
      current?.destroy();
      await closed;
      await rm(opened.directory, { recursive: true, force: true });
    },
  };
}

async function open(accept: (socket: Socket) => void): Promise<Listener> {
  const directory = await mkdtemp(join(tmpdir(), "limen-video-")); // made 0700
  const path = join(directory, "ts");
  const server = createServer(accept);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
  // Accepting can fail later (no file descriptors left): the ffmpeg concerned ends and is tried again.
  server.on("error", () => undefined);
  return { server, directory, path };
}
