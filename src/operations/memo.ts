import type { Bundle } from '../bundles/schema/bundle.js';

/** An answer with the texts of the files that it speaks about, by URI. */
export interface Remembered {
  readonly bundle: Bundle;
  readonly texts: ReadonlyMap<string, string>;
}

/** An answer that was given. */
export interface Given extends Remembered {
  /** Which remembered answer it is; null for one that was computed. */
  readonly memory: Remembered | null;
}

export interface MemoStatus {
  readonly entries: number;
  /** What the answers take in memory, roughly. */
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
}

const BYTES_MAX = 64 * 1024 * 1024;
const ENTRIES_MAX = 2000;

/** Answers by what they are a function of. Those that were used longest ago go first. */
export class Memo {
  private readonly entries = new Map<string, Remembered & { readonly bytes: number }>();
  /** How many answers hold each text: it is in memory once. */
  private readonly holders = new Map<string, number>();
  private bytes = 0;
  private hits = 0;
  private misses = 0;

  get(key: string): Remembered | null {
    const found = this.entries.get(key);
    if (found === undefined) {
      this.misses += 1;
      return null;
    }
    this.hits += 1;
    this.entries.delete(key);
    this.entries.set(key, found);
    return found;
  }

  /** True when `answer` is what `get` would return, which then counts as asked for. */
  stillHas(key: string, answer: Remembered): boolean {
    return this.entries.get(key) === answer && this.get(key) === answer;
  }

  set(key: string, answer: Remembered): void {
    this.delete(key);
    const bytes = sizeOf(answer.bundle) + key.length;
    if (bytes > BYTES_MAX / 4) return;
    this.entries.set(key, { ...answer, bytes });
    this.bytes += bytes;
    for (const text of answer.texts.values()) this.hold(text, 1);
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= BYTES_MAX && this.entries.size <= ENTRIES_MAX) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.bytes -= entry.bytes;
    for (const text of entry.texts.values()) this.hold(text, -1);
  }

  private hold(text: string, change: 1 | -1): void {
    const before = this.holders.get(text) ?? 0;
    if (before === 0) this.bytes += sizeOf(text);
    if (before + change > 0) this.holders.set(text, before + change);
    else if (this.holders.delete(text)) this.bytes -= sizeOf(text);
  }

  status(): MemoStatus {
    return { entries: this.entries.size, bytes: this.bytes, hits: this.hits, misses: this.misses };
  }
}

/** About what a JSON value takes: strings, and a few words for everything else. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 16 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let sum = 32;
  for (const [key, item] of Object.entries(value)) sum += key.length + sizeOf(item);
  return sum;
}

/** Returns every `uri` that a bundle names, in no particular order. */
export function urisOf(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) for (const item of value as readonly unknown[]) urisOf(item, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (key === 'uri' && typeof item === 'string') found.add(item);
      else urisOf(item, found);
    }
  }
  return found;
}
