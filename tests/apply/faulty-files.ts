import type { FilePort, Folder } from '../../src/apply/file-port.js';
import { nodeFiles } from '../../src/apply/node-files.js';

/** What a test does at one call of the disk. `kill` stops there and at every call after it, as a process that died; an errno fails that call only. `watch` comes before every call. */
export type Fault = { readonly kind: 'kill' } | { readonly kind: 'fail'; readonly errno: string } | { readonly kind: 'meddle'; readonly action: () => void } | { readonly kind: 'watch'; readonly before: (index: number) => void };

class Killed extends Error {}

/** Calls that need room or a healthy disk. */
const WRITES: ReadonlySet<string> = new Set(['create', 'write', 'setOwner', 'setPermissions', 'sync', 'symlink', 'link', 'rename', 'remove', 'makeFolder', 'removeFolder', 'syncFolder']);

/** The real disk, with a fault at one call. Counts calls from 0; close() frees what a killed run left open. */
export class FaultyFiles {
  readonly port: FilePort;
  readonly calls: string[] = [];
  private readonly open = new Set<Folder>();
  private isDead = false;

  constructor(at: number | null, fault: Fault) {
    const real = nodeFiles();
    const wrapped = (name: keyof FilePort) => (...args: unknown[]): unknown => {
      if (this.isDead) throw new Killed();
      const index = this.calls.push(name) - 1;
      if (fault.kind === 'watch') fault.before(index);
      else if (index === at) this.strike(fault);
      // A test has no power cut to survive.
      if (name === 'sync' || name === 'syncFolder') return undefined;
      const result = (real[name] as (...given: unknown[]) => unknown).apply(real, args);
      if (name === 'openRoot' || name === 'openFolder') this.open.add(result as Folder);
      if (name === 'close') this.open.delete(args[0] as Folder);
      return result;
    };
    this.port = new Proxy(real, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? wrapped(name as keyof FilePort) : member;
      },
    });
  }

  /** The indexes of the calls that write. Dying between two of them leaves the disk as dying at the second does. */
  get writes(): number[] {
    return this.calls.flatMap((name, index) => (WRITES.has(name) ? [index] : []));
  }

  close(): void {
    for (const folder of this.open) nodeFiles().close(folder);
  }

  private strike(fault: Exclude<Fault, { readonly kind: 'watch' }>): void {
    if (fault.kind === 'meddle') fault.action();
    else if (fault.kind === 'fail') throw Object.assign(new Error(`${fault.errno}: injected`), { code: fault.errno });
    else {
      this.isDead = true;
      throw new Killed();
    }
  }
}
