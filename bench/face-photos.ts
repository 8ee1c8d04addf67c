import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { cacheDir } from "#paths";

const run = promisify(execFile);

const LIST = fileURLToPath(new URL("../../bench/accuracy-faces.json", import.meta.url));
const APT_HELPER = "/usr/lib/apt/apt-helper";
const APT_SOURCES = "/etc/apt";

const photo = z.strictObject({
  file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  /** Left, top, width, height of the face, px. */
  face: z.tuple([z.int(), z.int(), z.int().min(1), z.int().min(1)]),
});
const list = z.strictObject({
  about: z.string(),
  source: z.string().regex(/^[a-z0-9][a-z0-9.+-]+$/),
  files: z.array(
    z.strictObject({
      file: photo.shape.file,
      member: z.string().regex(/^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]*$/),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  residents: z.array(z.strictObject({ id: z.string(), pictures: z.array(photo).min(2) })),
  strangers: z.array(photo),
});

export type FacePhoto = z.infer<typeof photo>;

export interface FacePhotos {
  /** Folder the files lie in. */
  readonly folder: string;
  /** People with several photographs each. */
  readonly residents: readonly { readonly id: string; readonly pictures: readonly FacePhoto[] }[];
  /** One photograph each; all different people. */
  readonly strangers: readonly FacePhoto[];
}

type Listed = z.infer<typeof list>;

async function isThere(folder: string, { file, sha256 }: Listed["files"][number]): Promise<boolean> {
  try {
    const bytes = await readFile(join(folder, file));
    return createHash("sha256").update(bytes).digest("hex") === sha256;
  } catch {
    return false;
  }
}

/** The machine's own package sources, asked for source packages instead, as options of apt-get; nothing of the system's is changed. */
async function sourcesOf(directory: string): Promise<string[]> {
  const parts = join(directory, "parts");
  for (const folder of ["parts", "lists/partial", "cache/archives/partial"]) {
    await mkdir(join(directory, folder), { recursive: true });
  }
  const listed = await readdir(join(APT_SOURCES, "sources.list.d")).catch(() => []);
  const files = ["sources.list", ...listed.map((name) => `sources.list.d/${name}`)];
  for (const file of files.filter((name) => /\.(list|sources)$/.test(name))) {
    const text = await readFile(join(APT_SOURCES, file), "utf8").catch(() => "");
    const wanted = text.replace(/^Types:.*$/gm, "Types: deb-src").replace(/^deb(?=\s)/gm, "deb-src");
    await writeFile(join(parts, basename(file)), wanted);
  }
  return [
    ["Dir::Etc::sourcelist", "/dev/null"],
    ["Dir::Etc::sourceparts", parts],
    ["Dir::State::lists", join(directory, "lists")],
    ["Dir::Cache", join(directory, "cache")],
  ].flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}

/** Brings the archive of a source package, checked by the distribution's own hash, and unpacks `members` of it. */
async function fetchMembers(source: string, members: readonly string[], directory: string): Promise<string> {
  const options = await sourcesOf(directory);
  // A source without source packages makes it end with an error although all others were read.
  await run("apt-get", [...options, "update"]).catch(() => {});
  const { stdout } = await run("apt-get", [...options, "source", "--print-uris", source]);
  const line = /^'([^']+)' (\S+\.orig\.tar\.\w+) \d+ (SHA256:[0-9a-f]{64})$/m.exec(stdout);
  const [, address, name, hash] = line ?? [];
  if (address === undefined || name === undefined || hash === undefined) throw new Error(`apt-get knows no ${source}`);
  const archive = join(directory, name);
  await run(APT_HELPER, ["download-file", address, archive, hash]);
  const wanted = members.map((member) => `*/${member}`);
  await run("tar", ["-xf", archive, "-C", directory, "--strip-components=1", "--wildcards", ...wanted]);
  return directory;
}

/** The photographs, fetched once a machine: 9 MB by apt-get, from wherever this machine has its packages. */
export async function openFacePhotos(): Promise<FacePhotos> {
  const { source, files, residents, strangers } = list.parse(JSON.parse(await readFile(LIST, "utf8")));
  const folder = join(cacheDir(env), "bench-faces");
  const missing: Listed["files"] = [];
  for (const file of files) if (!(await isThere(folder, file))) missing.push(file);
  if (missing.length > 0) {
    const directory = await mkdtemp(join(tmpdir(), "limen-bench-"));
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const members = missing.map(({ member }) => member);
      const from = await fetchMembers(source, members, directory).catch((cause: unknown) => {
        const why = "the photographs come with Debian's source package of dlib, fetched by apt-get";
        throw new Error(`the photographs of this bench could not be fetched: ${why}`, { cause });
      });
      for (const { file, member } of missing) await copyFile(join(from, member), join(folder, file));
      for (const file of missing) {
        if (!(await isThere(folder, file))) throw new Error(`${file.member} of ${source} is another than expected`);
      }
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  return { folder, residents, strangers };
}
