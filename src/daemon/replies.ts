/** A reply to a request, byte for byte, and how it is known that the same request would have the same one. */
export interface Reply {
  readonly whole: Buffer;
  readonly isStill: () => Promise<boolean>;
}

const BYTES_MAX = 8 * 1024 * 1024;

/** Replies by the line that was asked. Those that were used longest ago go first. */
export class Replies {
  private readonly byLine = new Map<string, Reply>();
  private bytes = 0;

  get(line: string): Reply | null {
    const found = this.byLine.get(line);
    if (found === undefined) return null;
    this.byLine.delete(line);
    this.byLine.set(line, found);
    return found;
  }

  set(line: string, reply: Reply): void {
    this.delete(line);
    this.byLine.set(line, reply);
    this.bytes += sizeOf(line, reply);
    for (const oldest of this.byLine.keys()) {
      if (this.bytes <= BYTES_MAX) break;
      this.delete(oldest);
    }
  }

  delete(line: string): void {
    const found = this.byLine.get(line);
    if (found === undefined) return;
    this.byLine.delete(line);
    this.bytes -= sizeOf(line, found);
  }
}

function sizeOf(line: string, { whole }: Reply): number {
  return line.length + whole.length;
}
