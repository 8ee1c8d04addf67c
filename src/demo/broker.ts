import { type ChildProcess, spawn } from "node:child_process";
import { pbkdf2Sync, randomBytes } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "#demo/free-port";
import { LimenError } from "#errors";

export interface BrokerUser {
  readonly username: string;
  readonly password: string;
  /** Lines of Mosquitto's access file for this user, e.g. `topic readwrite limen/#`. */
  readonly acl?: readonly string[];
}

export interface MosquittoOptions {
  /** Where its private folder is made. */
  readonly directory: string;
  /** A fixed port fails when it is taken; without one a free port is found. */
  readonly port?: number;
  readonly listenHost?: string;
  /** Who may connect; nobody else may. Without this, one user with a password of its own is made. */
  readonly users?: readonly [BrokerUser, ...BrokerUser[]];
  readonly extraConfig?: string;
  readonly signal?: AbortSignal;
}

export interface Mosquitto extends AsyncDisposable {
  /** mqtt://host:port, the same over restarts. */
  readonly url: string;
  readonly port: number;
  /** Who may connect. */
  readonly users: readonly [BrokerUser, ...BrokerUser[]];
  pid(): number | null;
  /** Ends it politely (SIGTERM) or, with SIGKILL, as a crash would; resolves when it is gone. */
  stop(how?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Starts it again on the same port; with nothing remembered. */
  restart(): Promise<void>;
}

const START_TIMEOUT_MS = 5000;
const STOP_TIMEOUT_MS = 3000;
const PORT_TRIES = 5;
const INSTALL_HINT = "install it, e.g. `apt install mosquitto`, `apk add mosquitto` or `brew install mosquitto`";

/** Debian and others keep daemons where ordinary users' PATH does not look. */
export function findMosquitto(path: string): string {
  for (const folder of [...path.split(delimiter), "/usr/sbin", "/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"]) {
    const file = join(folder, "mosquitto");
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {}
  }
  throw new LimenError("LIMEN_BROKER_MISSING", "the MQTT broker mosquitto is not installed", { hint: INSTALL_HINT });
}

/** Mosquitto's own format for a password at rest: `$7$iterations$salt$PBKDF2-SHA512`; made here so that none is ever in argv. */
function passwordLine({ username, password }: BrokerUser): string {
  const salt = randomBytes(12);
  const hash = pbkdf2Sync(password, salt, 101, 64, "sha512");
  return `${username}:$7$101$${salt.toString("base64")}$${hash.toString("base64")}`;
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/**
 * A real Mosquitto of one's own, for the demo and for tests: loopback unless told otherwise, password required, nothing
 * persistent, configuration in a 0700 folder that goes when it is disposed of. Resolves once it accepts connections.
 * Throws LIMEN_BROKER_MISSING when it is not installed, LIMEN_BROKER_REFUSED when it does not start.
 */
export async function openMosquitto(options: MosquittoOptions): Promise<Mosquitto> {
  const { signal } = options;
  const users = options.users ?? [{ username: "limen", password: randomBytes(18).toString("base64url") }];
  const host = options.listenHost ?? "127.0.0.1";
  const program = findMosquitto(process.env["PATH"] ?? "");
  const folder = await mkdtemp(join(options.directory, "mosquitto-"));
  let child: ChildProcess | null = null;
  let lastWords = "";

  const configure = async (port: number): Promise<void> => {
    const acl = users.map((user) => [`user ${user.username}`, ...(user.acl ?? ["topic readwrite #"])].join("\n"));
    const { uid, username } = userInfo();
    const config = [
      `listener ${port} ${host}`,
      "allow_anonymous false",
      `password_file ${join(folder, "passwords")}`,
      `acl_file ${join(folder, "acl")}`,
      "persistence false",
      "set_tcp_nodelay true",
      "log_dest stderr",
      "log_type error",
      "log_type warning",
      // Started as root it would become a user who cannot read this folder.
      ...(uid === 0 ? [`user ${username}`] : []),
      options.extraConfig ?? "",
    ];
    const privately = { mode: 0o600 };
    await writeFile(join(folder, "passwords"), `${users.map(passwordLine).join("\n")}\n`, privately);
    await writeFile(join(folder, "acl"), `${acl.join("\n")}\n`, privately);
    await writeFile(join(folder, "mosquitto.conf"), `${config.join("\n")}\n`, privately);
  };

  const stop = async (how: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> => {
    const ending = child;
    if (ending === null || !isRunning(ending)) return;
    const gone = new Promise<void>((resolve) => ending.once("exit", () => resolve()));
    const hurry = setTimeout(() => ending.kill("SIGKILL"), STOP_TIMEOUT_MS);
    ending.kill(how);
    await gone;
    clearTimeout(hurry);
  };

  const start = async (port: number): Promise<void> => {
    const started = spawn(program, ["-c", join(folder, "mosquitto.conf")], { stdio: ["ignore", "ignore", "pipe"] });
    child = started;
    lastWords = "";
    started.stderr?.setEncoding("utf8").on("data", (text: string) => {
      lastWords = (lastWords + text).slice(-500);
    });
    started.once("error", (error) => {
      lastWords = error.message;
    });
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (isRunning(started) && started.pid !== undefined && Date.now() < deadline) {
      if (signal?.aborted) break;
      const answered = await accepts(host, port);
      // The pause also tells our broker from a stranger on the same port, beside which ours ends at once.
      await sleep(30);
      if (answered && isRunning(started)) return;
    }
    await stop("SIGKILL");
    signal?.throwIfAborted();
    throw new LimenError(
      "LIMEN_BROKER_REFUSED",
      `mosquitto did not start on ${host}:${port}: ${lastWords.trim() || "no reason given"}`,
      {
        hint: options.port === undefined ? "see its message above" : `is port ${port} taken? choose another`,
      },
    );
  };

  const startSomewhere = async (): Promise<number> => {
    for (let attempt = 1; ; attempt++) {
      const port = options.port ?? (await freePort(host));
      await configure(port);
      try {
        await start(port);
        return port;
      } catch (error) {
        // Another program may have taken the free port in between.
        if (options.port !== undefined || attempt === PORT_TRIES || !/address already in use/i.test(lastWords))
          throw error;
      }
    }
  };

  const discard = async (): Promise<void> => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const port = await startSomewhere();
    return {
      url: `mqtt://${host.includes(":") ? `[${host}]` : host}:${port}`,
      port,
      users,
      pid: () => (child !== null && isRunning(child) ? (child.pid ?? null) : null),
      stop,
      async restart() {
        await stop();
        await start(port);
      },
      [Symbol.asyncDispose]: discard,
    };
  } catch (error) {
    await discard();
    throw error;
  }
}
