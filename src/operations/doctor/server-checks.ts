import type { Check } from '../../bundles/schema/servers.js';
import { pinDifferences } from '../../lsp/pins.js';
import type { LookedAt } from '../installed-servers.js';
import { checkOf } from './check.js';

/** What can be said of a server without starting it: is it there, and is it the pinned one? */
export function serverChecks({ spec, launch, installed, failure, files }: LookedAt): Check[] {
  const server = spec.id;
  const count = `${String(files.length)} ${files.length === 1 ? 'file' : 'files'} of the workspace`;
  if (failure !== null) return [checkOf('installed', 'problem', failure.message, { server, mend: failure.hint })];
  if (launch === null || installed === null) return [checkOf('installed', 'warning', `not installed; it would answer for ${count}`, { server, mend: spec.install })];
  const from = { assay: 'comes with assay', workspace: 'is the workspace\'s own, trusted', PATH: 'was found on PATH', configuration: 'is what the configuration names' }[launch.origin];
  const found = checkOf('installed', 'ok', `${installed.name} ${installed.version} ${from}; it answers for ${count}`, { server });
  if (spec.pin === undefined) return [found, checkOf('pin', 'warning', 'not pinned: another version may answer tomorrow', { server, mend: 'assay init writes the pin into assay.json' })];
  const differences = pinDifferences(spec, installed);
  if (differences.length === 0) return [found, checkOf('pin', 'ok', `the installed one is the pinned one`, { server })];
  const shown = differences.map(({ what, pinned, found: there }) => `${what} ${pinned} is pinned, ${there} is there`).join('; ');
  return [found, checkOf('pin', 'problem', `E/VERSION_SKEW: ${shown}`, { server, mend: `Install ${spec.pin.name} ${spec.pin.version}, or pin what is there: assay init` })];
}
