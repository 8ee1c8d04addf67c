import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const src = fileURLToPath(new URL("src", import.meta.url));

export default defineConfig({
  resolve: { alias: [{ find: /^#(.*)$/, replacement: `${src}/$1` }] },
  test: {
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/**/*.d.ts"],
      reporter: ["text-summary"],
      // What decides has no branch that no test has seen taken.
      thresholds: {
        "src/core/{decision,demands,support,why-nobody,policy,access,schedule,throttle,grant,proof,replay}.ts": {
          branches: 100,
        },
      },
    },
    projects: [
      {
        extends: true,
        // Only what hangs is to fail: the same tests take ten times as long on a small computer that is busy.
        test: { name: "unit", include: ["test/unit/**/*.test.ts", "test/architecture.test.ts"], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: { name: "contract", include: ["test/contract/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 60_000 },
      },
      {
        extends: true,
        // Real brokers, cameras and models, which mostly wait for each other: two files at a time leave half of two cores idle.
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts", "test/e2e/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 3,
        },
      },
      {
        extends: true,
        // Minutes to an hour: `npm run test:long`, not part of `npm test`.
        test: {
          name: "long",
          include: ["test/long/**/*.test.ts"],
          testTimeout: 3_600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
