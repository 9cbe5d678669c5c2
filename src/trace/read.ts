import { isSealed, parseLine, type TraceLine } from './trace-line.js';

export type LineOf<Kind extends TraceLine['kind']> = Extract<TraceLine, { kind: Kind }>;

/** One operation of a trace: where its lines are, what was asked and what came out. */
export interface TracedOperation {
  /** Counted from 1 over the whole file, in the order in which operations began. */
  readonly number: number;
  readonly session: TracedSession;
  readonly request: LineOf<'request'>;
  /** Null when the run was cut short before it had an answer. */
  readonly bundle: LineOf<'bundle'> | LineOf<'redacted'> | null;
}

/** The sound lines of one run, in their order. */
export interface TracedSession {
  readonly header: LineOf<'trace'>;
  readonly lines: TraceLine[];
}

export interface Trace {
  readonly operations: readonly TracedOperation[];
  readonly sessions: readonly TracedSession[];
  /** The first line that is not as it was written; null when all are. Operations of its session that were not over by then are not listed as over. */
  readonly damage: { readonly line: number; readonly reason: string } | null;
  /** True when the last line is unfinished, as after a kill. */
  readonly isCut: boolean;
}

/** Reads a trace line by line. What follows damage in a session is not believed. */
export async function readTrace(lines: AsyncIterable<string>): Promise<Trace> {
  const reader = new TraceReader();
  for await (const line of lines) reader.read(line);
  return reader.end();
}

interface Chain {
  readonly session: TracedSession;
  previous: string;
  next: number;
  isBroken: boolean;
}

class TraceReader {
  private readonly chains = new Map<string, Chain>();
  private readonly operations: { number: number; session: TracedSession; request: LineOf<'request'>; bundle: TracedOperation['bundle'] }[] = [];
  private number = 0;
  private damage: Trace['damage'] = null;
  /** A line that did not parse: torn by a kill where nothing of its session follows, else damage. */
  private unreadable: number | null = null;

  read(text: string): void {
    this.number += 1;
    if (text === '') return;
    const line = parseLine(text);
    if (line === null) {
      if (this.unreadable !== null) this.blame(this.unreadable, 'it is no line of a trace');
      this.unreadable = this.number;
      return;
    }
    // Whoever appends after a torn line begins a session of its own.
    if (this.unreadable !== null && line.kind !== 'trace') this.blame(this.unreadable, 'it is no line of a trace');
    this.unreadable = null;
    this.place(line);
  }

  end(): Trace {
    return { operations: this.operations, sessions: [...this.chains.values()].map(({ session }) => session), damage: this.damage, isCut: this.unreadable !== null };
  }

  private place(line: TraceLine): void {
    const chain = line.kind === 'trace' ? this.begin(line) : this.chains.get(line.s);
    if (chain === undefined) {
      this.blame(this.number, 'its session has no beginning');
      return;
    }
    if (chain.isBroken) return;
    if (line.n !== chain.next || !isSealed(line, chain.previous)) {
      chain.isBroken = true;
      this.blame(this.number, line.n === chain.next ? 'its content is not the one that was written' : `lines of its session are missing, repeated or moved: number ${String(chain.next)} is expected and it is ${String(line.n)}`);
      return;
    }
    chain.previous = line.check;
    chain.next += 1;
    chain.session.lines.push(line);
    this.note(line, chain.session);
  }

  private begin(header: LineOf<'trace'>): Chain {
    const known = this.chains.get(header.s);
    if (known !== undefined) return known;
    const chain: Chain = { session: { header, lines: [] }, previous: '', next: 0, isBroken: false };
    this.chains.set(header.s, chain);
    return chain;
  }

  private note(line: TraceLine, session: TracedSession): void {
    if (line.kind === 'request') this.operations.push({ number: this.operations.length + 1, session, request: line, bundle: null });
    if (line.kind !== 'bundle' && !(line.kind === 'redacted' && line.was === 'bundle')) return;
    const operation = this.operations.find((candidate) => candidate.session === session && candidate.request.op === line.op);
    if (operation !== undefined) operation.bundle = line;
  }

  private blame(line: number, reason: string): void {
    this.damage ??= { line, reason };
  }
}
