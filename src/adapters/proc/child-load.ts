import { readdirSync, readFileSync } from "node:fs";

/** Linux counts CPU time in these, whatever the kernel's own tick is. */
const TICKS_A_SECOND = 100;

/**
 * CPU seconds (user and system) that the living children of a process have used so far; null where there is no /proc to ask.
 */
export function childCpuSeconds(pid: number): number | null {
  let ticks = 0;
  try {
    for (const entry of readdirSync("/proc")) if (/^\d+$/.test(entry)) ticks += ticksOfChild(entry, pid);
  } catch {
    return null;
  }
  return ticks / TICKS_A_SECOND;
}

function ticksOfChild(entry: string, parent: number): number {
  try {
    const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
    // "pid (name) state ppid …": a name may hold anything, so fields count from its last bracket.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(fields[1]) === parent ? Number(fields[11]) + Number(fields[12]) : 0;
  } catch {
    return 0; // gone between the listing and the reading
  }
}
