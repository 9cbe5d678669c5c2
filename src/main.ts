import { interrupt } from './base/caller.js';
import { loadConfig, runCommandLine } from './commands/run-command-line.js';

/** Runs one command line in this process. Output that a closed pipe no longer wants ends nothing but the output. */
export async function run(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  // The first Ctrl-C asks the servers to stop and says so; a second one ends us as it always does, and the servers with us.
  process.once('SIGINT', interrupt);
  await runCommandLine(argv, await loadConfig());
}
