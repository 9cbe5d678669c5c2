import { toFailure } from '../../base/failure.js';
import type { Location } from '../../base/location.js';
import { startOf, touches, type Position } from '../../base/range.js';
import { pathFromUri, uriFromPath } from '../../base/relative-uri.js';
import type { Check } from '../../bundles/schema/servers.js';
import { fileDiagnostics } from '../../lsp/diagnostics.js';
import { locations } from '../../lsp/navigation.js';
import { offers } from '../../lsp/questions.js';
import { knows } from '../../lsp/registry.js';
import { renamePlaces } from '../../lsp/rename-places.js';
import type { ServerSpec } from '../../lsp/server-spec.js';
import type { Session } from '../../lsp/session.js';
import { bytesContent, type FileTree } from '../../workspace/file-tree.js';
import { treeOfWorktree } from '../../workspace/tree.js';
import type { Snapshot } from '../../workspace/snapshot.js';
import { pathFromTop } from '../../workspace/workspace-root.js';
import type { ShadowLab } from '../reward/shadow-lab.js';
import type { Workbench } from '../workbench.js';
import { checkOf } from './check.js';
import { probeTargets, type ProbeTarget } from './probe-target.js';

const EDITS = 3;
const FILES_TRIED = 20;

interface Offered {
  readonly definition: boolean;
  readonly references: boolean;
}

/** The target as it was found, and the uses of it that the server itself led back to it. */
interface Confirmed {
  readonly target: ProbeTarget;
  readonly uses: readonly { readonly path: string; readonly position: Position }[];
}

/**
 * Probes a server in a scratch copy of the workspace: does definition lead from other files to a declaration, do references name those
 * places again, does an answer follow an edit, does rename change exactly what references name, and does the server leave the files
 * alone. Each answer is compared with another one, so that an empty or a stale one shows.
 */
export async function probeServer(bench: Workbench, spec: ServerSpec, snapshot: Snapshot): Promise<Check[]> {
  const lab = await bench.freshLab();
  try {
    const probe = new Probe(bench, lab, spec, await treeOfWorktree(bench.workspace));
    return await probe.run(await probeTargets(bench.sources, snapshot, spec), [...snapshot.files.keys()]);
  } finally {
    await lab.close();
  }
}

class Probe {
  private readonly bench: Workbench;
  private readonly lab: ShadowLab;
  private readonly spec: ServerSpec;
  private readonly tree: FileTree;
  private readonly checks: Check[] = [];

  constructor(bench: Workbench, lab: ShadowLab, spec: ServerSpec, tree: FileTree) {
    this.bench = bench;
    this.lab = lab;
    this.spec = spec;
    this.tree = tree;
  }

  async run(targets: readonly ProbeTarget[], files: readonly string[]): Promise<Check[]> {
    try {
      await this.lab.show(this.tree);
      const before = await this.lab.listFiles();
      const { description, offered } = await this.ask((session) => Promise.resolve({ description: session.description, offered: { definition: offers(session, 'definition'), references: offers(session, 'references') } }));
      this.add('start', 'ok', `${description.name} ${description.version} starts`);
      await this.navigation(offered, targets);
      await this.edits([...targets.map(({ path }) => path), ...files.filter((path) => knows(this.spec, path))].slice(0, FILES_TRIED));
      await this.untouched(before);
    } catch (error) {
      this.failed('probe', error);
    }
    return this.checks;
  }

  private async navigation(offered: Offered, targets: readonly ProbeTarget[]): Promise<void> {
    if (!offered.definition) {
      this.add('definition', 'skipped', `${this.spec.id} does not offer it`);
      return;
    }
    if (targets.length === 0) {
      this.add('definition', 'skipped', 'no declaration of the workspace is used in another file, as far as its text says');
      return;
    }
    const confirmed = await this.definition(targets);
    if (confirmed === null) return;
    const references = offered.references ? await this.references(confirmed) : null;
    if (!offered.references) this.add('references', 'skipped', `${this.spec.id} does not offer it`);
    if (references !== null) await this.rename(confirmed, references);
    await this.followsEdits(confirmed);
  }

