import * as z from 'zod';
import { planWorkspaceEdit } from '../apply/plan-workspace-edit.js';
import { Failure } from '../base/failure.js';
import { workAt } from './ask-at.js';
import { editAnswer } from './edits/edit-answer.js';
import { editFlags } from './edits/edit-flags.js';
import { defineOperation } from './operation.js';
import { planRename } from './rename/plan-rename.js';
import { insideOnly } from './rename/renamed-edit.js';
import { selectorArgument } from './selector-argument.js';

const argsSchema = z.strictObject({ selector: selectorArgument, newName: z.string(), overrides: z.boolean().default(false), ...editFlags });

/** A rename over the whole workspace, as the server makes it, and of overrides with it when that is asked for: previewed, checked from every side, and made when that is asked for. A refused one is an answer whose exit code is 1. */
export const rename = defineOperation({
  cmd: 'rename',
  args: argsSchema,
  run: (bench, { selector, newName, overrides, ...flags }) =>
    workAt(bench, selector, { newName, overrides }, async (sessionOfServer, snapshot, place) => {
      const { mentions, symbols, badName: reason, edit, ...planned } = await planRename({ bench, snapshot, session: sessionOfServer, place, newName, withOverrides: overrides });
      const session = bench.editSession();
      const plan = await planWorkspaceEdit(insideOnly(edit), session.files, { roots: [] });
      const left = mentions === null ? {} : { mentions: { comments: mentions.comments, strings: mentions.strings, texts: mentions.texts, places: mentions.places } };
      const answer = await editAnswer(session, { cmd: 'rename', args: { newName, overrides }, flags, plan, workspaceEdit: edit, ...planned, ...left, symbolIds: symbols });
      return reason === null ? answer : { ...answer, failure: badName(newName, reason) };
    }),
});

function badName(newName: string, reason: string): Failure {
  return new Failure('E/BAD_ARGUMENT', `${JSON.stringify(newName)} cannot be the new name: ${reason}`, { hint: 'Nothing was changed. Give a name that the language takes there.' });
}
