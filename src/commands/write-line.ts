import { caller } from '../base/caller.js';

/** Writes one line to stdout. Resolves when a reader has taken it. */
export function writeLine(line: string): Promise<void> {
  return new Promise((resolve) => {
    caller().stdout.write(`${line}\n`, resolve);
  });
}
