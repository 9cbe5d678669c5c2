import type { SafetyCheck } from '../../base/safety.js';
import { Failure } from '../../base/failure.js';
import type { Location } from '../../base/location.js';
import { compareRanges, startOf, type Range } from '../../base/range.js';
import { pathFromUri } from '../../base/relative-uri.js';
import type { WorkspaceEdit } from '../../base/workspace-edit.js';
import { locations } from '../../lsp/navigation.js';
import { lookInto } from '../../lsp/questions.js';
import { prepareRename, rename } from '../../lsp/rename.js';
import type { Session } from '../../lsp/session.js';
import { isTestPath } from '../../reward/path-roles.js';
import { identifierAt } from '../../selectors/identifier.js';
import { newNameProblem } from '../../selectors/new-name.js';
import { parseStructure } from '../../selectors/structure.js';
import type { Snapshot } from '../../workspace/snapshot.js';
import type { SelectorPlace } from '../ask-at.js';
import { measureEdit, type MeasuredEdit } from '../measure-edit.js';
import type { ShadowLab } from '../reward/shadow-lab.js';
import type { Workbench } from '../workbench.js';
import { RenameChecks } from './checks.js';
import { completeOverrides, contentsOf, findOverrides, type CompletedRename, type OverrideQuestion } from './complete-overrides.js';
import { foreignness } from './foreign-files.js';
import { findMentions, startsAmong, type Mentions } from './mentions.js';
import { dottedNames, scopeOf } from './name-scope.js';
import type { OverrideFindings } from './python-overrides.js';
import { placeText, RenameFiles } from './rename-files.js';
import { readRenamedEdit, withLeftOutFiles, type RenamedEdit } from './renamed-edit.js';
import { compareResolution } from './resolution-after.js';
import { renamedSymbols, type RenamedSymbol } from './symbol-ids.js';

/** How many places an edit changes, by where they are. */
export interface EditCounts {
  readonly code: number;
  readonly test: number;
  readonly comment: number;
}

/** A rename that was looked at from every side and not made. */
export interface RenamePlan {
  readonly edit: WorkspaceEdit;
  readonly checks: readonly SafetyCheck[];
  readonly counts: EditCounts;
  readonly mentions: Mentions | null;
  readonly symbols: readonly RenamedSymbol[];
  readonly measured: MeasuredEdit;
  /** Set when the new name can be no name at all: then nothing else was looked at. */
  readonly badName: string | null;
}

export interface RenameQuestion {
  readonly bench: Workbench;
  readonly snapshot: Snapshot;
  readonly session: Session;
  readonly place: SelectorPlace;
  readonly newName: string;
  /** True to rename what it overrides, and what overrides it, with it, where the server renames one member alone. */
  readonly withOverrides: boolean;
}

