import { isEncrypted, staysHere } from "#config/addresses";
import { error, type Finding, warning } from "#config/finding";
import type { ParsedFile } from "#config/schema";

/** Whether what is allowed from afar can be used, and by whom else. */
export function remoteFindings(file: ParsedFile): Finding[] {
  const signers = Object.keys(file.remote?.keys ?? {});
  const hasToken = Object.values(file.api?.tokens ?? {}).some(({ scopes }) => scopes.includes("unlock"));
  const hasWay = signers.length > 0 || hasToken || file.http !== undefined;
  const ofSite = file.remote?.control === true ? reachFindings(["remote", "control"], file) : [];
  const ofDoors = Object.entries(file.doors).flatMap(([id, { remote }]): Finding[] => {
    if (remote === undefined) return [];
    const at = ["doors", id, "remote"];
    const found: Finding[] = [];
    if (remote.unsigned && !remote.unlock) found.push(error([...at, "unsigned"], "does nothing without unlock: true"));
    if (remote.unlock && !remote.unsigned && !hasWay) {
      const message =
        "can be used by nobody: it takes the console, a key under remote.keys, or an API token with the scope unlock";
      found.push(warning([...at, "unlock"], message));
    }
    for (const key of ["unsigned", "control"] as const)
      if (remote[key]) found.push(...reachFindings([...at, key], file));
    return found;
  });
  return [...ofSite, ...ofDoors];
}

/** Messages that prove nothing are only as good as the broker's own door. */
function reachFindings(at: string[], { mqtt }: ParsedFile): Finding[] {
  if (!isEncrypted(mqtt.url) && !staysHere(mqtt.url)) {
    return [warning(at, "lets in whoever can listen on the network and learn the broker's password: use mqtts://")];
  }
  if (mqtt.username !== undefined) return [];
  return [
    warning(at, "lets in everybody on a broker without accounts: give it users and access rules (mqtt.username)"),
  ];
}
