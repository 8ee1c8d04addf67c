import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { locateFfmpeg, parseVersion } from "#adapters/ffmpeg/binary";

describe("the version", () => {
  test.each([
    ["ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026", 5, 1],
    ["ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright", 4, 4],
    ["ffmpeg version n7.1 Copyright", 7, 1],
    ["ffmpeg version 7.0.2-static https://example.org", 7, 0],
    ["ffmpeg version N-109468-gd39b34123d\nlibavformat    59. 34.102 / 59. 34.102", 5, 1],
    ["ffmpeg version N-1-gabc\nlibavformat    59. 16.100 / 59. 16.100", 5, 0],
    ["ffmpeg version N-1-gabc\nlibavformat    61.  1.100 / 61.  1.100", 7, 1],
  ])("%j is read", (output, major, minor) => {
    expect(parseVersion(output)).toMatchObject({ major, minor });
  });

  test("of something else is not made up", () => {
    expect(parseVersion("avconv 12")).toBeNull();
    expect(parseVersion("ffmpeg version unknown")).toBeNull();
  });
});

describe("finding ffmpeg", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "limen-path-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function install(text: string, mode = 0o755) {
    const path = join(directory, "ffmpeg");
    await writeFile(path, text);
    await chmod(path, mode);
    return path;
  }

  test("gives its path and version", async () => {
    const path = await install("#!/bin/sh\necho 'ffmpeg version 6.1.1-3ubuntu5 Copyright'\n");
    expect(await locateFfmpeg(`/nonexistent:${directory}`)).toEqual({ path, major: 6, version: "6.1.1-3ubuntu5" });
  });

  test("fails with a hint when there is none", async () => {
    const missing = { code: "LIMEN_FFMPEG_MISSING", hint: expect.stringContaining("apt-get install ffmpeg") };
    await expect(locateFfmpeg(directory)).rejects.toMatchObject(missing);
    await expect(locateFfmpeg("")).rejects.toMatchObject(missing);
  });

  test("fails when the one it finds does not run or is no ffmpeg", async () => {
    await install("#!/bin/sh\nexit 3\n");
    await expect(locateFfmpeg(directory)).rejects.toMatchObject({ code: "LIMEN_FFMPEG_MISSING" });
    await install("#!/bin/sh\necho hello\n");
    await expect(locateFfmpeg(directory)).rejects.toMatchObject({ code: "LIMEN_FFMPEG_VERSION" });
  });

  test.each(["4.4.2", "5.0.1"])("refuses ffmpeg %s as too old", async (version) => {
    await install(`#!/bin/sh\necho 'ffmpeg version ${version} Copyright'\n`);
    await expect(locateFfmpeg(directory)).rejects.toMatchObject({ code: "LIMEN_FFMPEG_VERSION" });
  });
});
