import * as z from 'zod';
import { sha256 } from '../base/digest.js';
import { pathFromUri } from '../base/relative-uri.js';
import { TextDocument } from '../base/text-document.js';
import type { BundleDiagnostic } from '../bundles/schema/diagnostic.js';
import type { BundleFacts } from '../bundles/schema/facts.js';
import { unstableFactSchema, type UnstableFact } from '../bundles/schema/unstable.js';
import type { DanglingReference, StepFacts } from '../reward/step-facts.js';
import type { Snapshot } from '../workspace/snapshot.js';
import { readUnstableRecord, unreadableRecord, writeUnstableRecord } from '../workspace/unstable-store.js';
import type { AskedServers } from './analysis.js';
import type { Answer } from './operation.js';
import type { ReferencedDeclaration } from './reward/dependents.js';
import type { ParsedFile } from './reward/step-files.js';
import type { Workbench } from './workbench.js';

const recordSchema = z.strictObject({ version: z.literal(1), facts: z.array(unstableFactSchema) });

/** So many are kept, the latest ones. */
const FACTS_MAX = 10_000;

/** What is known to be unstable of what these servers say of a workspace. Throws E/FS_PERMISSIONS when the record cannot be read. */
export async function unstableFacts(stateDir: string, { sessions }: AskedServers): Promise<readonly UnstableFact[]> {
  const names = new Set(sessions.map(({ description }) => identityOf(description)));
  return names.size === 0 ? [] : (await readRecord(stateDir)).filter(({ server }) => names.has(identityOf(server)));
}

/**
 * Adds what was found to the record. What was unstable once stays there, because chance may have hidden it this time, until its file is gone
 * or its server is another one. A record that cannot be read is replaced.
 */
export async function recordUnstable(stateDir: string, found: readonly UnstableFact[], servers: readonly UnstableFact['server'][], snapshot: Snapshot): Promise<void> {
  const read = await readRecord(stateDir).catch(() => null);
  const known = read ?? [];
  const versions = new Map(servers.map((server) => [server.name, identityOf(server)]));
  const kept = known.filter(({ uri, server }) => snapshot.files.has(pathFromUri(uri)) && (versions.get(server.name) ?? identityOf(server)) === identityOf(server));
  const all = new Map([...kept, ...found].map((fact) => [keyOf(fact), fact]));
  if (read?.length === 0 && all.size === 0) return;
  await writeUnstableRecord(stateDir, { version: 1, facts: [...all.values()].slice(-FACTS_MAX) });
}

const MARKED: ReadonlySet<string> = new Set(unstableFactSchema.shape.cmd.options);

/** Says in the facts of an answer what of it is known to have had other answers. */
export async function withUnstableMarked<T extends Answer & { readonly cmd: string }>(bench: Workbench, answer: T): Promise<T> {
  const { cmd, facts, resolution, servers } = answer;
  if (facts === undefined || servers === undefined || !MARKED.has(cmd)) return answer;
  const known = (await unstableFacts(bench.workspace.stateDir, servers)).filter((fact) => fact.cmd === cmd);
  if (known.length === 0) return answer;
  const isNow = ({ uri, content }: UnstableFact): boolean => contentOf(bench.textOf(uri)) === content;
  if (cmd === 'diag') return { ...answer, facts: withMarkedDiagnostics(bench, facts, known, isNow) };
  const place = resolution?.resolved ?? null;
  const here = known.filter((fact) => place !== null && fact.uri === place.uri && startsTogether(fact.range, place.range) && isNow(fact));
  return here.length === 0 ? answer : { ...answer, facts: { ...facts, unstable: here } };
}

function withMarkedDiagnostics(bench: Workbench, facts: BundleFacts, known: readonly UnstableFact[], isNow: (fact: UnstableFact) => boolean): BundleFacts {
  const measured = new Set(facts.coverage?.measured ?? []);
  const unstable = known.filter((fact) => measured.has(pathFromUri(fact.uri)) && isNow(fact));
  const documents = new Map<string, TextDocument>();
  const lineOf = ({ uri, range }: BundleDiagnostic): string => {
    const document = documents.get(uri) ?? new TextDocument(bench.textOf(uri) ?? '');
    documents.set(uri, document);
    return document.lineText(range[0]).trim();
  };
  const kinds = new Set(known.map(({ uri, diagnostic }) => kindOf(uri, diagnostic?.source, diagnostic?.code, diagnostic?.lineText)));
  const diagnostics = facts.diagnostics?.map((diagnostic) => (kinds.has(kindOf(diagnostic.uri, diagnostic.source, diagnostic.code, lineOf(diagnostic))) ? { ...diagnostic, unstable: true as const } : diagnostic));
  return { ...facts, ...(diagnostics === undefined ? {} : { diagnostics }), ...(unstable.length === 0 ? {} : { unstable }) };
}

/** What of a step must not count: diagnostics that come and go, and references to what was removed where the server does not always name the same. */
export function unstableOfStep(known: readonly UnstableFact[], dangling: readonly DanglingReference[], removed: readonly ReferencedDeclaration[], before: (path: string) => Pick<ParsedFile, 'text'> | null): NonNullable<StepFacts['unstable']> {
  const diagnostics = known.flatMap(({ uri, diagnostic }) => (diagnostic === undefined ? [] : [{ path: pathFromUri(uri), ...diagnostic }]));
  const isUnstable = ({ path, declaration }: ReferencedDeclaration): boolean =>
    known.some((fact) => fact.cmd === 'refs' && pathFromUri(fact.uri) === path && startsTogether(fact.range, declaration.nameRange) && contentOf(before(path)?.text) === fact.content);
  const symbols = new Set(removed.filter(isUnstable).map(({ symbol }) => symbol));
  return { diagnostics, danglingReferences: dangling.filter(({ symbol }) => symbols.has(symbol)) };
}

/** Two texts are the same content when this is the same. */
export function contentOf(text: string | undefined): string {
  return sha256(text ?? '');
}

async function readRecord(stateDir: string): Promise<readonly UnstableFact[]> {
  const record = await readUnstableRecord(stateDir);
  if (record === null) return [];
  const known = typeof record === 'object' ? parsedRecords.get(record) : undefined;
  if (known !== undefined) return known;
  const parsed = recordSchema.safeParse(record);
  if (!parsed.success) throw unreadableRecord(parsed.error);
  if (typeof record === 'object') parsedRecords.set(record, parsed.data.facts);
  return parsed.data.facts;
}

/** Every answer asks for the record, which may hold thousands of facts: the same one is checked once. */
const parsedRecords = new WeakMap<object, readonly UnstableFact[]>();

function identityOf({ name, version, integrity }: UnstableFact['server']): string {
  return JSON.stringify([name, version, integrity]);
}

function keyOf({ cmd, server, uri, range, content, diagnostic }: UnstableFact): string {
  if (diagnostic !== undefined) return JSON.stringify([identityOf(server), kindOf(uri, diagnostic.source, diagnostic.code, diagnostic.lineText)]);
  return JSON.stringify([identityOf(server), cmd, uri, range, content]);
}

function kindOf(uri: string, source: string | undefined, code: string | number | null | undefined, lineText: string | undefined): string {
  return JSON.stringify([uri, source, code, lineText]);
}

function startsTogether(a: UnstableFact['range'], b: UnstableFact['range']): boolean {
  return a[0] === b[0] && a[1] === b[1];
}
