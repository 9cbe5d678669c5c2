import { execFileSync } from 'node:child_process';

/** Returns what runs Git in a clone with what it is to read, null for nothing, and returns what it prints. It throws when Git refuses. */
export function gitIn(clone: string): (input: string | null, ...args: string[]) => string {
  return (input, ...args) => execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'ignore'], ...(input === null ? {} : { input }) });
}
