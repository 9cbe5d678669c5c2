import type { RecordedStep } from './read-run.js';
import { readShellLine } from './shell-line.js';

/** A step that looked where the answer may lie, instead of finding it. */
export interface Taint {
  readonly step: number;
  readonly rule: 'future-history' | 'network' | 'installed-copy';
}

/** Finds the steps that read other commits, fetch something, or compare with an installed copy of the project. */
export function findTaints(steps: readonly RecordedStep[]): Taint[] {
  return steps.flatMap((step, index) => {
    const action = step.kind === 'action' ? step.action : step.kind === 'tool' && typeof step.input['command'] === 'string' ? step.input['command'] : '';
    const commands = readShellLine(action)?.map(({ words }) => words) ?? [action.split(/\s+/u)];
    const rules = new Set(commands.flatMap((words) => taintOf(words) ?? []));
    return [...rules].map((rule): Taint => ({ step: index, rule }));
  });
}

function taintOf([name = '', ...rest]: readonly string[]): Taint['rule'] | null {
  const [verb = ''] = rest.filter((word) => !word.startsWith('-'));
  if (name === 'git') {
    if (/^(?:reflog|fsck|fetch|pull|clone|ls-remote|remote)$/u.test(verb)) return /^(?:reflog|fsck)$/u.test(verb) ? 'future-history' : 'network';
    if (verb === 'log' && rest.some((word) => /^--(?:all|branches|remotes|reflog)|^origin|\.\.|^-g$/u.test(word))) return 'future-history';
    if (/^(?:show|diff|checkout|cherry-pick|cat-file)$/u.test(verb) && rest.some((word) => /^(?:origin\/|upstream\/|FETCH_HEAD|[0-9a-f]{7,40}(?:[:^~].*)?$)/u.test(word))) return 'future-history';
    return null;
  }
  if (/^(?:curl|wget|gh)$/u.test(name)) return 'network';
  if (/^(?:pip3?|npm|yarn|pnpm|cargo|go)$/u.test(name) && /^(?:install|download|add|get|i)$/u.test(verb) && !rest.some((word) => /^(?:-e|--editable|-r|\.)$/u.test(word))) return 'network';
  return /^(?:diff|cp)$/u.test(name) && rest.some((word) => /site-packages|dist-packages/u.test(word)) ? 'installed-copy' : null;
}
