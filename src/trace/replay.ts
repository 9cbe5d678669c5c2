import { canonicalJson, type Json } from '../base/canonical-json.js';
import { EXIT_CODE, Failure, type FailureCode } from '../base/failure.js';
import { withTape, type Conversation, type Incoming, type Look, type Message, type Tape } from '../base/observe.js';
import type { LineOf, TracedSession } from './read.js';
import type { TracedFailure, TraceLine } from './trace-line.js';
import { decodeValue, encodeValue } from './values.js';

/** Turns of the event loop that a wait may take when everything that it waits for has been said. */
const TURNS_MAX = 100;

type Saw = LineOf<'saw'>;

/** Answers looks and requests to servers with what one session of a trace holds. The world is not touched. */
export class TraceReplay implements Tape {
  readonly isReplay = true;
  private readonly story: Story;
  private operation = 0;
  private lastPosition = -1;
  private readonly taken = new Map<string, number>();
  private readonly roles = new Map<string, number>();
  private readonly listeners = new Map<string, Incoming>();
  /** What servers said before the replay, which is faster in other places, has started them. */
  private readonly unheard = new Map<string, LineOf<'frame'>[]>();
  private readonly ended = new Set<string>();
  private delivered = 0;
  private missing: Failure | null = null;

  constructor(session: TracedSession) {
    this.story = new Story(session.lines);
  }

  /** Runs an operation again. Throws E/REPLAY_MISMATCH when it wants to know what the trace does not hold. */
  async replay<T>(op: number, answer: () => Promise<T>): Promise<T> {
    this.operation = op;
    this.missing = null;
    this.lastPosition = this.story.lastOf(op);
    this.deliver(this.story.firstOf(op));
    const result = await withTape(this, answer);
    this.refuseMissing();
    return result;
  }

  /** What was missing may have been caught on the way: an answer that hides it must not be believed. */
  private refuseMissing(): void {
    if (this.missing !== null) throw this.missing;
  }

  aside<T>(work: () => Promise<T>): Promise<T> {
    return withTape(this, work);
  }

  // An async function, so that what is not in the trace rejects and does not throw.
  async observe<T>(look: Look<T>): Promise<T> {
    const seen = this.observeSync(look);
    const doubt = look.doubt === undefined ? null : await withTape(null, () => look.doubt?.(seen) ?? null);
    if (doubt !== null) throw (this.missing ??= new Failure('E/REPLAY_MISMATCH', doubt, { hint: 'The trace was changed after it was recorded, or this machine does not compute as that one did.' }));
    return seen;
  }

  observeSync<T>(look: Look<T>): T {
    const saw = this.find(look.what, look.key);
    if (saw === undefined) {
      if (look.isAct === true) return undefined as T;
      throw this.miss(`what ${look.what} says of ${shortened(look.key)}`);
    }
    if (saw.failure !== undefined) throw this.errorOf(saw.failure);
    const written = this.decode(saw.value ?? null);
    return look.form === undefined ? (written as T) : look.form.read(written);
  }

  conversation(role: string): Conversation {
    const number = (this.roles.get(role) ?? 0) + 1;
    this.roles.set(role, number);
    const server = `${role} ${String(number)}`;
    return {
      listen: (incoming) => {
        this.listeners.set(server, incoming);
        for (const said of this.unheard.get(server) ?? []) this.hand(said, incoming);
        this.unheard.delete(server);
        return incoming;
      },
      exchange: (kind, message) => this.exchange(server, kind, message),
      wait: (what, work) => this.wait(server, what, work),
      left: () => void this.ended.add(server),
      alive: () => !this.ended.has(server),
    };
  }

  private find(what: string, key: unknown): Saw | undefined {
    const name = `${what} ${keyText(key)}`;
    const own = this.story.saws.get(`${String(this.operation)} ${name}`) ?? [];
    const index = this.taken.get(`${String(this.operation)} ${name}`) ?? 0;
    const next = own[index] ?? own.at(-1);
    if (next !== undefined) {
      this.taken.set(`${String(this.operation)} ${name}`, index + 1);
      return next;
    }
    // What an earlier operation learned may have been remembered by then.
    return (this.story.saws.get(name) ?? []).findLast((saw) => saw.n <= this.lastPosition);
  }

