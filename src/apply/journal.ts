import * as z from 'zod';
import { pathProblem } from '../base/jailed-path.js';

const recordedSchema = z.strictObject({
  mode: z.enum(['file', 'exec', 'symlink']),
  /** 64 hex digits of the SHA-256 of the content. */
  digest: z.string(),
  /** Null for what the system gives a new file. */
  permissions: z.number().nullable(),
});

/** A journal that names anything outside the workspace is none of ours. */
const jailedPath = z.string().refine((path) => pathProblem(path) === null);
const jailedFolder = z.union([z.literal(''), jailedPath]);
const transactionName = z.string().regex(/^txn-[0-9a-f]+$/);

const stepSchema = z.strictObject({
  path: jailedPath,
  /** Where the file came from, for the reader: its old path has a step of its own. */
  renamedFrom: jailedPath.nullable(),
  before: recordedSchema.nullable(),
  after: recordedSchema.nullable(),
  /** The folder that holds the new content, and a second name of the old one, until the transaction ends. */
  holding: jailedFolder,
});

const journalSchema = z.strictObject({
  version: z.literal(1),
  transaction: transactionName,
  /** Counts the transactions of this workspace. */
  sequence: z.number(),
  cmd: z.string(),
  /** The transaction that this one takes back. */
  undoes: transactionName.nullable(),
  /** While the transaction is open: `prepared`, no file of the user has changed yet; `committing`, some may have. */
  state: z.enum(['prepared', 'committing']),
  steps: z.array(stepSchema),
  /** The folders that have to be made, parents first. */
  newFolders: z.array(jailedPath),
  /** The permission bits of the folders that may be emptied, and are removed then. */
  oldFolders: z.record(jailedPath, z.number()),
});

/** What is written down before the first file changes, so that a run that dies is finished or taken back by the next one. */
export type Journal = z.infer<typeof journalSchema>;
export type Step = Journal['steps'][number];
export type Recorded = NonNullable<Step['before']>;

/** Why a text is no journal that can be gone by. */
export type Unreadable = 'damaged' | 'of another version';

export function parseJournal(text: string): Journal | Unreadable {
  try {
    const value: unknown = JSON.parse(text);
    const parsed = journalSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    const versioned = z.object({ version: z.number() }).safeParse(value);
    return versioned.success && versioned.data.version !== journalSchema.shape.version.value ? 'of another version' : 'damaged';
  } catch (error) {
    if (error instanceof SyntaxError) return 'damaged';
    throw error;
  }
}

/** Names in the holding folder; nobody else has reason to use them. */
export function newName(journal: Journal, step: Step): string {
  return `.assay-${journal.transaction}-${String(journal.steps.indexOf(step))}.new`;
}

export function oldName(journal: Journal, step: Step): string {
  return `.assay-${journal.transaction}-${String(journal.steps.indexOf(step))}.old`;
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

