import { env } from "node:process";
import type * as Onnx from "onnxruntime-node";
import { LimenError, messageOf } from "#errors";

/**
 * Loads onnxruntime with its telemetry off. Since 1.29 the official Linux and macOS binaries collect usage data by default: they
 * write a device id and a database under ~/.cache and send to a Microsoft collector. The only complete switch is this variable,
 * read once when the runtime starts, so it is set here, before the first import, and not left to whoever starts Limen.
 * (It reaches the native code from the main thread only: a worker's environment is a copy.) Throws LIMEN_MODEL_RUN.
 */
export async function loadRuntime(): Promise<typeof Onnx> {
  env["ORT_DISABLE_TELEMETRY"] = "1";
  try {
    return await import("onnxruntime-node");
  } catch (cause) {
    throw new LimenError("LIMEN_MODEL_RUN", `onnxruntime cannot be loaded: ${messageOf(cause)}`, {
      hint: "run `npm run setup`; it needs a 64-bit x86 or ARM Linux, macOS or Windows",
      cause,
    });
  }
}
