#!/usr/bin/env node
// Runs the program that the package of this platform holds, and ends as it ends.
"use strict";

const { spawn } = require("child_process");

const platform = `@wxsub/${process.platform}-${process.arch}`;
const isWindows = process.platform === "win32";

function findProgram() {
  try {
    return require.resolve(`${platform}/wxsub${isWindows ? ".exe" : ""}`);
  } catch {
    console.error(`wxsub: the package ${platform} is not installed; it exists for Linux and macOS on x64 and arm64,`);
    console.error("and for Windows on x64, and npm leaves it out with --omit=optional");
    process.exit(2);
  }
}

// In a process group of its own, the program gets each signal once. With Ctrl-C it would get one from the terminal and
// one from here, and a second signal ends it at once. On Windows it would get a console of its own.
const child = spawn(findProgram(), process.argv.slice(2), { stdio: "inherit", detached: !isWindows });

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGCONT"]) {
  // A console of Windows tells both, and `kill` would end the program at once.
  process.on(signal, () => isWindows || child.kill(signal));
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
