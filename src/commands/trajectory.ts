import { Args, Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';
import { MODEL_FLAGS, modelArgs, PROBLEM_FLAG } from './model-flags.js';
import { numberFlag } from './number-flag.js';

export default class Trajectory extends BaseCommand {
  static override readonly description = 'A reward for every step of an agent run: a .traj of SWE-agent, or JSONL of steps.';
  static override readonly args = { file: Args.string({ ignoreStdin: true, required: true, description: 'the recorded run; - is standard input', name: 'FILE' }) };
  static override readonly flags = {
    base: Flags.string({ description: 'revision that the run started from', default: 'HEAD', helpValue: 'REV' }),
    exact: Flags.boolean({ description: 'measure the whole workspace, not only touched files and their dependents', default: false }),
    ...MODEL_FLAGS,
    problem: PROBLEM_FLAG,
    eta: numberFlag({ description: 'threshold of the aggregate clip (default: 0.9)', helpValue: 'X' }),
  };
  static override readonly examples = ['<%= config.bin %> trajectory run.traj --base 1a2b3c4', '<%= config.bin %> trajectory steps.jsonl --json'];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Trajectory);
    const eta = flags.eta === undefined ? {} : { eta: flags.eta };
    await this.answer(flags, { cmd: 'trajectory', args: { base: flags.base, exact: flags.exact, runFile: args.file, ...(await modelArgs(flags)), ...eta } });
  }
}
