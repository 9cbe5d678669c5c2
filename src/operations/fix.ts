import * as z from 'zod';
import { pathChanges, type EditPlan } from '../apply/planned-change.js';
import { planWorkspaceEdit } from '../apply/plan-workspace-edit.js';
import { Failure } from '../base/failure.js';
import type { SafetyCheck } from '../base/safety.js';
import { pathFromUri } from '../base/relative-uri.js';
import { codeActions, editOfAction } from '../lsp/code-actions.js';
import { parseStructure } from '../selectors/structure.js';
import { workAt } from './ask-at.js';
import { bundleActions, chosenAction, namedActions } from './code-actions.js';
import { editAnswer } from './edits/edit-answer.js';
import { editFlags } from './edits/edit-flags.js';
import { measureEdit, type MeasuredEdit } from './measure-edit.js';
import { defineOperation } from './operation.js';
import { foreignness } from './rename/foreign-files.js';
import { placeText } from './rename/rename-files.js';
import { selectorArgument } from './selector-argument.js';

const argsSchema = z
  .strictObject({ selector: selectorArgument, action: z.string().min(1).nullable().default(null), kind: z.string().min(1).nullable().default(null), ...editFlags })
  .refine((args) => args.action !== null || args.kind !== null, 'say which: --action TITLE, --kind K or both');

/** What one code action would do, and does when that is asked for. Which one must be certain: several of a title, or of a kind without a preferred one, are E/AMBIGUOUS. */
export const fix = defineOperation({
  cmd: 'fix',
  args: argsSchema,
  run: (bench, { selector, action, kind, ...flags }) => {
    const args = { ...(action === null ? {} : { action }), ...(kind === null ? {} : { kind }) };
    return workAt(bench, selector, args, async (server, _snapshot, place) => {
      const offered = namedActions(await codeActions(server, place.file.path, place.range, kind));
      const chosen = chosenAction(offered, { action, kind });
      if (chosen instanceof Failure) return { facts: { actions: bundleActions(offered) }, failure: chosen };
      const edit = await editOfAction(server, chosen.action);
      const session = bench.editSession();
      const plan = await planWorkspaceEdit(edit, session.files, { roots: [] });
      const measured = await measureEdit(bench, new Map(pathChanges(plan).map(({ path, after }) => [path, after?.bytes ?? null])));
      const answer = await editAnswer(session, { cmd: 'fix', args, flags, plan, workspaceEdit: edit, checks: await checksOf(plan, measured), measured });
      return { ...answer, facts: { actions: bundleActions([chosen]) } };
    });
  },
});

async function checksOf(plan: EditPlan, measured: MeasuredEdit): Promise<SafetyCheck[]> {
  const owned: string[] = [];
  const broken: string[] = [];
  for (const { path, before, after } of pathChanges(plan)) {
    const text = before?.bytes.toString('utf8') ?? '';
    const reason = foreignness(path, text);
    if (reason !== null) owned.push(`${path} is ${reason}`);
    const errors = async (content: string): Promise<number> => (await parseStructure(path, content))?.syntaxErrors.length ?? 0;
    if (after !== null && (await errors(after.bytes.toString('utf8'))) > (await errors(text))) broken.push(`${path} would no longer parse`);
  }
  const introduced = measured.delta?.introduced.map(({ uri, range, severity, code }) => `${placeText(pathFromUri(uri), range)} ${severity}${code === null ? '' : ` [${String(code)}]`}`) ?? [];
  return [
    check('changes-something', false, plan.changes.length === 0 ? ['the action edits nothing'] : [], 'the action edits something'),
    check('syntax', true, broken, 'every edited file still parses'),
    check('owned-files', false, owned, 'no edited file is generated or a copy of foreign code'),
    check('diagnostics', false, introduced, 'no diagnostic is new', measured.delta === null),
  ];
}

function check(name: string, critical: boolean, problems: readonly string[], question: string, isUnknown = false): SafetyCheck {
  return { name, critical, outcome: isUnknown ? 'not-applicable' : problems.length > 0 ? 'failed' : 'passed', message: problems.length > 0 ? problems.join('; ') : question };
}
