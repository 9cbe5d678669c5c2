import { Args, Flags } from '@oclif/core';
import type { TraceFilter } from '../../operations/trace-file.js';

export const traceArg = { file: Args.string({ ignoreStdin: true, required: true, description: 'trace that --trace-file made; - is standard input', name: 'FILE' }) };

/** Which operations of a trace are meant. */
export const filterFlags = {
  op: Flags.integer({ description: 'only the operation of this number', min: 1, helpValue: 'N' }),
  cmd: Flags.string({ description: 'only operations of this command', helpValue: 'CMD' }),
  selector: Flags.string({ description: 'only operations whose selector holds this text', helpValue: 'TEXT' }),
  'exit-code': Flags.integer({ description: 'only operations that ended so', helpValue: 'N' }),
  status: Flags.option({ options: ['ok', 'error', 'unfinished'] as const, description: 'only operations that ended so' })(),
};

interface FilterFlags {
  readonly op: number | undefined;
  readonly cmd: string | undefined;
  readonly selector: string | undefined;
  readonly 'exit-code': number | undefined;
  readonly status: TraceFilter['status'];
}

export function filterOf({ op, cmd, selector, 'exit-code': exitCode, status }: FilterFlags): TraceFilter {
  return { number: op, cmd, selector, exitCode, status };
}