  /** Tries targets until definition leads to one from most places, because a name may stand in strings and comments; else takes the best. */
  private async definition(targets: readonly ProbeTarget[]): Promise<Confirmed | null> {
    let asked = 0;
    let best: Confirmed | null = null;
    for (const target of targets) {
      const uses = [];
      for (const use of target.uses) {
        asked += 1;
        const found = await this.places('definition', use.path, use.position);
        if (found.some((place) => isDeclared(place, target, 0))) uses.push(use);
      }
      if (uses.length > (best?.uses.length ?? 0)) best = { target, uses };
      if (uses.length * 2 > target.uses.length) break;
    }
    if (best !== null) {
      this.add('definition', 'ok', `${named(best.target)} is found from ${String(best.uses.length)} of ${String(best.target.uses.length)} places where its name stands in other files`);
      return best;
    }
    this.add('definition', 'problem', `from ${String(asked)} places in other files, no definition leads to what the names there declare`, `${this.spec.id} may not have read the project: see its log with --verbose, and its project files.`);
    return null;
  }

  private async references({ target, uses }: Confirmed): Promise<readonly Location[] | null> {
    const found = await this.places('references', target.path, startOf(target.declaration.nameRange));
    const missing = uses.filter(({ path, position }) => !found.some((place) => place.uri === uriFromPath(path) && touches(place.range, position)));
    const hasDeclaration = found.some((place) => isDeclared(place, target, 0));
    const files = new Set(found.map(({ uri }) => uri)).size;
    if (missing.length > 0) this.add('references', 'problem', `references of ${named(target)} leave out ${missing.map(({ path, position }) => `${path}:${String(position.line + 1)}`).join(', ')}, from where definition leads to it`, `Do not rely on refs and rename of ${this.spec.id} here.`);
    else this.add('references', hasDeclaration ? 'ok' : 'warning', `${named(target)} has ${String(found.length)} references in ${String(files)} files${hasDeclaration ? '' : ', without its declaration'}`);
    return missing.length > 0 ? null : found;
  }

  private async rename({ target }: Confirmed, references: readonly Location[]): Promise<void> {
    const position = startOf(target.declaration.nameRange);
    const renamed = await this.ask((session) => renamePlaces(session, target.path, position, `${target.declaration.name}Probe`));
    if (renamed === null) {
      this.add('rename', 'skipped', `${this.spec.id} does not offer it`);
      return;
    }
    const spelled = ({ uri, range: [line, character] }: Location): string => `${pathFromUri(uri)}:${String(line + 1)}:${String(character + 1)}`;
    const edited = new Set(renamed.places.map(spelled));
    const left = references.filter(({ uri }) => !uri.startsWith('ext:')).map(spelled).filter((place) => !edited.has(place));
    if (left.length === 0) this.add('rename', 'ok', `renaming ${named(target)} changes ${String(edited.size)} places, every reference among them`);
    else if (renamed.usesAliases) this.add('rename', 'ok', `renaming ${named(target)} changes ${String(edited.size)} places; ${String(left.length)} keep the old name, which an alias exports`);
    else this.add('rename', 'problem', `renaming ${named(target)} leaves out ${left.join(', ')}, which references name`, 'A rename of this server is checked against its references before it is offered.');
  }

  /** Moves the declaration down by a line and asks again. */
  private async followsEdits({ target, uses: [use] }: Confirmed): Promise<void> {
    if (use === undefined) return;
    await this.lab.show(await this.changed(target.path, (text) => `\n${text}`));
    const found = await this.places('definition', use.path, use.position);
    await this.lab.show(this.tree);
    if (found.some((place) => isDeclared(place, target, 1))) this.add('freshness', 'ok', 'definition follows an edit on disk in another file');
    else this.add('freshness', 'problem', `after an edit on disk, definition ${led(found)}`, `Answers of ${this.spec.id} may be stale: start it anew for every question.`);
  }

