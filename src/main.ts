import { loadConfig, runCommandLine } from './commands/run-command-line.js';

/** Runs one command line in this process. Output that a closed pipe no longer wants ends nothing but the output. */
export async function run(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  await runCommandLine(argv, await loadConfig());
}
