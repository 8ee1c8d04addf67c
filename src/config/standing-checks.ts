import { contactFault } from "#config/contact-section";
import type { KeyPath } from "#config/problem";
import type { ParsedFile } from "#config/schema";
import { policyOf } from "#config/to-config";
import { formatDuration } from "#config/units";
import { suggestion } from "#config/wording";
import { nearest } from "#core/nearest";

interface Found {
  readonly path: KeyPath;
  readonly message: string;
  readonly severity: "error" | "warning";
}

/** Contradictions in what doors remember and know of each other: lock-outs, anti-passback, interlocks. */
export function standingFindings(file: ParsedFile): Found[] {
  return [...contactFindings(file), ...interlockFindings(file), ...lockOutFindings(file), ...passbackFindings(file)];
}

function contactFindings({ doors }: ParsedFile): Found[] {
  const owners = new Map<string, string>();
  return Object.entries(doors).flatMap(([id, { contact }]) => {
    if (contact === undefined) return [];
    const at = ["doors", id, "contact"];
    const fault = contactFault(contact);
    if (fault !== null) return [error([...at, fault.key], fault.message)];
    const place = `${contact.topic} ${contact.key ?? ""}`;
    const owner = owners.get(place);
    owners.set(place, id);
    return owner === undefined ? [] : [error(at, `is the contact of the door ${owner} already`)];
  });
}

function interlockFindings({ interlocks = [], doors }: ParsedFile): Found[] {
  const known = Object.keys(doors);
  return interlocks.flatMap((group, index) =>
    group.flatMap((door, place): Found[] => {
      const path = ["interlocks", index, place];
      if (group.indexOf(door) < place) return [error(path, `${door} is in this group already`)];
      if (known.includes(door)) return [];
      const near = nearest(door, known);
      const others = near === null ? `; there is ${known.join(", ")}` : suggestion(near);
      return [error(path, `there is no door "${door}"${others}`)];
    }),
  );
}

function lockOutFindings(file: ParsedFile): Found[] {
  const isWrong = (door: ParsedFile["doors"][string]["policy"]): boolean => {
    const { firstMs, longestMs } = policyOf(file, door).lockOut;
    return longestMs < firstMs;
  };
  const message = "is shorter than `first`: no lock-out could be as long as the first one";
  if (isWrong(undefined)) return [error(["policy", "lock_out", "longest"], message)];
  return Object.entries(file.doors).flatMap(([id, door]) =>
    isWrong(door.policy) ? [error(["doors", id, "policy", "lock_out"], message)] : [],
  );
}

function passbackFindings(file: ParsedFile): Found[] {
  const { policy, doors } = file;
  const all = Object.entries(doors);
  const found: Found[] = [];
  if (policy.anti_passback !== "off" && all.every(([, door]) => door.enters === undefined)) {
    found.push(warning(["policy", "anti_passback"], "does nothing: no door says which area it `enters`"));
  }
  for (const [id, door] of all) {
    const { antiPassback, antiPassbackResetMs } = policyOf(file, door.policy);
    const { enters, leaves } = door;
    if (enters !== undefined && enters === leaves) {
      found.push(error(["doors", id, "leaves"], `and enters are both ${enters}; a door leads one way`));
    }
    if (enters === undefined && (door.policy?.anti_passback ?? "off") !== "off") {
      found.push(
        warning(["doors", id, "policy", "anti_passback"], "does nothing: the door does not say which area it `enters`"),
      );
    }
    if (enters !== undefined && antiPassback === "hard" && all.every(([, other]) => other.leaves !== enters)) {
      const message = `is an area that no door of this file \`leaves\`: whoever was let in is refused for ${formatDuration(antiPassbackResetMs)}, also after going out another way`;
      found.push(warning(["doors", id, "enters"], message));
    }
  }
  return found;
}

function error(path: KeyPath, message: string): Found {
  return { path, message, severity: "error" };
}

function warning(path: KeyPath, message: string): Found {
  return { path, message, severity: "warning" };
}
