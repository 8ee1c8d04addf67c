/** A text without accents and case, for finding: "José" is found by "jose". */
export function plainText(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{Mark}+/gu, "")
    .toLowerCase();
}
