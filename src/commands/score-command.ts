import { Args, Flags } from '@oclif/core';
import { caller } from '../base/caller.js';
import { Failure } from '../base/failure.js';
import type { EngineOptions } from '../operations/engine.js';
import type { ModelChoice } from '../operations/learned.js';
import { scoreByModel } from '../operations/model-only.js';
import type { PricedLine, ScoreLine } from '../operations/score-line.js';
import { priceLines, readScoreLines, usualLabs, type ScoreOptions } from '../operations/score.js';
import { openInput } from '../workspace/read-input.js';
import { BaseCommand, type CommonFlags } from './base-command.js';
import { MEASURING_FLAGS, measuringArgs, type MeasuringFlags } from './measuring-flags.js';
import { modelChoice, MODEL_FLAGS, type ModelFlags } from './model-flags.js';
import { Progress } from './progress.js';

interface ScoreFlags extends CommonFlags, MeasuringFlags, ModelFlags {
  readonly 'model-only': boolean;
  readonly base: string;
  readonly reward: 'pr-v2' | 'pr-v1';
  readonly servers: number | undefined;
  readonly 'server-memory': number;
}

/** For the `args` of each of them: oclif does not look at what a command inherits. */
export const SCORE_ARGS = { file: Args.string({ ignoreStdin: true, required: true, description: 'JSONL file with one patch per line; - is standard input', name: 'FILE' }) };

const MEBIBYTE = 1024 * 1024;

/** What the commands that price many patches share. */
export abstract class ScoreCommand extends BaseCommand {
  static override readonly baseFlags = {
    ...BaseCommand.baseFlags,
    base: Flags.string({ description: 'revision that the patches of lines without a base apply to', default: 'HEAD', helpValue: 'REV' }),
    ...MEASURING_FLAGS,
    reward: Flags.option({ options: ['pr-v2', 'pr-v1'] as const, description: 'which reward is r', default: 'pr-v2' as const })(),
    'model-only': Flags.boolean({ description: 'ask the model alone: needs no repository and no server, and gives no reward', default: false, exclusive: ['no-model'] }),
    ...MODEL_FLAGS,
    servers: Flags.integer({ description: 'how many patches are measured at the same time, each by servers of its own; default: one for every two processors, 4 at most, as far as the memory goes', min: 1, max: 64, helpValue: 'N' }),
    'server-memory': Flags.integer({ description: 'a server that holds more than so many MiB is replaced between two patches', default: 3072, min: 64, helpValue: 'MIB' }),
  };

  /** Prices the lines of a file, and shows on a terminal how far it is. `skip` lines were answered before. */
  protected async *price(file: string, flags: ScoreFlags, total: number | null, skip = 0): AsyncGenerator<PricedLine> {
    const progress = new Progress(caller().stderr, total, skip);
    const { options, close } = this.openEngineOptions(flags);
    try {
      const lines = skipping(readScoreLines(await openInput(file)), skip);
      const choice = modelChoice(flags);
      const answers = flags['model-only'] && choice !== null ? scoreByModel(lines, choice, options) : priceLines(lines, scoreOptions(flags, options, choice));
      for await (const priced of answers) {
        yield priced;
        progress.step();
      }
    } finally {
      progress.end();
      close();
    }
  }
}

function scoreOptions(flags: ScoreFlags, options: EngineOptions, model: ModelChoice | null): ScoreOptions {
  const recycleAboveBytes = flags['server-memory'] * MEBIBYTE;
  return {
    ...options,
    model,
    base: flags.base,
    rewardArgs: { reward: flags.reward, ...measuringArgs(flags) },
    labs: flags.servers ?? usualLabs(recycleAboveBytes),
    recycleAboveBytes,
  };
}

export function isUnreadable({ request }: ScoreLine): boolean {
  return request instanceof Failure;
}

async function* skipping(lines: AsyncIterable<ScoreLine>, count: number): AsyncGenerator<ScoreLine> {
  let seen = 0;
  for await (const line of lines) {
    seen += 1;
    if (seen > count) yield line;
  }
}
