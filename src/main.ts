import { Config, run as runOclif } from '@oclif/core';
import { fileURLToPath } from 'node:url';

/** Runs one command line. Exit codes are set by the commands; output that a closed pipe no longer wants ends the run quietly. */
export async function run(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const root = fileURLToPath(new URL('..', import.meta.url));
  const config = await Config.load({ root });
  try {
    await runOclif([...argv], config);
  } catch (error) {
    // Commands handle their own failures; what arrives here is oclif's: an unknown command, or the end of --help.
    const { oclif, message } = error as { oclif?: { exit?: number }; message?: string };
    const exit = oclif?.exit ?? 99;
    if (exit !== 0) process.stderr.write(`${message ?? String(error)}\n`);
    process.exitCode ??= exit;
  }
}
