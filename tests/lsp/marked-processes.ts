import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const LOOKS_WITHOUT = 3;

/**
 * An environment whose processes can be counted: every process that inherits it, however deep and in whatever group.
 * Linux only, because it reads /proc.
 */
export class MarkedProcesses {
  private readonly mark = `ASSAY_TEST_MARK=${randomUUID()}`;
  readonly env: NodeJS.ProcessEnv;

  constructor() {
    const [name = '', value = ''] = this.mark.split('=');
    this.env = { ...process.env, [name]: value };
  }

  pids(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => environmentOf(pid).includes(this.mark));
  }

  /** Resolves with the pids that are left: when several looks in a row found none, else after `limitMs`. While a process becomes another program it has no environment. */
  async leftAfter(limitMs: number): Promise<number[]> {
    let left = this.pids();
    let looksWithout = 0;
    for (const end = Date.now() + limitMs; Date.now() < end && looksWithout < LOOKS_WITHOUT; left = this.pids()) {
      looksWithout = left.length === 0 ? looksWithout + 1 : 0;
      await delay(20);
    }
    return left;
  }

  /** Resolves when at least `count` processes run, with false when they did not come within `limitMs`. */
  async reached(count: number, limitMs: number): Promise<boolean> {
    for (const end = Date.now() + limitMs; Date.now() < end && this.pids().length < count; ) await delay(5);
    return this.pids().length >= count;
  }
}

/** Empty for a process that is gone, a zombie, or another user's. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/environ`, 'latin1');
  } catch {
    return '';
  }
}
