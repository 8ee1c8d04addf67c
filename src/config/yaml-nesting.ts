import { type CST, type LineCounter, Parser } from "yaml";

/**
 * How deep collections lie inside each other, without recursion. The composer does recurse: text like `[[[[…` of some 20 000
 * brackets ends the whole process (seen on Node 20: the stack is so full that a regular expression cannot be compiled), so
 * depth has to be known before composing. `lines` learns where lines begin.
 */
export function nestingOf(text: string, lines: LineCounter): number {
  let deepest = 0;
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    const open: { token: CST.Token; depth: number }[] = [{ token, depth: 0 }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      deepest = Math.max(deepest, next.depth);
      for (const child of childrenOf(next.token)) open.push({ token: child, depth: next.depth + 1 });
    }
  }
  return deepest;
}

function childrenOf(token: CST.Token): CST.Token[] {
  if (token.type === "document") return token.value ? [token.value] : [];
  if (!("items" in token)) return [];
  return token.items.flatMap((item) => [item.key, item.value].filter((child) => child !== undefined && child !== null));
}
