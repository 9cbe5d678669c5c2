import { Failure } from '../base/failure.js';
import { INTERRUPTED } from '../daemon/protocol.js';
import { printFailure } from './print-failure.js';

/** Answers for a daemon that ended, was killed or crashed while it worked on a command line, or that was told by Ctrl-C to leave it. */
export async function reportLostDaemon(argv: readonly string[], heard: number): Promise<void> {
  const failure = heard === INTERRUPTED ? new Failure('E/REQUEST_CANCELLED', 'the request was cancelled before it was answered', { hint: 'Ask again. If the command was to write, see first what git status says.' }) : new Failure('E/LS_CRASH', 'the daemon ended before it had answered', {
    hint: 'Run the same command again: it starts a new one. daemon.log in the state directory of the workspace may say why; --no-daemon does without. If the command was to write, see first what git status says.',
  });
  await printFailure(argv, failure);
}
