import { join } from 'node:path';
import { temporaryFolder, TemporaryRepository, type FileSpec } from './temporary-repository.js';

const HOOKS = ['applypatch-msg', 'commit-msg', 'fsmonitor-watchman', 'post-applypatch', 'post-checkout', 'post-commit', 'post-index-change', 'post-merge', 'post-rewrite', 'pre-applypatch', 'pre-auto-gc', 'pre-commit', 'pre-merge-commit', 'prepare-commit-msg', 'reference-transaction'];

/** Each of these settings makes ordinary Git run the command, which leaves a file behind. */
export function hostileRepository(files: Readonly<Record<string, FileSpec>> = {}): { repository: TemporaryRepository; marker: string } {
  const marker = join(temporaryFolder(), 'executed');
  const repository = new TemporaryRepository({ '.gitattributes': '*.txt filter=evil diff=evil merge=evil\n*.eq filter=a=b.c\n', 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.eq': 'c\n', ...files });
  repository.commit({ 'b.txt': 'b2\n' });
  const command = `touch ${marker}; cat; true`;
  const script = { exec: `#!/bin/sh\ntouch ${marker}\n` };
  repository.write({ ...Object.fromEntries(HOOKS.map((name) => [`.git/hooks/${name}`, script])), '.git/evil': script });
  const settings: [string, string][] = [
    ['core.fsmonitor', `${repository.top}/.git/evil`], ['core.pager', command], ['core.sshCommand', command], ['diff.external', `touch ${marker}`],
    ['diff.evil.command', `touch ${marker}`], ['diff.evil.textconv', `touch ${marker}; cat`], ['filter.evil.clean', command], ['filter.evil.smudge', command],
    ['filter.evil.required', 'true'], ['filter.a=b.c.clean', command], ['filter.a=b.c.process', `touch ${marker}`], ['core.askPass', command], ['credential.helper', `!${command}`],
    ['core.hooksPath', `${repository.top}/.git/hooks`], ['extensions.partialClone', 'origin'], ['remote.origin.promisor', 'true'], ['remote.origin.url', `ext::sh -c touch% ${marker}`],
    ['protocol.ext.allow', 'always'], ['protocol.allow', 'always'], ['core.repositoryFormatVersion', '1'], ['diff.orderFile', '/nonexistent'], ['diff.relative', 'true'], ['core.trustctime', 'false'],
    ['merge.evil.driver', `touch ${marker}`], ['gpg.program', `${repository.top}/.git/evil`], ['commit.gpgSign', 'true'], ['log.showSignature', 'true'], ['core.editor', `touch ${marker}`],
    ['pager.log', command], ['pager.show', command], ['core.gitProxy', `touch ${marker}`], ['core.alternateRefsCommand', `touch ${marker}`], ['uploadpack.packObjectsHook', `touch ${marker}`],
  ];
  for (const [key, value] of settings) repository.git('config', key, value);
  repository.write({ 'a.txt': 'A\n', 'c.eq': 'C\n', 'new.txt': 'n\n' });
  return { repository, marker };
}
