import { readTraceFile, refuseDamage } from '../../operations/trace-file.js';
import { redactTrace } from '../../trace/redact.js';
import { BaseCommand } from '../base-command.js';
import { writeLine } from '../write-line.js';
import { traceArg } from './trace-flags.js';

export default class TraceRedact extends BaseCommand {
  static override readonly description = 'The trace without files, selectors, paths and what servers said, to show to others. It cannot be replayed.';
  static override readonly args = traceArg;

  async run(): Promise<void> {
    const { args } = await this.parse(TraceRedact);
    const trace = await readTraceFile(args.file);
    refuseDamage(trace, args.file);
    for (const line of redactTrace(trace)) await writeLine(line);
    this.noteCut(trace);
  }
}
