import { createApi } from "#adapters/http/api";
import type { ApiOptions } from "#adapters/http/api-parts";
import { type HttpServer, listenHttp } from "#adapters/http/listen";

export interface HttpServerOptions extends ApiOptions {
  /** Port 0: the system chooses a free one. */
  readonly listen: { readonly host: string; readonly port: number };
}

/** Serves the API over HTTP until disposed; requests it must cut short are told 503. Throws LIMEN_API_LISTEN and LIMEN_API_TOKENS. */
export async function openHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const stop = new AbortController();
  const app = createApi(options, stop.signal);
  return listenHttp({
    listen: options.listen,
    name: "the API",
    code: "LIMEN_API_LISTEN",
    fetch: (request) => app.fetch(request),
    hurry: () => stop.abort(),
    logger: options.logger,
  });
}
