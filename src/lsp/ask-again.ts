import { pause, remainingMs } from '../base/request-scope.js';
import { PassingRefusal } from './server-failures.js';

/** What is waited before the second, third and fourth attempt. */
const PAUSES_MS = [50, 150, 450];

/**
 * Returns the answer of a question that changes nothing, asked again while the server refuses it for the moment. Throws the
 * refusal when it stays, or when the request would end before the next attempt.
 */
export async function askAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof PassingRefusal) || remainingMs() <= pauseMs) throw error;
      await pause(pauseMs);
    }
  }
  return ask();
}
