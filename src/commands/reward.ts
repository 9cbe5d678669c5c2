import { Args, Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';
import { MEASURING_FLAGS, measuringArgs } from './measuring-flags.js';
import { MODEL_FLAGS, modelArgs, PROBLEM_FLAG } from './model-flags.js';
import { numberFlag } from './number-flag.js';

export default class Reward extends BaseCommand {
  static override readonly description = 'The process reward of one step: the worktree against HEAD, a commit, or a patch. Nothing of yours is written.';
  static override readonly args = { patch: Args.string({ ignoreStdin: true, description: 'unified diff that applies to the base; - is standard input', name: 'PATCH' }) };
  static override readonly flags = {
    base: Flags.string({ description: 'revision before the step', default: 'HEAD', helpValue: 'REV' }),
    head: Flags.string({ description: 'revision after the step (default: the worktree with untracked, unignored files)', helpValue: 'REV' }),
    ...MEASURING_FLAGS,
    reward: Flags.option({ options: ['pr-v2', 'pr-v1'] as const, description: 'which reward is on top', default: 'pr-v2' as const })(),
    explain: Flags.boolean({ description: 'show the arithmetic', default: false }),
    ...MODEL_FLAGS,
    problem: PROBLEM_FLAG,
    'fail-below': numberFlag({ description: 'exit 1 when the reward is smaller', helpValue: 'X' }),
  };
  static override readonly examples = ['<%= config.bin %> reward', '<%= config.bin %> reward --base HEAD~1 --head HEAD', 'git diff | <%= config.bin %> reward - --fail-below 0'];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Reward);
    const patch = args.patch === undefined ? {} : { patchFile: args.patch };
    const head = flags.head === undefined ? {} : { head: flags.head };
    const failBelow = flags['fail-below'] === undefined ? {} : { failBelow: flags['fail-below'] };
    const model = await modelArgs(flags);
    await this.answer(flags, { cmd: 'reward', args: { base: flags.base, reward: flags.reward, ...measuringArgs(flags), ...model, ...patch, ...head, ...failBelow } });
  }
}