  /** Breaks a file and mends it again, several times: the diagnostics must come and go. */
  private async edits(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const before = await this.diagnosticsOf(path);
      if (before !== null) return this.breakAndMend(path, before);
    }
    this.add('diagnostics', 'skipped', `the settings of ${this.spec.id} leave out ${paths.join(', ')}`);
  }

  private async breakAndMend(path: string, before: readonly string[]): Promise<void> {
    const broken = await this.changed(path, (text) => `${text}\n)}] <assay probe\n`);
    for (let round = 0; round < EDITS; round += 1) {
      await this.lab.show(broken);
      const during = await this.diagnosticsOf(path);
      await this.lab.show(this.tree);
      const after = await this.diagnosticsOf(path);
      if (during === null || during.join() === before.join()) {
        this.add('diagnostics', 'problem', `${path} was broken, and its diagnostics did not change`, `Do not rely on diag of ${this.spec.id} here.`);
        return;
      }
      if (after?.join() !== before.join()) {
        this.add('diagnostics', 'problem', `${path} was mended, and its diagnostics are not those of before`, `Do not rely on diag of ${this.spec.id} here.`);
        return;
      }
    }
    this.add('diagnostics', 'ok', `${path} was broken and mended ${String(EDITS)} times, and its diagnostics came and went`);
  }

  /** Null for a file that the project's settings leave out. */
  private async diagnosticsOf(path: string): Promise<readonly string[] | null> {
    const answer = await this.lab.analysis.ask(this.spec, (session) => fileDiagnostics(session, path));
    return answer.kind === 'excluded' ? null : answer.diagnostics.map(({ range, code }) => `${range.join(',')} ${String(code)}`).sort();
  }

  private async untouched(before: readonly string[]): Promise<void> {
    const known = new Set(before);
    const written = (await this.lab.listFiles()).filter((path) => !known.has(path));
    if (written.length === 0) this.add('untouched', 'ok', 'it wrote no file into the workspace');
    else this.add('untouched', 'warning', `it wrote ${written.slice(0, 5).join(', ')}${written.length > 5 ? ` and ${String(written.length - 5)} more` : ''} into the workspace`, 'Let Git ignore these files.');
  }

  private async changed(path: string, edit: (text: string) => string): Promise<FileTree> {
    const top = pathFromTop(this.bench.workspace, path);
    const file = this.tree.get(top);
    if (file === undefined) throw new TypeError(`BUG: ${path} is not in the tree`);
    const text = (await file.content.read()).toString('utf8');
    return new Map(this.tree).set(top, { ...file, content: bytesContent(Buffer.from(edit(text))) });
  }

  private ask<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.lab.navigate(this.spec, work);
  }

  private places(question: 'definition' | 'references', path: string, position: Position): Promise<Location[]> {
    return this.ask((session) => locations(session, question, path, position));
  }

  private failed(check: string, error: unknown): void {
    const failure = toFailure(error);
    if (failure.code === 'E/INTERNAL') throw failure;
    this.add(check, 'problem', `${failure.code}: ${failure.message}`, failure.hint === '' ? undefined : failure.hint);
  }

  private add(check: string, status: Check['status'], says: string, mend?: string): void {
    this.checks.push(checkOf(check, status, says, { server: this.spec.id, ...(mend === undefined ? {} : { mend }) }));
  }
}

/** True for a place at the name of a declaration that lies `down` lines below where it was found, or at the start of its line. */
function isDeclared({ uri, range }: Location, { path, declaration }: ProbeTarget, down: number): boolean {
  return uri === uriFromPath(path) && range[0] === declaration.nameRange[0] + down;
}

function led(found: readonly Location[]): string {
  return found.length === 0 ? 'leads nowhere' : `leads to ${found.map(({ uri, range }) => `${uri}:${String(range[0] + 1)}`).join(', ')}, not to where it is now`;
}

function named({ path, declaration }: ProbeTarget): string {
  return `${declaration.kind} ${declaration.name} of ${path}`;
}
