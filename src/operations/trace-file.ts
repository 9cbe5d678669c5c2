import { Failure } from '../base/failure.js';
import { readTrace, type Trace, type TracedOperation } from '../trace/read.js';
import { linesOf } from '../workspace/input-lines.js';
import { openInput } from '../workspace/read-input.js';

/** Reads a trace named relative to the current folder, or from standard input for `-`. */
export async function readTraceFile(path: string): Promise<Trace> {
  return readTrace(linesOf(await openInput(path)));
}

/** Throws E/BAD_ARGUMENT for a trace in which a line is not as it was written, and for a file that is no trace. */
export function refuseDamage(trace: Trace, path: string): void {
  const { damage, operations, sessions } = trace;
  const finished = operations.filter(({ bundle }) => bundle !== null).length;
  if (damage !== null) {
    throw new Failure('E/BAD_ARGUMENT', `line ${String(damage.line)} of ${path} is damaged: ${damage.reason}`, {
      hint: `What came before it in its run was read: ${String(finished)} finished operations. Nothing after it is believed.`,
      details: { line: damage.line, finished },
    });
  }
  if (sessions.length === 0) throw new Failure('E/BAD_ARGUMENT', `${path} is no trace: it does not begin as one`, { hint: 'Any command makes one with --trace-file FILE.' });
}

/** What to look for in a trace; what is undefined does not matter. */
export interface TraceFilter {
  readonly number?: number | undefined;
  readonly cmd?: string | undefined;
  /** Part of the selector, as it was given or as its bundle has it. */
  readonly selector?: string | undefined;
  readonly exitCode?: number | undefined;
  /** `unfinished`: cut short before it had an answer. */
  readonly status?: 'ok' | 'error' | 'unfinished' | undefined;
}

/** One recorded operation in short. */
export interface TraceEntry {
  readonly number: number;
  readonly at: string;
  readonly cmd: string;
  readonly selector: string | null;
  readonly id: string | number | null;
  readonly status: 'ok' | 'error' | 'unfinished';
  readonly exitCode: number | null;
  readonly code: string | null;
  readonly durationMs: number | null;
  readonly bundleId: string | null;
}

/** Returns the operations that a filter lets through, each with its entry. */
export function entriesOf(trace: Trace, filter: TraceFilter): { readonly operation: TracedOperation; readonly entry: TraceEntry }[] {
  return trace.operations.map((operation) => ({ operation, entry: entryOf(operation) })).filter(({ operation, entry }) => matches(operation, entry, filter));
}

interface KnownOfBundle {
  readonly bundleId: string;
  readonly status: 'ok' | 'error';
  readonly request?: { readonly cmd: string; readonly selector?: string };
  readonly error?: { readonly code: string };
  readonly meta: { readonly exitCode: number; readonly durationMs: number };
}

function entryOf({ number, request, bundle: line }: TracedOperation): TraceEntry {
  const bundle = line === null ? null : ((line.kind === 'bundle' ? line.bundle : line.note) as unknown as KnownOfBundle);
  const { selector } = request.args as { selector?: unknown };
  return {
    number,
    at: request.at,
    cmd: bundle?.request?.cmd ?? request.cmd,
    selector: bundle?.request?.selector ?? (typeof selector === 'string' ? selector : null),
    id: request.id,
    status: bundle?.status ?? 'unfinished',
    exitCode: bundle?.meta.exitCode ?? null,
    code: bundle?.error?.code ?? null,
    durationMs: bundle?.meta.durationMs ?? null,
    bundleId: bundle?.bundleId ?? null,
  };
}

function matches({ request }: TracedOperation, entry: TraceEntry, { number, cmd, selector, exitCode, status }: TraceFilter): boolean {
  if (number !== undefined && entry.number !== number) return false;
  if (cmd !== undefined && entry.cmd !== cmd && request.cmd !== cmd) return false;
  if (selector !== undefined && ![entry.selector ?? '', JSON.stringify(request.args)].some((text) => text.includes(selector))) return false;
  if (exitCode !== undefined && entry.exitCode !== exitCode) return false;
  return status === undefined || entry.status === status;
}
