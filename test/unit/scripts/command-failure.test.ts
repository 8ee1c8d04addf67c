import { describe, expect, it } from "vitest";
import { classifyAptFailure, classifyNpmFailure } from "../../../scripts/command-failure.mjs";

const PREBUILT_FAILED = "npm error prebuild-install warn install getaddrinfo ENOTFOUND downloads.example";

const NPM: [what: string, output: string, code: string, says: RegExp][] = [
  ["a refused connection", "npm error code ECONNREFUSED\nnpm error syscall connect", "SETUP_NETWORK", /reached/],
  ["a name that does not resolve", "npm error code EAI_AGAIN", "SETUP_NETWORK", /reached/],
  ["an empty cache when offline", "npm error code ENOTCACHED", "SETUP_NETWORK", /reached/],
  ["an untrusted certificate", "npm error code SELF_SIGNED_CERT_IN_CHAIN", "SETUP_NETWORK", /certificate/],
  ["a registry that wants a login", "npm error code E401", "SETUP_NETWORK", /refused access/],
  [
    "an incomplete mirror",
    "npm error code E404\nnpm error 404 Not Found - GET http://m.example/zod",
    "SETUP_NETWORK",
    /have/,
  ],
  ["a full disk", "npm error code ENOSPC\nnpm error syscall write", "SETUP_DISK", /full/],
  [
    "a full disk while compiling",
    "npm error gyp ERR! stack Error: ENOSPC: no space left on device, write",
    "SETUP_DISK",
    /full/,
  ],
  ["an altered package", "npm error code EINTEGRITY", "SETUP_HASH", /lockfile/],
  ["a folder of somebody else", "npm error code EACCES\nnpm error syscall mkdir", "SETUP_PERMISSION", /write/],
  ["npm not being there", "spawn npm ENOENT\n", "SETUP_TOOL_MISSING", /PATH/],
  ["a lockfile that does not fit", "npm error code EUSAGE\nnpm error Missing: zod@4", "SETUP_INSTALL", /npm ci failed/],
  [
    "no Python",
    `${PREBUILT_FAILED}\nnpm error gyp ERR! stack Error: Could not find any Python installation to use`,
    "SETUP_COMPILER_MISSING",
    /compiler/,
  ],
  [
    "no make",
    `${PREBUILT_FAILED}\nnpm error gyp ERR! stack Error: not found: make`,
    "SETUP_COMPILER_MISSING",
    /compiler/,
  ],
  [
    "no C++ compiler",
    `${PREBUILT_FAILED}\nnpm error make: cc: No such file or directory\nnpm error gyp ERR! build error`,
    "SETUP_COMPILER_MISSING",
    /compiler/,
  ],
  [
    "a compiler that ran out of memory",
    `${PREBUILT_FAILED}\nnpm error g++: fatal error: Killed signal terminated program cc1plus\nnpm error gyp ERR! build error`,
    "SETUP_INSTALL",
    /could not be compiled/,
  ],
  [
    "headers that could not be fetched, with a compiler there",
    `${PREBUILT_FAILED}\nnpm error gyp info find Python using Python version 3.11.2\nnpm error gyp ERR! configure error`,
    "SETUP_NETWORK",
    /header files/,
  ],
];

describe("the cause of a failed npm command", () => {
  const context = { task: "npm ci", compilerCommand: "sudo apt-get install g++", details: ["the last line"] };

  it.each(NPM)("%s", (_what, output, code, says) => {
    const error = classifyNpmFailure(output, context);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(says);
    expect(error.hint).toContain("run the same command again");
    expect(error.details).toEqual(["the last line"]);
  });

  it("comes with the command that installs a compiler when that is what is missing", () => {
    expect(classifyNpmFailure("gyp ERR! stack Error: not found: make", context).hint).toMatch(
      /\n {4}sudo apt-get install g\+\+$/,
    );
  });
});

const APT: [what: string, output: string, code: string][] = [
  ["no network", "W: Failed to fetch http://deb.example/InRelease  Unable to connect to deb.example", "SETUP_NETWORK"],
  ["no name server", "Err:1 http://deb.example Temporary failure resolving 'deb.example'", "SETUP_NETWORK"],
  [
    "a full disk",
    "E: You don't have enough free space in /var/cache/apt/archives/. No space left on device",
    "SETUP_DISK",
  ],
  [
    "an interrupted installation",
    "E: dpkg was interrupted, you must manually run 'dpkg --configure -a'",
    "SETUP_TOOL_INSTALL",
  ],
  ["another apt at work", "E: Could not get lock /var/lib/dpkg/lock-frontend", "SETUP_TOOL_INSTALL"],
  ["a package that this Debian lacks", "E: Unable to locate package gstreamer1.0-rtsp", "SETUP_TOOL_INSTALL"],
];

describe("the cause of a failed apt-get", () => {
  it.each(APT)("%s", (_what, output, code) => {
    const error = classifyAptFailure(output, "sudo apt-get install x", []);
    expect(error.code).toBe(code);
    expect(error.hint).toContain("run the same command again");
  });
});
