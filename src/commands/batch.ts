import { Readable } from 'node:stream';
import { Args, Flags } from '@oclif/core';
import { caller } from '../base/caller.js';
import { canonicalJson } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import { Failure } from '../base/failure.js';
import { answerBatch, readBatchLines, type BatchLine } from '../operations/batch.js';
import { parseFields } from '../operations/trim-bundle.js';
import { linesOf } from '../workspace/input-lines.js';
import { countLines, ResumableOutput } from '../workspace/line-files.js';
import { openInput } from '../workspace/read-input.js';
import { BaseCommand, type CommonFlags } from './base-command.js';
import { Progress } from './progress.js';
import { writeLine } from './write-line.js';

interface BatchFlags extends CommonFlags {
  readonly fields: string | undefined;
  readonly out: string | undefined;
  readonly resume: boolean;
}

export default class Batch extends BaseCommand {
  static override readonly description = 'Many requests over one session per workspace: JSONL in ({"id","cmd","args"}), {"id","bundle"} out, in input order.';
  static override readonly args = { file: Args.string({ ignoreStdin: true, description: 'JSONL file; - or nothing is standard input', name: 'FILE' }) };
  static override readonly flags = {
    concurrency: Flags.integer({ description: 'so many questions are under way at the same time; what writes goes alone, in its turn', default: 8, min: 1, max: 64, helpValue: 'N' }),
    fields: Flags.string({ description: 'only these parts of each bundle, beside its id and error: facts.references.uri,facts.references.range', helpValue: 'PATH,…' }),
    out: Flags.string({ description: 'write the answers to this file', helpValue: 'FILE' }),
    resume: Flags.boolean({ description: 'go on behind the answers that a run which was cut short has left in --out', default: false }),
  };
  static override readonly examples = ['<%= config.bin %> batch questions.jsonl', '<%= config.bin %> batch questions.jsonl --out answers.jsonl --resume', '<%= config.bin %> batch - --fields facts.definitions.uri,facts.definitions.range'];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Batch);
    const { file = '-' } = args;
    const fields = flags.fields === undefined ? null : parseFields(flags.fields);
    if (flags.resume && flags.out === undefined) throw new Failure('E/BAD_ARGUMENT', '--resume needs --out FILE', { hint: 'That file says which requests were answered. Nothing was started.' });
    const counted = file === '-' ? null : await countLines(file);
    const output = flags.out === undefined ? null : await ResumableOutput.open(flags.out, jobOf(counted?.digest, flags), flags.resume);
    const progress = new Progress(caller().stderr, counted?.lines ?? null, output?.kept ?? 0);
    const seen = { unreadable: 0 };
    const noted = async function* (lines: AsyncIterable<BatchLine>): AsyncGenerator<BatchLine> {
      let left = output?.kept ?? 0;
      for await (const line of lines) {
        if (line.request instanceof Failure) seen.unreadable += 1;
        if (left === 0) yield line;
        else left -= 1;
      }
    };
    const input = await openInput(file);
    const lines = noted(readBatchLines(linesOf(input)));
    await this.withDesk(flags, async (desk) => {
      try {
        // What is recorded is one story: one thing after the other.
        for await (const line of answerBatch(lines, desk, { concurrency: flags['trace-file'] === undefined ? flags.concurrency : 1, fields })) {
          await (output === null ? writeLine(line) : output.write(line));
          progress.step();
        }
      } finally {
        progress.end();
        // Whoever was cancelled may still hold it open.
        if (input instanceof Readable) input.destroy();
      }
    });
    if (!caller().signal.aborted) await output?.finish();
    caller().exitCode = seen.unreadable === 0 ? 0 : 2;
  }
}

/** Everything that the lines of an output file depend on, as far as the command line says it. */
function jobOf(input: string | undefined, { workspace, server, timeout, fields, 'index-io': indexUnit }: BatchFlags): string {
  if (input === undefined) throw new Failure('E/BAD_ARGUMENT', '--out needs a FILE to read from', { hint: 'Standard input cannot be read again to go on with; nothing was started.' });
  return sha256(canonicalJson({ batch: input, workspace: workspace ?? null, server: server ?? null, timeout: timeout ?? null, fields: fields ?? null, indexUnit }));
}
