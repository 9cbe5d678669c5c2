import { canonicalJson } from '../../base/canonical-json.js';
import { entriesOf, readTraceFile, refuseDamage } from '../../operations/trace-file.js';
import { renderEntries } from '../../render/trace.js';
import { BaseCommand } from '../base-command.js';
import { writeLine } from '../write-line.js';
import { filterFlags, filterOf, traceArg } from './trace-flags.js';

export default class TraceList extends BaseCommand {
  static override readonly description = 'The operations that a trace holds, one per line; --json prints each as a JSON object.';
  static override readonly args = traceArg;
  static override readonly flags = filterFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TraceList);
    const trace = await readTraceFile(args.file);
    const entries = entriesOf(trace, filterOf(flags)).map(({ entry }) => entry);
    if (flags.json) for (const entry of entries) await writeLine(canonicalJson(entry));
    else await writeLine(renderEntries(entries));
    refuseDamage(trace, args.file);
    this.noteCut(trace);
  }
}
