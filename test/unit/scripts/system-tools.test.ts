import { describe, expect, it } from "vitest";
import { GSTREAMER } from "../../../scripts/gstreamer.mjs";
import { installCommand, missingTools, planTools, searchPath } from "../../../scripts/system-tools.mjs";

const NOWHERE = ["/nonexistent"];
const everything = missingTools({ compile: true, tests: false, extra: [GSTREAMER], folders: NOWHERE });
const withoutCompiler = missingTools({ compile: false, tests: false, extra: [], folders: NOWHERE });
const compilerOnly = everything.filter((tool) => tool.compilerOnly);

describe("the search for system tools", () => {
  it("asks for a compiler only when npm packages will be installed", () => {
    expect(withoutCompiler.map((tool) => tool.name)).toEqual(["ffmpeg", "mosquitto"]);
    expect(compilerOnly.map((tool) => tool.name)).toEqual(["python3", "make", "g++"]);
  });

  it("asks for a browser only when the tests will be run", () => {
    const forTests = missingTools({ compile: false, tests: true, extra: [], folders: NOWHERE });
    expect(forTests.map((tool) => tool.name)).toEqual(["ffmpeg", "mosquitto", "chromium", "systemd-analyze", "strace"]);
  });

  it("looks in the sbin folders too, where a plain user's PATH does not", () => {
    expect(searchPath({ PATH: "/home/a/bin:/usr/bin" })).toEqual([
      "/home/a/bin",
      "/usr/bin",
      "/usr/local/sbin",
      "/usr/sbin",
      "/sbin",
    ]);
    expect(searchPath({})).toEqual(["/usr/local/sbin", "/usr/sbin", "/sbin"]);
  });
});

describe("the plan for missing tools", () => {
  it("is to do nothing when nothing is missing, whoever asks", () => {
    for (const may of ["root", "sudo", "no"] as const) {
      expect(planTools({ missing: [], apt: true, may })).toEqual({ kind: "nothing" });
    }
  });

  it("is to install everything at once as root, and through sudo where that asks no password", () => {
    const asRoot = planTools({ missing: everything, apt: true, may: "root" });
    expect(asRoot).toMatchObject({ kind: "install", asRoot: true });
    expect(asRoot.kind === "install" && asRoot.packages).toEqual([
      "ffmpeg",
      "mosquitto",
      "python3",
      "make",
      "g++",
      ...GSTREAMER.packages,
    ]);
    expect(planTools({ missing: withoutCompiler, apt: true, may: "sudo" })).toEqual({
      kind: "install",
      asRoot: false,
      packages: ["ffmpeg", "mosquitto"],
    });
  });

  it("is to stop with the exact command, compiler included, for a user who may not install", () => {
    const plan = planTools({ missing: everything, apt: true, may: "no" });
    const error = plan.kind === "stop" ? plan.error : undefined;
    expect(error?.code).toBe("SETUP_TOOL_MISSING");
    expect(error?.message).toContain("ffmpeg, mosquitto, GStreamer's RTSP server for Python");
    expect(error?.hint).toContain(
      `\n    sudo apt-get update && sudo apt-get install -y --no-install-recommends ffmpeg mosquitto python3 make g++ ${GSTREAMER.packages.join(" ")}`,
    );
  });

  it("is to go on without a compiler where it may not be installed: a ready-made binary may come", () => {
    expect(planTools({ missing: compilerOnly, apt: true, may: "no" })).toEqual({ kind: "nothing" });
  });

  it("names no apt command on a system without apt", () => {
    const plan = planTools({ missing: withoutCompiler, apt: false, may: "root" });
    const error = plan.kind === "stop" ? plan.error : undefined;
    expect(error?.message).toContain("ffmpeg, mosquitto");
    expect(error?.hint).not.toContain("apt");
  });

  it("installs nothing that a package recommends", () => {
    expect(installCommand(["ffmpeg"])).toBe(
      "sudo apt-get update && sudo apt-get install -y --no-install-recommends ffmpeg",
    );
  });
});