  private async exchange(server: string, kind: 'request' | 'notification', message: Message): Promise<unknown> {
    const asked = this.asked(server, message);
    if (asked === undefined) throw this.miss(`${message.method} to ${server}`);
    const outcome = this.story.outcomes.get(asked.ref ?? 0);
    if (outcome === undefined) {
      if (kind === 'request') throw this.miss(`the answer of ${server} to ${message.method}`);
      this.deliverAfter(asked.n);
      return undefined;
    }
    this.deliverAfter(outcome.n);
    if (outcome.kind === 'frame') return this.decode((outcome.message as { result: Json }).result);
    if (outcome.ended) this.ended.add(server);
    return Promise.reject(this.errorOf(outcome.failure));
  }

  private asked(server: string, { method, params }: Message): LineOf<'frame'> | undefined {
    const name = `${server} ${method} ${keyText(params)}`;
    for (const scope of [`${String(this.operation)} ${name}`, name]) {
      const frames = this.story.asked.get(scope) ?? [];
      const index = this.taken.get(scope) ?? 0;
      const frame = frames[index];
      if (frame === undefined || frame.n > this.lastPosition) continue;
      this.taken.set(scope, index + 1);
      return frame;
    }
    return undefined;
  }

  private async wait<T>(server: string, what: string, work: Promise<T>): Promise<T> {
    const name = `${String(this.operation)} ${server} ${what}`;
    const index = this.taken.get(name) ?? 0;
    const wait = this.story.waits.get(name)?.[index];
    if (wait === undefined) throw this.miss(`a wait for ${what} of ${server}`);
    this.taken.set(name, index + 1);
    this.deliverAfter(wait.n);
    if (wait.failure !== undefined) throw this.errorOf(wait.failure);
    let isOver = false;
    const watched = work.finally(() => {
      isOver = true;
    });
    for (let turn = 0; !(isOver as boolean) && turn < TURNS_MAX; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    if (!(isOver as boolean)) throw this.miss(`what ends the wait for ${what} of ${server}`);
    return watched;
  }

  /** Hands out what servers said before we asked the next thing, or were done. */
  private deliverAfter(position: number): void {
    this.deliver(Math.min(this.story.nextOfOurs(position), this.story.answerOf(this.operation)));
  }

  /** Hands out what servers said of themselves before this line. */
  private deliver(position: number): void {
    for (let said = this.story.said[this.delivered]; said !== undefined && said.n < position; said = this.story.said[this.delivered]) {
      this.delivered += 1;
      if (said.kind === 'end') {
        this.ended.add(said.server);
        continue;
      }
      const listener = this.listeners.get(said.server);
      if (listener === undefined) listIn(this.unheard, said.server).push(said);
      else this.hand(said, listener);
    }
  }

  private hand({ message }: LineOf<'frame'>, listener: Incoming): void {
    const { id, method, params } = message as { id?: unknown; method: string; params?: Json };
    const heard = params === undefined ? undefined : this.decode(params);
    if (id === undefined) listener.notification(method, heard);
    // Nobody hears what we would have answered.
    else void Promise.resolve(listener.request(method, heard)).catch(() => undefined);
  }

  private decode(written: Json): unknown {
    return decodeValue(written, (digest) => {
      const content = this.story.contents.get(digest);
      if (content === undefined) throw this.miss(`the content ${digest}`);
      return content;
    });
  }

  private errorOf(failure: TracedFailure): Error {
    const details = failure.details === undefined ? undefined : this.decode(failure.details);
    if (failure.code !== null && Object.hasOwn(EXIT_CODE, failure.code)) {
      const read = new Failure(failure.code as FailureCode, failure.message, { hint: failure.hint, ...(details === undefined ? {} : { details }) });
      return failure.form === undefined ? read : Object.assign(read, { form: failure.form });
    }
    return Object.assign(new Error(failure.message), details);
  }

  private miss(what: string): Failure {
    const hint = this.story.isRedacted ? 'The trace was redacted: it can be listed and shown, not replayed.' : 'The trace was made by another version of assay, or is not whole.';
    this.missing ??= new Failure('E/REPLAY_MISMATCH', `the trace does not hold ${what}`, { hint, details: { missing: what, operation: this.operation } });
    return this.missing;
  }
}

/** The lines of a session by what they are looked up by. */
class Story {
  readonly saws = new Map<string, Saw[]>();
  readonly asked = new Map<string, LineOf<'frame'>[]>();
  readonly outcomes = new Map<number, LineOf<'frame'> | LineOf<'lost'>>();
  readonly waits = new Map<string, LineOf<'wait'>[]>();
  readonly contents = new Map<string, Buffer>();
  /** What servers said of themselves, and that they ended. */
  readonly said: (LineOf<'frame'> | LineOf<'end'>)[] = [];
  readonly isRedacted: boolean;
  private readonly ours: number[] = [];
  private readonly answers = new Map<number, number>();
  private readonly bounds = new Map<number, { first: number; last: number }>();

