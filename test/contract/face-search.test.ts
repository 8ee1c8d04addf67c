import { systemClock } from "#adapters/clock/system-clock";
import { startWasmThread } from "#adapters/threads/wasm-thread";
import { openSearchEngine } from "#engine/search-engine";
import { openObviousSearch } from "../fakes/obvious-search";
import { faceSearchContract, type OpenSearch } from "./face-search.contract";

const terms = {
  modelId: "model-a",
  samePersonCosine: 0.5,
  onFault: (error: unknown) => {
    throw error;
  },
};

const KINDS: readonly [string, OpenSearch][] = [
  ["the obvious search", (gallery) => openObviousSearch({ gallery, ...terms })],
  ["the engine on the calling thread", (gallery) => openSearchEngine({ gallery, ...terms })],
  [
    "the engine on threads of its own",
    (gallery) =>
      openSearchEngine({
        gallery,
        ...terms,
        startThread: startWasmThread,
        longestHereMs: 0,
        threads: 2,
        clock: systemClock,
      }),
  ],
];

for (const [name, open] of KINDS)
  for (const mode of ["ACCURATE", "FAST"] as const) faceSearchContract(name, mode, open);