/** Asks the server for a rename and looks into what it would do. Throws E/BAD_ARGUMENT for the name that the thing has already. */
export async function planRename(question: RenameQuestion): Promise<RenamePlan> {
  const { bench, snapshot, session, place, newName, withOverrides } = question;
  const { path, document, structure } = place.file;
  const checks = new RenameChecks({ asksForOverrides: withOverrides });
  const files = new RenameFiles(bench, snapshot);
  const position = startOf(place.range);
  const offer = await prepareRename(session, path, position);
  checks.note('renamable', offer.kind === 'declined' ? [offer.reason ?? `${session.spec.id} declines to rename what is at ${placeText(path, place.range)}`] : []);
  const range = offer.kind === 'offered' ? (offer.range ?? identifierAt(document, position, true)) : null;
  if (range === null) return nothingPlanned(checks, 'the server does not offer a rename there');
  const oldName = document.slice(range);
  if (oldName === newName) throw new Failure('E/BAD_ARGUMENT', `it is called ${newName} already`, { hint: 'Nothing was changed. Give another name.' });
  const token = await files.tokenAt(path, range);
  const language = structure?.language ?? null;
  const problem = newNameProblem(newName, { language, tokens: token === null ? [] : [token] });
  if (problem?.kind === 'fatal') {
    checks.note('new-name', [`${JSON.stringify(newName)} cannot be the new name: ${problem.reason}`]);
    return { ...nothingPlanned(checks, 'there is nothing to measure'), badName: problem.reason };
  }
  const holding = await files.holding(oldName, session.spec);
  await lookInto(session, holding);
  const asked = { definitions: await locations(session, 'definition', path, position), references: await locations(session, 'references', path, position), edit: await rename(session, path, position, newName) };
  if (asked.edit === null) {
    checks.note('renamable', [`${session.spec.id} gives no edits for it`]);
    return nothingPlanned(checks, 'there is nothing to measure');
  }
  // What refers to it from outside is a declaration that it overrides: a library does not use the workspace.
  const foreign = [...asked.definitions.filter(({ uri }) => uri.startsWith('ext:') || !files.has(pathFromUri(uri))), ...asked.references.filter(({ uri }) => uri.startsWith('ext:'))];
  checks.note('declared-here', [...new Set(foreign.map(({ uri }) => `it is declared in ${uri}`))]);
  // pyright finds references in files that its settings leave out, and renames none of them.
  const mayOverride = language === 'python' && foreign.length === 0;
  const first = { ...asked, edit: mayOverride ? await withLeftOutFiles(files, asked.edit, asked.references, oldName, newName) : asked.edit };
  const whole = mayOverride ? await withFamily({ bench, files, session, oldName, newName, holding }, first, withOverrides) : { ...first, findings: null };
  const renamed = await readRenamedEdit(files, whole.edit, oldName, newName);
  if (!renamed.places.some((item) => item.path === path && compareRanges(item.before, range) === 0)) checks.note('edits-names', [`${placeText(path, range)} itself is not among the edits`]);
  const subject: Subject = { question, files, holding, checks, language, oldName, renamed, definitions: whole.definitions, references: whole.references };
  noteNames(subject);
  await noteFiles(subject);
  await noteCollisions(subject);
  if (whole.findings !== null) noteOverrides(checks, whole.findings, withOverrides);
  const measured = await measure(subject, { path, range });
  const mentions = await lookForMentions(subject);
  return { edit: renamed.edit, checks: checks.list(), counts: countsOf(renamed), mentions, symbols: await renamedSymbols(files, renamed), measured, badName: null };
}

/** The server's rename with what is known of overrides, and with theirs where that was asked for. */
async function withFamily(question: OverrideQuestion, first: Omit<CompletedRename, 'findings'>, withOverrides: boolean): Promise<CompletedRename> {
  return withOverrides ? completeOverrides(question, first) : { ...first, findings: await findOverrides(question, first.edit, first.definitions) };
}

/** A rename that was asked for, with all that is known before it. */
interface Subject {
  readonly question: RenameQuestion;
  readonly files: RenameFiles;
  /** The files that hold the old name. */
  readonly holding: readonly string[];
  readonly checks: RenameChecks;
  readonly language: string | null;
  readonly oldName: string;
  readonly renamed: RenamedEdit;
  readonly definitions: readonly Location[];
  readonly references: readonly Location[];
}

function nothingPlanned(checks: RenameChecks, reason: string): RenamePlan {
  return { edit: { documentChanges: [] }, checks: checks.list(), counts: { code: 0, test: 0, comment: 0 }, mentions: null, symbols: [], measured: { delta: null, reason }, badName: null };
}

function noteNames({ question: { newName }, checks, language, oldName, renamed }: Subject): void {
  const tokens = renamed.places.flatMap(({ token }) => token ?? []);
  const problem = newNameProblem(newName, { language, tokens });
  checks.note('new-name', problem?.kind === 'fatal' ? [`${JSON.stringify(newName)} cannot be the new name: ${problem.reason}`] : []);
  checks.note('readable-name', problem?.kind === 'doubtful' ? [problem.reason] : []);
  const isDunder = (name: string): boolean => /^__.+__$/.test(name);
  if (language === 'python') {
    checks.note('special-name', [oldName, newName].filter(isDunder).map((name) => `Python itself calls ${name}`));
    checks.note('readable-name', newName.startsWith('__') && !isDunder(newName) ? ['Python makes such a name private to its class'] : []);
  }
}

function noteOverrides(checks: RenameChecks, { foreign, left, taken, unknown }: OverrideFindings, withOverrides: boolean): void {
  checks.note('declared-here', foreign.map((item) => `${item}, which would no longer be overridden`));
  const behind = left.map((item) => `${placeText(pathFromUri(item.uri), item.range)} is not renamed with it`);
  checks.note('overrides', [...(behind.length > 0 && !withOverrides ? ['--overrides renames these, too'] : []), ...behind, ...unknown]);
  checks.note('collision', taken);
}

