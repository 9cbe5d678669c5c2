import { ContextValue } from './context.js';

/**
 * Where the world outside enters the program: the disk, Git, the machine, the servers. Every door to it looks through `observe`, so that
 * what was seen can be written down (a trace) and seen again without the world (a replay). With neither, `observe` is a plain call.
 *
 * The tape travels with the asynchronous call and not as a parameter, so that nothing that is reached through a door, now or later,
 * can forget it. A look inside a look is not taped: the outer one holds all that was learned.
 */
export interface Tape {
  /** True when looks are answered from a trace: nothing of the world may be touched. */
  readonly isReplay: boolean;
  observe<T>(look: Look<T>, see: () => Promise<T>): Promise<T>;
  observeSync<T>(look: Look<T>, see: () => T): T;
  /** Opens the record of one server process; `role` tells those of one kind apart. */
  conversation(role: string): Conversation;
}

/** One way to learn something. The same look may have another outcome later. */
export interface Look<T> {
  /** True for what is done to the world and not learned from it: only its failure is recorded, and a replay leaves it out. */
  readonly isAct?: boolean;
  readonly what: string;
  /** JSON, bytes, Maps and Sets: what distinguishes this look from others of its kind. */
  readonly key: unknown;
  /** What a replay, which takes what was recorded, may find wrong with it; null for nothing. Only for what is observed asynchronously. */
  readonly doubt?: (seen: T) => Promise<string | null>;
  /** How an outcome that is not JSON, bytes, Maps and Sets is written and read back. */
  readonly form?: { write(seen: T): unknown; read(written: unknown): T };
}

/** A message of JSON-RPC without its id. */
export interface Message {
  readonly method: string;
  readonly params?: unknown;
}

/** Takes what a server says of itself. */
export interface Incoming {
  request(method: string, params: unknown): unknown;
  notification(method: string, params: unknown): void;
}

/** What is asked of the server that is there when something failed. */
export interface LiveEnd {
  readonly isAlive: () => boolean;
  /** Says of which kind a failure is, where that decides what happens next. */
  readonly formOf: (error: unknown) => string | null;
}

/** A failure that was read from a trace. */
export interface ReadFailure {
  readonly form?: string;
}

/** The frames between us and one server, as they are written or read again. */
export interface Conversation {
  /** Hears from now on what the server said of itself. Called once. In a replay the frames come from the trace, in their order. */
  listen(incoming: Incoming): Incoming;
  /** One request or notification of ours and what became of it. A failure that is read again is a plain Failure with the `form` that it was given. */
  exchange(kind: 'request' | 'notification', message: Message, send: () => Promise<unknown>, live: LiveEnd): Promise<unknown>;
  /** Waits for something that the server says of itself. */
  wait<T>(what: string, work: Promise<T>, watch: () => Promise<T>, live: LiveEnd): Promise<T>;
  /** The server was told to leave. */
  left(): void;
  /** Whether the server still runs. */
  alive(isAlive: () => boolean): boolean;
}

const tapes = new ContextValue<Tape | null>('tape');

/** The tape of the request that is being answered; null when nobody records or replays. */
export function currentTape(): Tape | null {
  return tapes.get() ?? null;
}

/** Runs `work` and all that it causes with this tape; null for what must leave no record. */
export function withTape<T>(tape: Tape | null, work: () => T): T {
  return tapes.run(tape, work);
}

/** Looks at the world, or at what a trace says of it. A look that throws is recorded as well. */
export function observe<T>(look: Look<T>, see: () => Promise<T>): Promise<T> {
  const tape = currentTape();
  return tape === null ? see() : tape.observe(look, () => withTape(null, see));
}

export function observeSync<T>(look: Look<T>, see: () => T): T {
  const tape = currentTape();
  return tape === null ? see() : tape.observeSync(look, () => withTape(null, see));
}

/** Does something to the world that no answer depends on. A replay does not do it; that it failed is recorded. */
export function act(what: string, work: () => Promise<void>): Promise<void> {
  return observe({ what, key: null, isAct: true }, work);
}

export function actSync(what: string, work: () => void): void {
  observeSync({ what, key: null, isAct: true }, work);
}
