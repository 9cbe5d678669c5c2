import * as z from 'zod';
import { planWorkspaceEdit } from '../apply/plan-workspace-edit.js';
import { pathChanges } from '../apply/planned-change.js';
import { Failure } from '../base/failure.js';
import { sha256 } from '../base/digest.js';
import { readInput } from '../workspace/read-input.js';
import { editAnswer } from './edits/edit-answer.js';
import { editFlags } from './edits/edit-flags.js';
import { planPatch } from './edits/plan-patch.js';
import { parseWorkspaceEdit } from './edits/workspace-edit-document.js';
import { measureEdit, type MeasuredEdit } from './measure-edit.js';
import { defineOperation } from './operation.js';

const argsSchema = z.strictObject({
  /** The text of a unified diff or of a WorkspaceEdit. */
  patch: z.string().nullable().default(null),
  /** A file that holds one, relative to the current folder; `-` is standard input. */
  patchFile: z.string().nullable().default(null),
  /** Measures what the edit does to the diagnostics; false leaves that unknown and starts no server. */
  delta: z.boolean().default(true),
  /** Merges a patch with what the files have become since it was made; see applyPatch. */
  '3way': z.boolean().default(false),
  ...editFlags,
});

type ApplyArgs = z.infer<typeof argsSchema>;

/** A patch or a WorkspaceEdit, previewed or written through the same envelope as every edit. */
export const apply = defineOperation({
  cmd: 'apply',
  args: argsSchema,
  run: async (bench, args: ApplyArgs) => {
    const document = await readDocument(args);
    const snapshot = await bench.refresh();
    const session = bench.editSession();
    const edit = parseWorkspaceEdit(document.toString('utf8'));
    const { patch: _patch, patchFile: _patchFile, delta, '3way': threeWay, ...flags } = args;
    if (edit !== null && threeWay) throw new Failure('E/BAD_ARGUMENT', 'a WorkspaceEdit does not say what it was made from, so that nothing can be merged', { hint: 'Nothing was written. --3way is for patches whose index lines name what they were made from; leave it out.' });
    const { plan, repairs, checks } = edit === null ? await planPatch(session, document, { threeWay }) : { plan: await planWorkspaceEdit(edit, session.files, { roots: [bench.workspace.root] }), repairs: [], checks: [] };
    const measured: MeasuredEdit = delta ? await measureEdit(bench, new Map(pathChanges(plan).map(({ path, after }) => [path, after?.bytes ?? null]))) : { delta: null, reason: 'it was not asked for' };
    const answer = await editAnswer(session, { cmd: 'apply', plan, args: { patch: sha256(document), delta, '3way': threeWay }, flags, repairs, checks, measured });
    return { ...answer, snapshot: snapshot.digest };
  },
});

async function readDocument({ patch, patchFile }: ApplyArgs): Promise<Buffer> {
  if ((patch === null) === (patchFile === null)) throw new Failure('E/BAD_ARGUMENT', 'apply takes a patch or a WorkspaceEdit: its text as patch, or its file as patchFile', { hint: 'Give one of the two. Nothing was written.' });
  return patchFile === null ? Buffer.from(patch ?? '', 'utf8') : readInput(patchFile);
}
