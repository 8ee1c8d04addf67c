import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Role } from "#core/role";
import type { Account } from "#ports/account-store";

/** What hono knows of a request to the console. */
export type ConsoleEnv = { Bindings: HttpBindings; Variables: { account: Account } };

/** One address behind the sign-in, and who may use it. Every one stands in a list, so that a test can try each with each role. */
export interface ConsoleRoute {
  readonly method: "get" | "post";
  readonly path: string;
  readonly needs: Role;
  /** Bytes of body that are read, where there is one; 16 kB by default. */
  readonly maxBytes?: number;
  readonly handle: (c: Context<ConsoleEnv>) => Response | Promise<Response>;
}