  constructor(lines: readonly TraceLine[]) {
    this.isRedacted = lines.some((line) => line.kind === 'redacted');
    for (const line of lines) {
      this.bound(line);
      switch (line.kind) {
        case 'saw': {
          const name = `${line.what} ${canonicalJson(line.key)}`;
          listIn(this.saws, name).push(line);
          listIn(this.saws, `${String(line.op)} ${name}`).push(line);
          break;
        }
        case 'frame':
          this.frame(line);
          break;
        case 'lost':
          this.outcomes.set(line.ref, line);
          break;
        case 'wait':
          listIn(this.waits, `${String(line.op)} ${line.server} ${line.what}`).push(line);
          break;
        case 'end':
          this.said.push(line);
          break;
        case 'bundle':
          this.answers.set(line.op, line.n);
          break;
        case 'content':
          this.contents.set(line.digest, line.text === undefined ? Buffer.from(line.base64 ?? '', 'base64') : Buffer.from(line.text, 'utf8'));
          break;
        default:
      }
    }
  }

  firstOf(op: number): number {
    return this.bounds.get(op)?.first ?? 0;
  }

  lastOf(op: number): number {
    return this.bounds.get(op)?.last ?? -1;
  }

  answerOf(op: number): number {
    return this.answers.get(op) ?? Number.POSITIVE_INFINITY;
  }

  /** The number of the next line after this one on which we asked something, or a number beyond the last. */
  nextOfOurs(position: number): number {
    let low = 0;
    let high = this.ours.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ours[middle] ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return this.ours[low] ?? Number.POSITIVE_INFINITY;
  }

  private frame(line: LineOf<'frame'>): void {
    if (line.from === 'client') {
      this.ours.push(line.n);
      const { method, params } = line.message as { method: string; params?: Json };
      const name = `${line.server} ${method} ${params === undefined ? canonicalJson({ $undefined: true }) : canonicalJson(params)}`;
      listIn(this.asked, name).push(line);
      listIn(this.asked, `${String(line.op)} ${name}`).push(line);
    } else if (line.ref === null) this.said.push(line);
    else this.outcomes.set(line.ref, line);
  }

  private bound(line: TraceLine): void {
    if (!('op' in line)) return;
    const known = this.bounds.get(line.op);
    if (known === undefined) this.bounds.set(line.op, { first: line.n, last: line.n });
    else known.last = line.n;
  }
}

function keyText(key: unknown): string {
  return canonicalJson(encodeValue(key, () => undefined));
}

function shortened(key: unknown): string {
  const text = keyText(key);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

function listIn<T>(map: Map<string, T[]>, key: string): T[] {
  const list = map.get(key) ?? [];
  if (list.length === 0) map.set(key, list);
  return list;
}

/** Returns the outcome of the first look of this kind in an operation; undefined when there is none, or when it failed. */
export function recordedLook(session: TracedSession, op: number, what: string): unknown {
  const look = session.lines.find((line) => line.kind === 'saw' && line.op === op && line.what === what);
  if (look?.kind !== 'saw' || look.value === undefined) return undefined;
  const { contents } = new Story(session.lines.filter((line) => line.kind === 'content'));
  return decodeValue(look.value, (digest) => contents.get(digest) ?? Buffer.alloc(0));
}
