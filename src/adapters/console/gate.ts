/** This computer's own names: a foreign page cannot make a browser call an attacker's address by one of these. */
const OWN_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

export interface GateOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly trustedHosts: readonly string[];
  /** Browsers come over TLS, through a proxy. */
  readonly behindTlsProxy: boolean;
}

export interface Gate {
  /**
   * Whether the Host header names this console. A page of somebody else that makes its own name point to this address (DNS
   * rebinding) still sends its own name.
   */
  knowsHost(host: string | undefined): boolean;
  /** Whether a request that changes something, or opens a socket, comes from a page of this console. */
  isOwnOrigin(origin: string | undefined, host: string | undefined): boolean;
}

export function createGate({ listen, trustedHosts, behindTlsProxy }: GateOptions): Gate {
  const listened = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
  const known = new Set([...OWN_HOSTS, listened, ...trustedHosts]);

  const knowsHost = (host: string | undefined): boolean => {
    if (host === undefined) return false;
    const [, name, port] = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/.exec(host.toLowerCase()) ?? [];
    if (name === undefined) return false;
    return known.has(name) || (port !== undefined && known.has(`${name}:${port}`));
  };

  return {
    knowsHost,
    isOwnOrigin(origin, host) {
      if (origin === undefined || !knowsHost(host) || !URL.canParse(origin)) return false;
      const url = new URL(origin);
      const scheme = behindTlsProxy ? "https:" : "http:";
      return url.protocol === scheme && url.origin === origin.toLowerCase() && url.host === sameForm(host, scheme);
    },
  };
}

/** A host as the browser writes it in an origin: without the scheme's own port. */
function sameForm(host: string | undefined, scheme: string): string | null {
  return host !== undefined && URL.canParse(`${scheme}//${host}`) ? new URL(`${scheme}//${host}`).host : null;
}