async function noteFiles({ files, checks, renamed }: Subject): Promise<void> {
  checks.note('edits-names', renamed.strange);
  checks.note('edits-inside', renamed.outside.map((uri) => `${uri} is ${uri.startsWith('ext:') ? 'outside the workspace' : 'ignored by Git, or not there'}`));
  const owned: string[] = [];
  const broken: string[] = [];
  for (const [path, text] of renamed.texts) {
    const reason = foreignness(path, text.before.text);
    if (reason !== null) owned.push(`${path} is ${reason}`);
    const before = (await files.read(path)).structure?.syntaxErrors.length ?? 0;
    const after = (await parseStructure(path, text.after.text))?.syntaxErrors.length ?? 0;
    if (after > before) broken.push(`${path} would no longer parse`);
  }
  checks.note('owned-files', owned);
  checks.note('syntax', broken);
}

/** What the file of a declaration says by itself; `capture` finds the rest. */
async function noteCollisions({ question: { newName }, files, checks, definitions }: Subject): Promise<void> {
  const problems = new Set<string>();
  for (const { uri, range } of definitions) {
    const path = pathFromUri(uri);
    if (uri.startsWith('ext:') || !files.has(path)) continue;
    const declarations = (await files.read(path)).structure?.declarations ?? [];
    const own = declarations.find((item) => compareRanges(item.nameRange, range) === 0);
    if (own === undefined) continue;
    const qualname = [...own.qualname.slice(0, -1), newName].join('.');
    for (const other of declarations) if (other !== own && other.qualname.join('.') === qualname) problems.add(`${placeText(path, other.nameRange)} declares ${qualname}`);
  }
  checks.note('collision', [...problems]);
}

/** So many files that hold a member's name are measured, whatever they do with it. */
const BESIDES_MAX = 100;

async function measure(subject: Subject, target: { readonly path: string; readonly range: Range }): Promise<MeasuredEdit> {
  const { question, files, holding, checks, language, oldName, renamed, definitions, references } = subject;
  const { bench, session, newName } = question;
  const isDefinition = startsAmong(definitions);
  const roots = renamed.places.filter((item) => isDefinition(item.path, item.before) || (item.path === target.path && compareRanges(item.before, target.range) === 0));
  const texts = contentsOf(renamed);
  if (renamed.strange.length + renamed.outside.length > 0 || texts.size === 0) return { delta: null, reason: 'the edits are not only a rename inside the workspace' };
  const verified: true[] = [];
  // TypeScript compares types by the names of their members: who uses such a name of another type may see the difference, without any reference.
  const besides = language !== 'python' && (await scopeOf(files, definitions)) === 'member' ? holding.slice(0, BESIDES_MAX) : [];
  const atHead = async (lab: ShadowLab): Promise<void> => {
    const problems = await lab.navigate(session.spec, async (after) => {
      await lookInto(after, holding);
      return compareResolution({ files, renamed, oldName, newName, roots, definitions, references, before: session, after });
    });
    checks.note('resolution', problems.lost);
    checks.note('references', problems.missing);
    checks.note('capture', problems.captured);
    verified.push(true);
  };
  const measured = await measureEdit(bench, texts, { besides, atHead });
  checks.note('verified', verified.length > 0 ? [] : [`it could not be looked at: ${measured.reason ?? ''}`]);
  if (measured.delta !== null) {
    // Without the words of the diagnostics: those may differ from run to run, and a check is hashed.
    checks.note('diagnostics', measured.delta.introduced.map(({ uri, range, severity, code }) => `${placeText(pathFromUri(uri), range)} ${severity}${code === null ? '' : ` [${String(code)}]`}`));
  }
  return measured;
}

async function lookForMentions({ question: { session }, files, checks, oldName, renamed, definitions, references }: Subject): Promise<Mentions> {
  const places = renamed.places.map(({ path, before }) => `${path}@${String(before[0])}:${String(before[1])}`);
  const edited = new Set(places);
  const isReference = startsAmong([...references, ...definitions]);
  const scope = await scopeOf(files, definitions);
  const mentions = await findMentions({
    files,
    session,
    name: oldName,
    dottedNames: scope === 'module' || scope === 'member' ? await dottedNames(files, definitions) : [],
    isKnown: (path, range) => edited.has(`${path}@${String(range[0])}:${String(range[1])}`) || isReference(path, range),
    scope,
  });
  checks.note('unresolved-uses', mentions.unresolved);
  checks.note('dynamic-uses', mentions.dynamic);
  return mentions;
}

function countsOf({ places }: RenamedEdit): EditCounts {
  const comment = places.filter(({ isComment }) => isComment).length;
  const test = places.filter(({ isComment, path }) => !isComment && isTestPath(path)).length;
  return { code: places.length - comment - test, test, comment };
}
