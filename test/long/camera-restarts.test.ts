import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { locateFfmpeg } from "#adapters/ffmpeg/binary";
import { runRestarts } from "../fixtures/restart-run.js";
import { makeTestClip } from "../fixtures/test-clip.js";

test("a thousand restarts leave no child, no file descriptor and no memory behind", async () => {
  const directory = await mkdtemp(join(tmpdir(), "limen-restarts-"));
  const run = await runRestarts(1_000, await locateFfmpeg(), await makeTestClip(directory));
  await rm(directory, { recursive: true });
  process.stdout.write(`${JSON.stringify(run)}\n`);
  expect(run.restarts).toBeGreaterThanOrEqual(1_000);
  expect(run.late.children).toBe(run.early.children);
  expect(run.late.files).toBe(run.early.files);
  // This test's own log lines take a kilobyte a restart; a forgotten child's buffers would take sixty and more.
  expect(run.late.heapMb - run.early.heapMb).toBeLessThan(8);
  expect(run.late.rssMb - run.early.rssMb).toBeLessThan(60);
  expect(run.closed.children).toBe(0);
});
