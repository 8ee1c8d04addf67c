/** `urn:uuid:X`, `uuid:X` and `X` are the same id, in any case; this is the one to compare: `x`. */
export function bareId(id: string): string {
  return id
    .trim()
    .toLowerCase()
    .replace(/^(?:urn:)?(?:uuid:)?/, "");
}

/** Whether a camera is named by its lasting endpoint id (`urn:uuid:…`) and not by an address. */
export function isEndpoint(name: string): boolean {
  return /^(?:urn:)?uuid:/i.test(name);
}
