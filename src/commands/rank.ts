import { caller } from '../base/caller.js';
import { rankLines, rankRecordLine } from '../operations/rank.js';
import { sharedModel } from '../operations/learned.js';
import type { PricedLine } from '../operations/score-line.js';
import { countLines } from '../workspace/line-files.js';
import { modelChoice } from './model-flags.js';
import { isUnreadable, SCORE_ARGS, ScoreCommand } from './score-command.js';
import { writeLine } from './write-line.js';

export default class Rank extends ScoreCommand {
  static override readonly description = 'Best of N: JSONL with several patches per instance_id in, one line per instance_id out, its patches best first and why.';
  static override readonly args = SCORE_ARGS;
  static override readonly examples = ['<%= config.bin %> rank patches.jsonl', '<%= config.bin %> rank patches.jsonl --model-only'];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Rank);
    const { file } = args;
    const total = file === '-' ? null : (await countLines(file)).lines;
    const priced: PricedLine[] = [];
    for await (const line of this.price(file, flags, total)) priced.push(line);
    const choice = modelChoice(flags);
    const model = choice === null ? null : await sharedModel(choice);
    for await (const record of rankLines(priced, model)) await writeLine(rankRecordLine(record));
    caller().exitCode = priced.some(({ line }) => isUnreadable(line)) ? 2 : 0;
  }
}
