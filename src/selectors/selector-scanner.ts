import { Failure } from '../base/failure.js';
import { percentDecode } from './percent-encoding.js';

/** Reads a selector from left to right within `[at, end)`. Every failure names the column at which it noticed. */
export class SelectorScanner {
  readonly text: string;
  readonly hint: string;
  at: number;
  end: number;

  /** `hint` says how the form at hand is written. */
  constructor(text: string, at: number, end: number, hint: string) {
    this.text = text;
    this.at = at;
    this.end = end;
    this.hint = hint;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  startsWith(literal: string): boolean {
    return this.at + literal.length <= this.end && this.text.startsWith(literal, this.at);
  }

  /** Moves past `literal` if it is next, and says whether it was. */
  skip(literal: string): boolean {
    if (!this.startsWith(literal)) return false;
    this.at += literal.length;
    return true;
  }

  expect(literal: string, expected = `"${literal}"`): void {
    if (!this.skip(literal)) throw this.failure(expected);
  }

  /** Reads decimal digits; `from` is the least number allowed. */
  integer(what: string, from: 0 | 1): number {
    const digits = /^\d+/.exec(this.text.slice(this.at, this.end))?.[0];
    if (digits === undefined) throw this.failure(what);
    const value = Number(digits);
    if (value < from || value > 0x7fffffff) throw this.failure(`${what} of at least ${String(from)} and at most 2147483647`);
    this.at += digits.length;
    return value;
  }

  /** Reads up to the first of `stops` (or the end) and returns the text between, still encoded. */
  rawUntil(...stops: readonly string[]): string {
    const found = stops.map((stop) => this.text.indexOf(stop, this.at)).filter((index) => index !== -1 && index < this.end);
    const until = Math.min(this.end, ...found);
    const raw = this.text.slice(this.at, until);
    this.at = until;
    return raw;
  }

  /** Returns `raw`, which starts at `start`, decoded. Fails at a malformed escape. */
  decode(raw: string, start: number): string {
    const decoded = percentDecode(raw);
    if (decoded.ok) return decoded.text;
    throw this.failureAt(start + decoded.at, 'a percent escape of UTF-8 bytes, such as %25 for a percent sign');
  }

  failure(expected: string): Failure {
    return this.failureAt(this.at, expected);
  }

  failureAt(at: number, expected: string): Failure {
    const column = Array.from(this.text.slice(0, at)).length + 1;
    const rest = Array.from(this.text.slice(at, at + 24)).slice(0, 12).join('');
    const found = rest === '' ? 'the end' : JSON.stringify(rest);
    return new Failure('E/BAD_SELECTOR_SYNTAX', `column ${String(column)} of the selector: expected ${expected}, found ${found}`, { hint: this.hint, details: { column, expected, found } });
  }
}
