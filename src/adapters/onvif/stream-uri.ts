/**
 * The address of a stream as it may be used: rtsp or rtsps only, at the host the camera was reached at, without credentials. A
 * camera behind NAT or with two networks names a host that is not ours to reach, and a hostile one could name any: the password
 * goes to nobody but the host that was asked. Port, path and query stay. Null when nothing of it can be used.
 */
export function streamUrlAt(host: string, uri: string): string | null {
  return rehosted(host, uri, ["rtsp:", "rtsps:"]);
}

/** The same for a still picture: http or https. */
export function snapshotUrlAt(host: string, uri: string): string | null {
  return rehosted(host, uri, ["http:", "https:"]);
}

function rehosted(host: string, uri: string, schemes: readonly string[]): string | null {
  const text = uri.trim();
  // Spaces and controls: the URL parser would drop or encode them, and ffmpeg read them its own way.
  if (!/^[\x21-\x7e]+$/.test(text)) return null;
  const [, scheme = "", authority = "", rest = ""] = /^([a-z]+:)\/\/([^/?#\\]*)([/?][^#\\]*)?$/i.exec(text) ?? [];
  if (!schemes.includes(scheme.toLowerCase())) return null;
  const port = /:(\d{1,5})$/.exec(authority.slice(authority.lastIndexOf("@") + 1))?.[1];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return null;
  const url = `${scheme.toLowerCase()}//${host}${port === undefined ? "" : `:${port}`}${rest}`;
  return URL.canParse(url) ? url : null;
}
