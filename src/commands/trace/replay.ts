import { Flags } from '@oclif/core';
import { bundleToLine } from '../../bundles/bundle-line.js';
import { askAgain } from '../../operations/ask-again.js';
import { checkReplay, type ReplayOptions } from '../../operations/replay.js';
import { parseWeights } from '../../operations/reward-weights.js';
import { entriesOf, readTraceFile, refuseDamage } from '../../operations/trace-file.js';
import { renderCounterfactual, renderReplay } from '../../render/replay.js';
import { BaseCommand } from '../base-command.js';
import { writeLine } from '../write-line.js';
import { filterFlags, filterOf, traceArg } from './trace-flags.js';

export default class TraceReplay extends BaseCommand {
  static override readonly description = 'Make the recorded bundles again from what was recorded alone: no server, no workspace, no Git. Exit 76 where one is not the same.';
  static override readonly args = traceArg;
  static override readonly flags = {
    ...filterFlags,
    'against-workspace': Flags.boolean({ description: 'ask the workspace as it is now the same questions, and say what differs', default: false }),
    weights: Flags.string({ description: 'what the rewards would have been: phiD=0.6,phiS=0.2,conf=0.1,phiP=0.1', helpValue: 'TERM=W,…', exclusive: ['against-workspace'] }),
  };
  static override readonly examples = ['<%= config.bin %> trace replay run.jsonl', '<%= config.bin %> trace replay run.jsonl --json --op 3', '<%= config.bin %> trace replay run.jsonl --weights phiD=1,phiS=1'];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TraceReplay);
    const options: ReplayOptions = flags.weights === undefined ? {} : { weights: parseWeights(flags.weights) };
    const trace = await readTraceFile(args.file);
    const wanted = new Set(entriesOf(trace, filterOf(flags)).map(({ operation }) => operation));
    if (flags['against-workspace']) {
      await this.withEngineOptions(flags, (engine) => askAgain(trace, wanted, engine, (report) => writeLine(flags.json ? bundleToLine(report.bundle) : renderReplay(report))));
    } else {
      await checkReplay(trace, wanted, options, (report) => writeLine(flags.json ? bundleToLine(report.bundle) : options.weights === undefined ? renderReplay(report) : renderCounterfactual(report)));
    }
    refuseDamage(trace, args.file);
    this.noteCut(trace);
  }
}
