/** What to say of people whose templates are of other models than the configured ones; null when there is nobody. */
export function otherModelsLine(people: number): string | null {
  if (people === 0) return null;
  const who = people === 1 ? "1 person is" : `${people} people are`;
  return `${who} not searchable: their templates are of other models (limen people re-embed)`;
}
