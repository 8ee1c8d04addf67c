// Makes a fresh clone ready to run, and does next to nothing when it already is. See setup-steps.mjs for what it does;
// this file only keeps Nodes too old to parse that one from failing with a syntax error.
import { nodeProblem } from "./node-version.mjs";

const problem = nodeProblem(process.versions.node, process.execPath);
if (problem === undefined) {
  import("./setup-steps.mjs")
    .then((steps) => steps.main(process.argv.slice(2)))
    .then((exitCode) => {
      process.exitCode = exitCode;
    })
    .catch((error) => {
      process.stderr.write(`set-up: SETUP_INTERNAL: ${error instanceof Error ? error.message : error}\n`);
      process.exitCode = 1;
    });
} else {
  process.stderr.write(problem);
  process.exitCode = 1;
}
