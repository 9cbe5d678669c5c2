import type { Jail } from '../../apply/jail.js';
import { pathChanges, type EditPlan, type PathChange } from '../../apply/planned-change.js';
import { leadsOut, nestedRepository, unportable } from '../../apply/surroundings.js';
import { decodeFile } from '../../apply/file-text.js';
import type { SafetyCheck } from '../../base/safety.js';
import { GitRepository } from '../../workspace/git.js';
import { pathFromTop, type Workspace } from '../../workspace/workspace-root.js';
import type { EditFlags } from './edit-flags.js';
import { pathGlobs } from './path-globs.js';

/**
 * Returns every check of a plan by name, in a fixed order. One that is critical and failed keeps the plan from being written. That all
 * paths are jailed and no edits overlap is why there is a plan at all; it is listed, so that a reader need not know.
 */
export async function safetyChecks(workspace: Workspace, jail: Jail, plan: EditPlan, flags: EditFlags): Promise<SafetyCheck[]> {
  const changes = pathChanges(plan);
  return [
    passed('inside-workspace', jail.files.usesDescriptors ? 'Every file is reached folder by folder, through no symlink.' : 'Every file is reached through no symlink; this system offers no descriptors, so paths are checked before each use.'),
    passed('no-overlap', 'No two edits overlap.'),
    verdict('own-repository', true, nested(jail, changes), 'No file belongs to another repository or lies in a Git directory.'),
    allowed(changes, flags),
    await clean(workspace, changes, flags),
    verdict('links', false, changes.filter(({ path, before }) => before !== null && (jail.look(path)?.links ?? 1) > 1).map(({ path }) => `${path} has other names (hard links), which keep the old content`), 'No touched file has other names.'),
    verdict('symlinks', false, changes.flatMap(leadsOut), 'No symlink that it makes leads out of the workspace.'),
    verdict('encoding', false, changes.flatMap(encodingChanges), 'Encoding, byte order mark, line endings and modes stay.'),
    verdict('portable-names', false, changes.filter(({ before }) => before === null).flatMap(({ path }) => unportable(jail, path)), 'Every new name can be used on every system.'),
  ];
}

function passed(name: string, message: string): SafetyCheck {
  return { name, outcome: 'passed', critical: true, message };
}

function verdict(name: string, critical: boolean, problems: readonly string[], good: string): SafetyCheck {
  return { name, outcome: problems.length === 0 ? 'passed' : 'failed', critical, message: problems.length === 0 ? good : listed(problems) };
}

const LISTED_MAX = 10;

function listed(problems: readonly string[]): string {
  const more = problems.length > LISTED_MAX ? `; and ${String(problems.length - LISTED_MAX)} more` : '';
  return `${problems.slice(0, LISTED_MAX).join('; ')}${more}`;
}

function nested(jail: Jail, changes: readonly PathChange[]): string[] {
  return changes.flatMap(({ path }) => {
    const found = nestedRepository(jail, path);
    return found === null ? [] : [`${path}: ${found}`];
  });
}

function allowed(changes: readonly PathChange[], { allow, deny }: EditFlags): SafetyCheck {
  const [isAllowed, isDenied] = [pathGlobs(allow), pathGlobs(deny)];
  if (allow.length === 0 && deny.length === 0) return { name: 'allowed-paths', outcome: 'not-applicable', critical: true, message: 'Neither --allow nor --deny is given.' };
  const problems = changes.flatMap(({ path }) => (isDenied(path) ? [`${path} is denied`] : allow.length > 0 && !isAllowed(path) ? [`${path} is not among what is allowed`] : []));
  return verdict('allowed-paths', true, problems, 'Every touched file is allowed.');
}

/** What Git does not hold cannot be had back from it. A file that the plan creates is not there yet, and so is clean. */
async function clean(workspace: Workspace, changes: readonly PathChange[], { allowDirty }: EditFlags): Promise<SafetyCheck> {
  if (workspace.git === null) return { name: 'clean-in-git', outcome: 'not-applicable', critical: !allowDirty, message: workspace.gitAbsence ?? 'The workspace is not in a Git work tree.' };
  const git = new GitRepository(workspace.git.top);
  const present = changes.filter(({ before }) => before !== null).map(({ path }) => path);
  const reasons = present.length === 0 ? new Map<string, string>() : await git.uncommitted(present.map((path) => pathFromTop(workspace, path)));
  const problems = present.flatMap((path) => {
    const reason = reasons.get(pathFromTop(workspace, path));
    return reason === undefined ? [] : [`${path} ${reason}`];
  });
  return verdict('clean-in-git', !allowDirty, problems, 'HEAD holds every touched file as it is.');
}

function encodingChanges({ path, before, after }: PathChange): string[] {
  if (before === null || after === null) return [];
  if (before.mode !== after.mode) return [`${path}: ${before.mode} becomes ${after.mode}`];
  const [old, fresh] = [traitsOf(before.bytes), traitsOf(after.bytes)];
  return Object.entries(old).flatMap(([trait, value]) => (value === null || (fresh[trait] ?? null) === null || fresh[trait] === value ? [] : [`${path}: ${trait} ${value} becomes ${fresh[trait] ?? ''}`]));
}

/** Null where a file does not say: an empty one has no line endings. */
function traitsOf(bytes: Buffer): Record<string, string | null> {
  const { text, isReadable } = decodeFile(bytes);
  if (text === '') return {};
  const crlf = /\r\n/.test(text);
  const lf = /(?:^|[^\r])\n/.test(text);
  return {
    encoding: isReadable ? (bytes[0] === 0xff || bytes[0] === 0xfe ? 'UTF-16' : 'UTF-8') : 'unknown',
    'byte order mark': text.startsWith('\uFEFF') ? 'present' : 'absent',
    'line endings': crlf ? (lf ? 'mixed' : 'CRLF') : lf ? 'LF' : null,
  };
}
