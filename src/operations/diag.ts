import * as z from 'zod';
import type { Diagnostic } from '../base/location.js';
import { Failure } from '../base/failure.js';
import { fileDiagnostics } from '../lsp/diagnostics.js';
import { noServerFor } from './ask-at.js';
import { decorateDiagnostics } from './decorate-locations.js';
import { defineOperation, type Answer } from './operation.js';
import type { Snapshot } from '../workspace/snapshot.js';
import type { Workbench } from './workbench.js';
import { workspacePaths } from './workspace-paths.js';

const argsSchema = z.strictObject({ paths: z.array(z.string()).default([]) });

/** The diagnostics of files, of folders, or of the whole workspace, as the checkers' own command lines report them. */
export const diag = defineOperation({
  cmd: 'diag',
  isFunctionOfSnapshot: true,
  aliases: ['diagnostics'],
  isPaged: true,
  args: argsSchema,
  run: (bench, { paths }) => bench.consistently((snapshot) => runDiag(bench, snapshot, paths)),
});

async function runDiag(bench: Workbench, snapshot: Snapshot, given: readonly string[]): Promise<Answer> {
  const { files, explicit } = workspacePaths(snapshot, given.length === 0 ? ['.'] : given);
  const args = { paths: given.length === 0 ? [] : [...files] };
  const specOf = await bench.specChooser(snapshot);
  const unserved = [...explicit].find((path) => specOf(path) === null);
  if (unserved !== undefined) return { args, snapshot: snapshot.digest, failure: noServerFor(unserved, specOf) };
  const analysis = await bench.live('diagnostics');
  const diagnostics: Diagnostic[] = [];
  const measured: string[] = [];
  const unmeasured: { path: string; reason: string }[] = [];
  const incomplete: { path: string; reason: string }[] = [];
  await analysis.readAnew(files.filter((path) => snapshot.files.get(path)?.mode !== 'symlink'), specOf);
  for (const path of files) {
    const spec = specOf(path);
    const absent = spec === null ? specOf.missing(path) : null;
    if (absent !== null) unmeasured.push({ path, reason: `${absent.id} is not installed` });
    if (spec === null) continue;
    if (snapshot.files.get(path)?.mode === 'symlink' && !(await leadsToFile(bench, snapshot, path, explicit.has(path)))) {
      unmeasured.push({ path, reason: 'it is a symlink that leads to no file of the workspace' });
      continue;
    }
    const answers = [];
    for (const asked of [spec, ...specOf.linters(path)]) answers.push(await analysis.ask(asked, (session) => fileDiagnostics(session, path)));
    const [main] = answers;
    // A linter has no say in which files the checker's settings leave out.
    if (main === undefined || main.kind === 'excluded') unmeasured.push({ path, reason: `the settings of ${spec.id} leave this file out` });
    else if (main.kind === 'measured') measured.push(path);
    for (const answer of answers) {
      if (answer.kind === 'incomplete') incomplete.push({ path, reason: answer.reason });
      if (answer.kind !== 'excluded') diagnostics.push(...answer.diagnostics);
    }
  }
  const facts = { diagnostics: await decorateDiagnostics(bench, snapshot, diagnostics), coverage: { measured, unmeasured, ...(incomplete.length === 0 ? {} : { incomplete }) } };
  return { args, facts, servers: await analysis.asked(), snapshot: snapshot.digest };
}

/** False for a symlink that leads out of the workspace, or nowhere: one that nobody asked for by name keeps nobody from the rest. Throws for one that somebody did. */
async function leadsToFile({ sources }: Workbench, snapshot: Snapshot, path: string, isExplicit: boolean): Promise<boolean> {
  try {
    await sources.text(snapshot, path);
    return true;
  } catch (error) {
    if (!isExplicit && error instanceof Failure && ['E/FS_PERMISSIONS', 'E/NOT_FOUND'].includes(error.code)) return false;
    throw error;
  }
}
