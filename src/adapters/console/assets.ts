import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Asset {
  readonly type: string;
  readonly text: string;
  readonly etag: string;
}

const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";
const OWN = [
  ["console.css", STYLE],
  ["overview.js", SCRIPT],
  ["live.js", SCRIPT],
  ["door.js", SCRIPT],
  ["marks.js", SCRIPT],
] as const;

function assetOf(type: string, text: string): Asset {
  return { type, text, etag: `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"` };
}

/** Everything the pages load, by name. All of it is served from here; nothing comes from elsewhere. */
export async function loadAssets(folder: string): Promise<ReadonlyMap<string, Asset>> {
  const assets = new Map<string, Asset>();
  for (const [name, type] of OWN) assets.set(name, assetOf(type, await readFile(join(folder, name), "utf8")));
  const player = await readFile(fileURLToPath(import.meta.resolve("@cycjimmy/jsmpeg-player")), "utf8");
  // On loading it adds a style element for a part that is not used here; the pages allow none.
  assets.set("jsmpeg.js", assetOf(SCRIPT, player.replace(/^styleInject\(css_\w+\);$/m, "")));
  return assets;
}
