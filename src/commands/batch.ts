import { Args } from '@oclif/core';
import { caller } from '../base/caller.js';
import { BaseCommand } from './base-command.js';
import { runBatch } from '../operations/batch.js';
import { openInput } from '../workspace/read-input.js';
import { writeLine } from './write-line.js';

export default class Batch extends BaseCommand {
  static override readonly description = 'Many requests over one session per workspace: JSONL in ({"id","cmd","args"}), {"id","bundle"} out, in input order.';
  static override readonly args = { file: Args.string({ ignoreStdin: true, description: 'JSONL file; - or nothing is standard input', name: 'FILE' }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Batch);
    const input = await openInput(args.file ?? '-');
    await this.withDesk(flags, async (desk) => {
      const allReadable = await runBatch(input, desk, (line) => writeLine(line));
      caller().exitCode = allReadable ? 0 : 2;
    });
  }
}
