import { interrupt } from './base/caller.js';
import { isWarm, setThinClient, type ThinClient } from './daemon/place.js';
import { startDaemon } from './daemon/start.js';

/**
 * Goes on where bin/assay.cjs has not got an answer. `heard` is what it has heard from a daemon: undefined when it was not to ask
 * one, 0 when there was none or it does not serve this, else the kind of the last frame before the daemon was lost, or INTERRUPTED.
 */
export async function run(argv: readonly string[], heard: number | undefined, client: ThinClient): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Output that a closed pipe no longer wants ends nothing but the output.
    if (error.code !== 'EPIPE') throw error;
  });
  setThinClient(client);
  if (heard !== undefined && heard !== 0) return reportLoss(argv, heard);
  if (heard === 0 && isWarm(argv)) {
    const problem = await reachDaemon(client, (again) => void (again === 0 ? runHere(argv) : reportLoss(argv, again)));
    if (problem === null) return;
    if (argv.includes('--verbose')) process.stderr.write(`No daemon: ${problem}. The command runs without one.\n`);
  }
  return runHere(argv);
}

/** Starts a daemon, unless there is one, and asks it. Returns why that is not possible. */
async function reachDaemon(client: ThinClient, miss: (heard: number) => void): Promise<string | null> {
  try {
    const place = client.place();
    const { problem } = await startDaemon(place);
    if (problem === null) client.ask(place, miss);
    return problem;
  } catch {
    return 'the workspace or the home folder cannot be read';
  }
}

async function runHere(argv: readonly string[]): Promise<void> {
  // The first Ctrl-C asks the servers to stop and says so; a second one ends us as it always does, and the servers with us.
  process.once('SIGINT', interrupt);
  const { loadConfig, runCommandLine } = await import('./commands/run-command-line.js');
  await runCommandLine(argv, await loadConfig());
}

async function reportLoss(argv: readonly string[], heard: number): Promise<void> {
  const { reportLostDaemon } = await import('./commands/lost-daemon.js');
  await reportLostDaemon(argv, heard);
}
