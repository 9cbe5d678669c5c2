import { Failure } from '../base/failure.js';
import { currentTape, type Conversation, type Incoming, type LiveEnd, type ReadFailure } from '../base/observe.js';
import type { Connection } from './connection.js';
import { PassingRefusal, ServerEnd } from './server-failures.js';

/** What a session asks of the way to its server. */
export type ServerLine = Pick<Connection, 'alive' | 'processId' | 'request' | 'notify' | 'within' | 'shutdown'>;

/**
 * Opens the way to a server. Where a trace is recorded, everything that is said on it is written down; where one is replayed, no
 * server is started and the trace speaks for it. `role` tells the servers of one kind apart.
 */
export function openLine(role: string, incoming: Incoming, connect: (incoming: Incoming) => Connection): ServerLine {
  const tape = currentTape();
  if (tape === null) return connect(incoming);
  const conversation = tape.conversation(role);
  const heard = conversation.listen(incoming);
  return new TapedLine(conversation, tape.isReplay ? null : connect(heard));
}

class TapedLine implements ServerLine {
  private readonly conversation: Conversation;
  /** Null in a replay: then nothing below asks for it. */
  private readonly connection: Connection | null;

  constructor(conversation: Conversation, connection: Connection | null) {
    this.conversation = conversation;
    this.connection = connection;
  }

  get processId(): number | null {
    return this.connection?.processId ?? null;
  }

  get alive(): boolean {
    return this.conversation.alive(() => this.live.alive);
  }

  request(method: string, params: unknown, timeoutMs: number, what?: string): Promise<unknown> {
    return this.conversation.exchange('request', { method, params }, () => this.live.request(method, params, timeoutMs, what), this.end).catch(revive);
  }

  async notify(method: string, params: unknown, timeoutMs: number): Promise<void> {
    await this.conversation.exchange('notification', { method, params }, () => this.live.notify(method, params, timeoutMs), this.end).catch(revive);
  }

  within<T>(work: Promise<T>, timeoutMs: number, late: (timeoutMs: number) => Failure): Promise<T> {
    return this.conversation.wait('news', work, () => this.live.within(work, timeoutMs, late), this.end).catch(revive);
  }

  async shutdown(): Promise<void> {
    this.conversation.left();
    await this.connection?.shutdown();
  }

  private get end(): LiveEnd {
    return { isAlive: () => this.live.alive, formOf };
  }

  private get live(): Connection {
    if (this.connection === null) throw new TypeError('BUG: a replay asked a server');
    return this.connection;
  }
}

const PASSING = 'passing';
const END = 'end ';

/** What decides whether a question is asked again. */
function formOf(error: unknown): string | null {
  if (error instanceof ServerEnd) return `${END}${String(error.restartsMax)}`;
  return error instanceof PassingRefusal ? PASSING : null;
}

/** Throws a failure that was read from a trace as what it was. */
function revive(error: unknown): never {
  const { form } = error as ReadFailure;
  if (!(error instanceof Failure) || form === undefined) throw error;
  const { code, message, hint, details } = error;
  throw form === PASSING ? new PassingRefusal(code, message, { hint, details }) : new ServerEnd(message, { hint, details }, Number(form.slice(END.length)));
}
