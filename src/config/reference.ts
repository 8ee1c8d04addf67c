import { allKeys, type KnownKey } from "#config/known-keys";

const INTRO = `# Configuration

Every key of the configuration file, in its order. This page is made from the same description that checks the file
(\`limen schema --reference\`), so it cannot be out of date. [config/limen.example.yaml](../config/limen.example.yaml) shows all of it as one
file, with comments. \`limen check\` says what a file means, or what is wrong with it, line by line.

- A star stands for a name of your choice: \`cameras.*.rtsp\` is \`rtsp\` under a camera you called \`front\`.
- Times are \`500ms\`, \`3s\`, \`2m\`, \`1h\`, \`30d\`. Secrets are \`!secret name\`, and the name is looked up in the service manager's credentials, then in
  \`secrets.yaml\` beside the file (readable by its owner only), then in \`LIMEN_SECRET_NAME\`.
- **Takes hold**: *at once* = from the next decision on, when the file is saved or the daemon gets SIGHUP; *reopens* = a key of
  one camera or door opens that one anew and the others go on, any other key opens all of them. A file with a fault changes nothing.
`;

/** The reference of all keys as Markdown: one table a section. */
export function configReference(): string {
  const sections: { readonly top: KnownKey; readonly keys: KnownKey[] }[] = [];
  for (const key of allKeys()) {
    const section = sections.at(-1);
    if (key.path.includes(".") && section !== undefined) section.keys.push(key);
    else sections.push({ top: key, keys: [] });
  }
  return [INTRO, ...sections.map(({ top, keys }) => sectionText(top, keys))].join("\n");
}

function sectionText(top: KnownKey, keys: readonly KnownKey[]): string {
  const head = `## ${top.path}\n\n${top.description}\n`;
  const rows = (keys.length === 0 ? [top] : keys).map(rowOf);
  return `${head}\n| Key | Default | May be | Takes hold | Meaning |\n|---|---|---|---|---|\n${rows.join("\n")}\n`;
}

function rowOf({ path, description, range, reload, isGroup, ...key }: KnownKey): string {
  const fallback =
    key.default === null ? (key.computedDefault ?? (key.required ? "**needed**" : "")) : `\`${key.default}\``;
  const takes = reload === "live" ? "at once" : reload === null ? "" : "reopens";
  const may = range ?? (isGroup ? "keys of its own" : "");
  return `| \`${path}\` | ${cell(fallback)} | ${cell(may)} | ${takes} | ${cell(description)} |`;
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
