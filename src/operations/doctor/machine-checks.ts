import { toFailure } from '../../base/failure.js';
import type { Check, Setup } from '../../bundles/schema/servers.js';
import type { Interpreter } from '../../lsp/interpreter.js';
import { ensureStateDir } from '../../workspace/state-dir.js';
import { gitVersion } from '../../workspace/git.js';
import type { Workbench } from '../workbench.js';
import { checkOf } from './check.js';

/** The oldest Node that is supported, as package.json says. */
const NODE_MIN = [20, 19] as const;

/** What assay itself needs of the machine: Node, Git, a state directory of its own. */
export async function machineChecks({ workspace }: Workbench): Promise<Check[]> {
  return [nodeCheck(process.versions.node), await gitCheck(), repositoryCheck(workspace.gitAbsence), await stateCheck(workspace.stateDir)];
}

/** Which Python is analysed with; null when no server asks for one. */
export async function interpreterCheck(interpreter: Interpreter): Promise<Check> {
  const { implementation, version, problem } = await interpreter.facts;
  if (problem !== null) return checkOf('python', 'problem', problem, { mend: 'Put a working python3 on PATH, or make a virtual environment: python3 -m venv .venv' });
  if (interpreter.source === 'none') return checkOf('python', 'warning', 'there is no Python: imports of installed packages are not found', { mend: 'Put python3 on PATH, or make a virtual environment: python3 -m venv .venv' });
  const where = { VIRTUAL_ENV: 'the virtual environment of VIRTUAL_ENV', workspace: 'the virtual environment of the workspace', settings: 'the virtual environment that pyright is configured with', PATH: 'PATH' }[interpreter.source];
  return checkOf('python', 'ok', `${implementation} ${version}, from ${where}`);
}

/** What of the workspace is passed over because it is not trusted. */
export function trustCheck(executables: Setup['executables']): Check {
  const skipped = executables.filter(({ trusted }) => !trusted).map(({ what }) => what);
  if (skipped.length === 0) return checkOf('trust', 'ok', executables.length === 0 ? 'the workspace names no executable' : `${executables.map(({ what }) => what).join('; ')}: trusted`);
  return checkOf('trust', 'warning', `not executed, because it is not trusted: ${skipped.join('; ')}`, { mend: 'Read what these are. If you want them to run: assay init --trust' });
}

function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  return checkOf('node', isNew ? 'ok' : 'problem', `Node ${version}`, isNew ? {} : { mend: `Install Node ${NODE_MIN.join('.')} or newer.` });
}

async function gitCheck(): Promise<Check> {
  const version = await gitVersion();
  return version === null ? checkOf('git', 'problem', 'Git is not installed', { mend: 'Install Git: revisions, patches and rewards need it.' }) : checkOf('git', 'ok', `Git ${version}`);
}

function repositoryCheck(absence: string | null): Check {
  return absence === null ? checkOf('repository', 'ok', 'the workspace is in a Git work tree') : checkOf('repository', 'warning', absence, { mend: 'Everything but revisions works without: git init makes a repository.' });
}

async function stateCheck(stateDir: string): Promise<Check> {
  try {
    await ensureStateDir(stateDir);
    return checkOf('state', 'ok', 'the state directory is there, and yours alone');
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === 'E/INTERNAL') throw failure;
    return checkOf('state', 'problem', failure.message, { mend: failure.hint });
  }
}
