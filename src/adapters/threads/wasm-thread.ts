import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { LimenError, messageOf } from "#errors";
import type { WasmThread, WasmThreadOrder } from "#ports/wasm-thread";

/**
 * All the thread does. Given as text, because the same text runs from the compiled program and from the sources under test, and
 * because it needs nothing of Limen: everything it works on arrives as a compiled module and shared memory.
 */
const PROGRAM = `
  const { parentPort, workerData: { module, memory, entry } } = require("node:worker_threads");
  const run = new WebAssembly.Instance(module, { env: { memory } }).exports[entry];
  parentPort.on("message", (argument) => parentPort.postMessage(run(argument)));
  parentPort.postMessage("ready");
`;

/** The thread needs next to no JavaScript memory of its own. */
const HEAP_MB = 16;

function failed(what: string, cause?: unknown): LimenError {
  return new LimenError("LIMEN_SEARCH_FAILED", `the search thread ${what}`, {
    hint: "it is started again with the next search; if it keeps failing, the machine is short of memory",
    cause,
  });
}

/** Starts a thread that keeps nobody's process alive. Throws LIMEN_SEARCH_FAILED when it cannot start. */
export async function startWasmThread({ module, memory, entry }: WasmThreadOrder): Promise<WasmThread> {
  const worker = new Worker(PROGRAM, {
    eval: true,
    execArgv: [],
    env: {},
    workerData: { module, memory, entry },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  let ended: LimenError | undefined;
  let pending: { resolve: (result: number) => void; reject: (error: LimenError) => void } | undefined;
  const end = (error: LimenError): void => {
    ended ??= error;
    pending?.reject(ended);
    pending = undefined;
  };
  worker.on("error", (error: unknown) => end(failed(`failed: ${messageOf(error)}`, error)));
  worker.on("exit", () => end(failed("has ended")));
  try {
    await once(worker, "message");
  } catch (cause) {
    throw failed(`could not start: ${messageOf(cause)}`, cause);
  }
  worker.on("message", (result: number) => {
    pending?.resolve(result);
    pending = undefined;
    worker.unref();
  });
  worker.unref();

  return {
    run(argument) {
      return new Promise((resolve, reject) => {
        if (ended !== undefined || pending !== undefined) {
          reject(ended ?? failed("is busy"));
          return;
        }
        pending = { resolve, reject };
        worker.ref();
        worker.postMessage(argument);
      });
    },

    async [Symbol.asyncDispose]() {
      end(failed("was stopped"));
      await worker.terminate();
    },
  };
}
