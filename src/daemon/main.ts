import { closeSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { loadConfig } from '../commands/run-command-line.js';
import { Daemon, IDLE_MS, log, MEMORY_MAX_BYTES } from './daemon.js';
import { READY_FD } from './start.js';

// Started by src/daemon/start.ts: `node dist/daemon/main.js ROOT SOCKET`, with the log as stdout and stderr.
/** What ends by itself has done so by then. */
const LEAVE_MS = 5000;
const [root = '', socket = ''] = process.argv.slice(2);
const program = fileURLToPath(new URL('../main.js', import.meta.url));
const idleSeconds = Number(process.env['ASSAY_DAEMON_IDLE_SECONDS'] ?? '');
const memoryMiB = Number(process.env['ASSAY_DAEMON_MEMORY_MIB'] ?? '');

// Left to itself V8 lets garbage grow to three times what is alive before it looks at old objects, and gives nothing of it back.
setFlagsFromString('--heap-growing-percent=50');

// No folder is kept from being unmounted, and a path that is not the caller's own finds nothing.
process.chdir('/');
process.on('uncaughtException', (error) => {
  log(`BUG: ${error.stack ?? error.message}`);
  process.exitCode = 99;
  // The clients see the connections end, and say so; nothing here can be trusted any more.
  process.kill(process.pid, 'SIGKILL');
});

const daemon = await Daemon.listen({
  root,
  socket,
  program,
  config: await loadConfig(),
  idleMs: idleSeconds > 0 ? idleSeconds * 1000 : IDLE_MS,
  memoryMaxBytes: memoryMiB > 0 ? memoryMiB * 1024 * 1024 : MEMORY_MAX_BYTES,
});
log(`serves with Node ${process.version}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void daemon.retire(signal));
process.on('SIGHUP', () => undefined);
writeSync(READY_FD, 'ready');
closeSync(READY_FD);
await daemon.finished();
// Whatever still holds the loop open is of no use to anybody.
setTimeout(() => process.kill(process.pid, 'SIGKILL'), LEAVE_MS).unref();
