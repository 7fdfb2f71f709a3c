#!/usr/bin/env node
// Runs the program that the package of this platform holds, and ends as it ends.
"use strict";

const { spawn } = require("child_process");

const platform = `@wxsub/${process.platform}-${process.arch}`;

function findProgram() {
  try {
    return require.resolve(`${platform}/wxsub`);
  } catch {
    console.error(`wxsub: the package ${platform} is not installed; it exists for linux-x64 and linux-arm64,`);
    console.error("and npm leaves it out with --omit=optional");
    process.exit(2);
  }
}

// In a process group of its own, the program gets each signal once. With Ctrl-C it would get one from the terminal and
// one from here, and a second signal ends it at once.
const child = spawn(findProgram(), process.argv.slice(2), { stdio: "inherit", detached: true });

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGCONT"]) {
  process.on(signal, () => child.kill(signal));
}
process.on("SIGTSTP", () => {
  child.kill("SIGSTOP");
  process.kill(process.pid, "SIGSTOP");
});

child.on("error", (error) => {
  console.error(`wxsub: ${error.message}`);
  process.exitCode = 2;
});
child.on("exit", (status, signal) => {
  if (signal === null) {
    process.exitCode = status;
  } else {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
});
