import { Args, Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';
import { editArgs, editFlags } from './edit-flags.js';

export default class Apply extends BaseCommand {
  static override readonly description = 'What a patch or a WorkspaceEdit would do to the files; with --apply, does it in all of them or in none.';
  static override readonly args = { patch: Args.string({ ignoreStdin: true, required: true, description: 'unified diff or WorkspaceEdit (JSON); - is standard input', name: 'PATCH' }) };
  static override readonly flags = {
    ...editFlags,
    '3way': Flags.boolean({ description: 'merge with what the files have become since the patch was made, as git apply --3way does', default: false }),
    delta: Flags.boolean({ description: 'measure what it does to the diagnostics', default: true, allowNo: true }),
  };
  static override readonly examples = ['<%= config.bin %> apply fix.patch', '<%= config.bin %> apply fix.patch --apply --commit "Fix it"', 'git diff | <%= config.bin %> apply - --json'];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Apply);
    await this.answer(flags, { cmd: 'apply', args: { patchFile: args.patch, delta: flags.delta, '3way': flags['3way'], ...editArgs(flags) } });
  }
}
