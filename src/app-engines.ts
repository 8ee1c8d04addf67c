import { systemClock } from "#adapters/clock/system-clock";
import { localThresholdOf, type OpenSearch, openLocalSearch, openNetworkSearch, type Tools } from "#app-parts";
import type { Config, NetworkConfig } from "#config/config";
import { codeOf, messageOf } from "#errors";
import { bothEngines, type Engines, networkEngine, networkThenLocal, soleEngine } from "#flow/engines";
import { createKnownRefusals } from "#flow/known-refusals";
import { createSearchLane } from "#flow/search-lane";
import { openSpending } from "#flow/spending";
import { createClosingStack } from "#lifecycle";
import type { FaceFinder } from "#ports/face-finder";
import type { Gallery } from "#ports/gallery";
import type { LivenessCheck } from "#ports/liveness-check";
import type { CounterName, Metrics } from "#ports/metrics";
import type { SpendBook } from "#ports/spend-book";
import type { NetworkEngineStatus } from "#ports/status-board";

/** Local searches at once: each asks for all the memory bandwidth there is, so more would only wait for each other. */
const LOCAL_CONCURRENCY = 1;
/** Calls at once: they wait for the network, and one that hangs must not hold up the next. */
const NETWORK_CONCURRENCY = 4;

export interface OpenEngines extends AsyncDisposable {
  readonly forDoors: Engines;
  /** The search on this computer; null when no door asks it. */
  readonly local: OpenSearch | null;
  /** Whom doors ask whether a face is a live one; null without a server on the network. */
  readonly liveness: LivenessCheck | null;
  /** Null when no door asks one on the network. */
  network(): NetworkEngineStatus | null;
}

interface EngineSources {
  readonly gallery: Gallery;
  readonly finder: FaceFinder;
  readonly spendBook: SpendBook;
}

/** The search engines that the config's doors ask. Throws LIMEN_STORE_*, LIMEN_CONFIG_INVALID, LIMEN_SEARCH_FAILED. */
export async function openEngines(config: Config, sources: EngineSources, tools: Tools): Promise<OpenEngines> {
  const { engine, verifik, deadlineMs, mode } = config.search;
  const clock = systemClock;
  const closing = createClosingStack((error) =>
    tools.logger.error({ code: codeOf(error) }, `while stopping: ${messageOf(error)}`),
  );
  try {
    const found =
      engine === "verifik" ? null : closing.own(await openLocalSearch(sources.gallery, sources.finder, tools));
    const local = found && createSearchLane({ engine: found, clock, concurrency: LOCAL_CONCURRENCY, deadlineMs });
    const dispose = (): PromiseLike<void> => closing[Symbol.asyncDispose]();
    if (verifik === null) {
      if (local === null) throw new Error("a configuration that asks the network has a server");
      const forDoors = soleEngine("local", local);
      return { forDoors, local: found, liveness: null, network: () => null, [Symbol.asyncDispose]: dispose };
    }
    const saved = countingSaved(tools.metrics);
    const counted = { ...tools, metrics: saved.metrics };
    const { caps } = verifik;
    const { timeZone } = config.site;
    const spending = await openSpending({ book: sources.spendBook, caps, timeZone, clock, ...counted });
    const server = closing.own(await openNetworkSearch(verifik, mode, spending.admit, counted));
    const parts = {
      network: createSearchLane({
        engine: server,
        clock,
        concurrency: NETWORK_CONCURRENCY,
        deadlineMs: verifik.deadlineMs,
      }),
      refusals: createKnownRefusals({ ...refusalRules(verifik, sources.finder), clock, ...counted }),
    };
    const choose = (): Engines => {
      if (local === null) return networkEngine(parts);
      const localThreshold = localThresholdOf(config);
      if (engine === "both_agree") return bothEngines({ ...parts, ...counted, local, localThreshold });
      const { fallbackAfterMs } = verifik;
      return networkThenLocal({ ...parts, local, isResting: server.isResting, fallbackAfterMs, clock });
    };
    return {
      forDoors: choose(),
      local: found,
      liveness: server.liveness,
      network() {
        const { day, month } = spending.spent();
        const capReached = spending.reached();
        return { leftAlone: server.isResting(), spent: { day, month }, saved: saved.count(), capReached };
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

function refusalRules({ rememberRefusalsMs }: NetworkConfig, { samePersonCosine }: FaceFinder) {
  return { samePersonCosine, memoryMs: rememberRefusalsMs };
}

/** The same metrics, and how many calls they say were saved. */
function countingSaved(metrics: Metrics): { readonly metrics: Metrics; count(): number } {
  let saved = 0;
  return {
    metrics: {
      gauge: metrics.gauge.bind(metrics),
      observe: metrics.observe.bind(metrics),
      count(name: CounterName, labels, by = 1) {
        if (name === "limen_engine_calls_saved_total") saved += by;
        metrics.count(name, labels, by);
      },
    },
    count: () => saved,
  };
}
