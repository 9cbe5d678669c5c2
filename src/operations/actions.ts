import * as z from 'zod';
import { codeActions } from '../lsp/code-actions.js';
import { askAt } from './ask-at.js';
import { bundleActions, namedActions } from './code-actions.js';
import { defineOperation } from './operation.js';
import { selectorArgument } from './selector-argument.js';

const argsSchema = z.strictObject({ selector: selectorArgument, kind: z.string().min(1).nullable().default(null) });

/** What the server offers to do about a place: fixes for its diagnostics, refactorings, and what it does for whole files. */
export const actions = defineOperation({
  cmd: 'actions',
  aliases: ['codeActions', 'code-actions'],
  args: argsSchema,
  run: (bench, { selector, kind }) =>
    askAt(bench, selector, kind === null ? {} : { kind }, async (session, path, _position, _snapshot, { range }) => ({
      actions: bundleActions(namedActions(await codeActions(session, path, range, kind))),
    })),
});
