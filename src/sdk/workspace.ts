import type { Bundle } from '../bundles/schema/bundle.js';
import type { OperationRequest } from '../operations/operation.js';
import { OPERATIONS, type OperationArguments, type OperationName } from '../operations/operations.js';

/** What one request may ask for itself. */
export interface AskOptions {
  /** For the whole request, in milliseconds; then its bundle is E/LS_TIMEOUT. Default: that of the workspace. */
  readonly timeoutMs?: number;
  /** When it is aborted nothing goes on behind the answer, whose error is E/REQUEST_CANCELLED. */
  readonly signal?: AbortSignal;
}

/** The arguments of a command; a list that was too long for one bundle goes on at the `nextCursor` of its facts. */
export type ArgumentsOf<Name extends OperationName> = OperationArguments[Name] & { readonly cursor?: string };

/** Arguments may be left out where none is required. */
type Ask<Name extends OperationName> = Partial<OperationArguments[Name]> extends OperationArguments[Name]
  ? (args?: ArgumentsOf<Name>, options?: AskOptions) => Promise<Bundle>
  : (args: ArgumentsOf<Name>, options?: AskOptions) => Promise<Bundle>;

/** Every command of the command line, as a method: `workspace.refs({ selector: 'py://pkg.mod#name' })`. */
export type Commands = { readonly [Name in OperationName]: Ask<Name> };

/**
 * An open workspace. Its methods resolve with the bundles that the command line prints: what cannot be answered is a bundle whose
 * `status` is `error`, not an exception. Close it, whatever happened, or declare it with `await using`.
 */
export interface AssayWorkspace extends Commands, AsyncDisposable {
  /** Answers a request as a line of `assay batch` has it. */
  run(request: OperationRequest, options?: AskOptions): Promise<Bundle>;
  /** Cancels what is under way and ends every server that was started for this workspace; a daemon stays. Safe to call again. */
  close(): Promise<void>;
}

/** What answers: an engine in this process, or a daemon. */
export interface Answering {
  answer(request: OperationRequest, options: AskOptions & { readonly signal: AbortSignal }): Promise<Bundle>;
  close(): Promise<void>;
}

/** Returns the workspace that `answering` answers for. */
export function workspaceOver(answering: Answering): AssayWorkspace {
  const underWay = new Set<Promise<unknown>>();
  const closing = new AbortController();
  let closed: Promise<void> | null = null;
  const run = (request: OperationRequest, { signal, ...options }: AskOptions = {}): Promise<Bundle> => {
    if (closed !== null) return Promise.reject(new Error('The workspace is closed: open it again to ask.'));
    const either = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
    const answer = answering.answer(request, { ...options, signal: either });
    underWay.add(answer);
    const over = (): void => void underWay.delete(answer);
    answer.then(over, over);
    return answer;
  };
  const close = (): Promise<void> => {
    closing.abort();
    closed ??= Promise.allSettled(underWay).then(() => answering.close());
    return closed;
  };
  const methods = Object.entries(OPERATIONS).map(([name, { cmd }]) => [name, (args: OperationRequest['args'] = {}, options?: AskOptions) => run({ cmd, args }, options)]);
  return { ...(Object.fromEntries(methods) as Commands), run, close, [Symbol.asyncDispose]: close };
}
