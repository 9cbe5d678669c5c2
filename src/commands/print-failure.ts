import { caller } from '../base/caller.js';
import type { Failure } from '../base/failure.js';
import { failureBundle } from '../operations/failure-bundle.js';
import { printBundle } from './print-bundle.js';

/** Prints a failure of a command line of which no command answers, and sets its exit code. */
export async function printFailure(argv: readonly string[], failure: Failure): Promise<void> {
  const bundle = failureBundle({ cmd: argv[0] ?? '', args: {} }, failure);
  caller().exitCode = bundle.meta.exitCode;
  await printBundle(bundle, { json: argv.includes('--json'), unit: 'codepoint', readText: () => undefined });
}
