import { caller } from '../base/caller.js';
import { Flags } from '@oclif/core';
import { Failure } from '../base/failure.js';
import { canonicalJson } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import { readScoreLines, scoreRecordLine } from '../operations/score.js';
import { countLines, ResumableOutput } from '../workspace/line-files.js';
import { openInput } from '../workspace/read-input.js';
import { measuringArgs, type MeasuringFlags } from './measuring-flags.js';
import type { ModelFlags } from './model-flags.js';
import { isUnreadable, SCORE_ARGS, ScoreCommand } from './score-command.js';
import { writeLine } from './write-line.js';

export default class Score extends ScoreCommand {
  static override readonly description = 'The rewards of many patches: JSONL in, JSONL out in the same order. The base stays warm; nothing of yours is written.';
  static override readonly flags = {
    bundles: Flags.boolean({ description: 'put the whole bundle into each line', default: false }),
    out: Flags.string({ description: 'write the lines to this file; the same command again goes on where it was cut short', helpValue: 'FILE' }),
  };
  static override readonly args = SCORE_ARGS;
  static override readonly examples = ['<%= config.bin %> score patches.jsonl', '<%= config.bin %> score patches.jsonl --base v1.2 --servers 2 --out scores.jsonl', '<%= config.bin %> score patches.jsonl --model-only'];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Score);
    const { file } = args;
    const counted = file === '-' ? null : await countLines(file);
    const output = flags.out === undefined ? null : await ResumableOutput.open(flags.out, jobOf(counted?.digest, flags));
    let allReadable = output === null || output.kept === 0 || (await areReadable(file, output.kept));
    for await (const priced of this.price(file, flags, counted?.lines ?? null, output?.kept ?? 0)) {
      if (isUnreadable(priced.line)) allReadable = false;
      const line = scoreRecordLine(priced, flags.bundles);
      await (output === null ? writeLine(line) : output.write(line));
    }
    await output?.finish();
    caller().exitCode = allReadable ? 0 : 2;
  }
}

/** Everything that the lines of an output file depend on, as far as the command line says it. */
function jobOf(input: string | undefined, flags: MeasuringFlags & ModelFlags & Readonly<Record<'workspace' | 'server', string | undefined>> & { readonly base: string; readonly reward: string; readonly bundles: boolean; readonly 'model-only': boolean }): string {
  if (input === undefined) throw new Failure('E/BAD_ARGUMENT', '--out needs a FILE to read from', { hint: 'Standard input cannot be read again to go on with; nothing was started.' });
  const { workspace = null, server = null, model = null, base, reward, bundles, provider, 'no-model': noModel, 'model-only': modelOnly } = flags;
  return sha256(canonicalJson({ input, workspace, server, model, base, reward, bundles, provider, noModel, modelOnly, ...measuringArgs(flags) }));
}

async function areReadable(file: string, count: number): Promise<boolean> {
  let seen = 0;
  for await (const line of readScoreLines(await openInput(file))) {
    if (seen === count) break;
    if (isUnreadable(line)) return false;
    seen += 1;
  }
  return true;
}
