import { caller } from '../base/caller.js';

/**
 * What every Git process of ours runs with, so that a repository can be read without trusting it: nothing that it configures is
 * executed, nothing is fetched, and not even its index is refreshed. User-level configuration stays in force (ignore files,
 * safe.directory), but every setting below wins over it too.
 */
const SETTINGS: readonly (readonly [key: string, value: string])[] = [
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', '/dev/null'],
  ['core.pager', 'cat'],
  ['core.askPass', ''],
  ['core.sshCommand', 'false'],
  ['core.alternateRefsCommand', ''],
  ['credential.helper', ''],
  ['protocol.allow', 'never'],
  ['submodule.recurse', 'false'],
  ['safe.bareRepository', 'explicit'],
  ['log.showSignature', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  // An index that lies about stat data would hide changes from us.
  ['core.trustctime', 'true'],
  ['core.checkStat', 'default'],
  ['core.ignoreStat', 'false'],
  // Files that only look touched are compared by content, as `git diff` does by default.
  ['diff.autoRefreshIndex', 'true'],
  ['diff.orderFile', '/dev/null'],
  ['diff.relative', 'false'],
  ['core.untrackedCache', 'keep'],
  ['core.splitIndex', 'false'],
  ['index.sparse', 'false'],
  // The few objects that we write go to a scratch directory that lives for one call.
  ['core.compression', '0'],
  ['core.fsync', 'none'],
];

/** The variables of the user's environment that Git needs; all others, GIT_DIR and its kin above all, stay outside. */
const INHERITED = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'TMPDIR', 'USER', 'LOGNAME', 'SYSTEMROOT', 'USERPROFILE', 'PATHEXT', 'TEMP', 'TMP'];

/** Returns the environment for a Git process in the work tree `top`; `extraSettings` are appended to the fixed ones and win over them. */
export function hardenedEnvironment(top: string | null, extraSettings: readonly (readonly [string, string])[] = []): Record<string, string> {
  return { ...inheritedEnvironment(), ...fixedEnvironment(top), ...settingsEnvironment([...SETTINGS, ...extraSettings]) };
}

/** Returns the environment for `git apply` in a scratch directory that is no repository: no configuration of anybody is read there. */
export function isolatedEnvironment(scratch: string): Record<string, string> {
  return {
    ...inheritedEnvironment(),
    ...fixedEnvironment(null),
    GIT_CEILING_DIRECTORIES: scratch,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...settingsEnvironment(SETTINGS),
  };
}

function inheritedEnvironment(): Record<string, string> {
  const { env } = caller();
  const entries = INHERITED.map((name) => [name, env[name]] as const);
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

function fixedEnvironment(top: string | null): Record<string, string> {
  return {
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    // Unlike protocol.allow this also overrides a protocol.<name>.allow of the repository; Git before 2.45 has no other way to refuse a lazy fetch.
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_PAGER: 'cat',
    GIT_ASKPASS: '',
    GIT_ATTR_NOSYSTEM: '1',
    // A core.worktree of the repository must not send us elsewhere.
    ...(top === null ? {} : { GIT_WORK_TREE: top }),
  };
}

/** Variables rather than -c options: the name of a filter may hold an equals sign. */
function settingsEnvironment(settings: readonly (readonly [string, string])[]): Record<string, string> {
  const pairs = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${String(index)}`, key],
    [`GIT_CONFIG_VALUE_${String(index)}`, value],
  ]);
  return { ...(Object.fromEntries(pairs) as Record<string, string>), GIT_CONFIG_COUNT: String(settings.length) };
}
