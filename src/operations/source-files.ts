import { extname } from 'node:path';
import { whenThere, type Awaitable } from '../base/awaitable.js';
import type { FileStructure } from '../base/declaration.js';
import { Failure } from '../base/failure.js';
import { observe } from '../base/observe.js';
import { checkRequest, PerRequest } from '../base/request-scope.js';
import type { TextDocument } from '../base/text-document.js';
import type { ServerSpec } from '../lsp/server-spec.js';
import { SideCache } from '../selectors/relocation-side.js';
import { WorkspaceHistory } from '../workspace/history.js';
import { isAbsent } from '../workspace/file-failure.js';
import { readWorkspaceFile } from '../workspace/read-file.js';
import type { Snapshot } from '../workspace/snapshot.js';
import { SnapshotStore } from '../workspace/snapshot-store.js';
import type { Workspace } from '../workspace/workspace-root.js';

/** A file of the workspace as one snapshot has it. */
export interface SourceFile {
  readonly path: string;
  readonly document: TextDocument;
  /** Null for a language without a grammar. */
  readonly structure: FileStructure | null;
  /** 64 hex digits of the content's sha256. */
  readonly digest: string;
}

/** The content of a file as text. */
export interface SourceText {
  readonly text: string;
  readonly digest: string;
}

/** The texts and declarations of the files of a workspace, now and in earlier versions, read and parsed once per content. */
export class SourceFiles {
  /** Every text that was compared or looked into, with its declarations. */
  readonly cache = new SideCache();
  private readonly looks = new PerRequest(() => ({ back: false }));
  private readonly past: WorkspaceHistory;
  private readonly workspace: Workspace;
  private readonly store: SnapshotStore;
  private readonly texts = new Map<string, SourceText>();
  private readonly searched = new Map<string, SourceText>();
  private readonly files = new Map<string, SourceFile>();
  private paths: { readonly snapshot: Snapshot; readonly set: ReadonlySet<string> } | null = null;

  constructor(workspace: Workspace, onLog: (line: string) => void) {
    this.workspace = workspace;
    this.past = new WorkspaceHistory(workspace);
    // What the store learns behind the answers is in no trace, so that no answer may rest on it.
    const unseen = new WorkspaceHistory(workspace);
    this.store = new SnapshotStore(workspace.stateDir, {
      headCommit: () => (workspace.git === null ? Promise.resolve(null) : unseen.findCommit('HEAD')),
      onProblem: onLog,
    });
  }

  /** True once the running request has asked what is not in its snapshot: an earlier version, or what Git knows. */
  get hasLookedBack(): boolean {
    return this.looks.own.back;
  }

  get history(): WorkspaceHistory {
    this.looks.own.back = true;
    return this.past;
  }

  textOf(path: string): string | undefined {
    return this.texts.get(path)?.text;
  }

  pathsOf(snapshot: Snapshot): ReadonlySet<string> {
    if (this.paths?.snapshot !== snapshot) this.paths = { snapshot, set: new Set(snapshot.files.keys()) };
    return this.paths.set;
  }

  /** Returns the very content that `snapshot` speaks about. Throws E/CONTENT_MODIFIED when the file has another by now. */
  text(snapshot: Snapshot, path: string): Awaitable<SourceText> {
    const known = this.texts.get(path);
    if (known !== undefined && known.digest === digestIn(snapshot, path)) return known;
    return this.readAsIn(snapshot, path).then((source) => {
      this.texts.set(path, source);
      return source;
    });
  }

  private async readAsIn(snapshot: Snapshot, path: string): Promise<SourceText> {
    const expected = digestIn(snapshot, path);
    const { bytes, sha256 } = await readWorkspaceFile(this.workspace, path).catch((error: unknown) => {
      throw !isAbsent(error) ? error : expected !== undefined ? changedMeanwhile(path) : leadsNowhere(path);
    });
    if (expected !== undefined && expected !== sha256) throw changedMeanwhile(path);
    return { text: bytes.toString('utf8'), digest: sha256 };
  }

  /** Returns the files that a server knows the language of and that hold `pattern`, sorted. Links are left out: what they lead to is a file of its own. */
  holding(snapshot: Snapshot, { id, languageIds }: ServerSpec, pattern: string | RegExp): Promise<string[]> {
    const isIn = (text: string): boolean => (typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text));
    const paths = [...snapshot.files].flatMap(([path, { mode }]) => (mode !== 'symlink' && Object.hasOwn(languageIds, extname(path)) ? [path] : [])).sort();
    // A trace holds which files those are, and not every text of the workspace.
    return observe({ what: 'files that hold', key: { pattern: String(pattern), server: id } }, async () => {
      const found: string[] = [];
      for (const path of paths) {
        checkRequest();
        if (isIn(await this.textToSearch(snapshot, path))) found.push(path);
      }
      return found;
    });
  }

  /** Like text, and apart from it: a replay knows only the texts that `text` was asked for. */
  private async textToSearch(snapshot: Snapshot, path: string): Promise<string> {
    const known = [this.texts.get(path), this.searched.get(path)].find((source) => source?.digest === digestIn(snapshot, path));
    if (known !== undefined) return known.text;
    const source = await this.readAsIn(snapshot, path);
    this.searched.set(path, source);
    return source.text;
  }

  /** Like text, with what the file declares. */
  read(snapshot: Snapshot, path: string): Awaitable<SourceFile> {
    return whenThere(this.text(snapshot, path), (source) => {
      const known = this.files.get(path);
      return known?.digest === source.digest ? known : this.parse(path, source);
    });
  }

  private async parse(path: string, { text, digest }: SourceText): Promise<SourceFile> {
    const { document, structure } = await this.cache.sideOf(path, text);
    const file: SourceFile = { path, document, structure, digest };
    this.files.set(path, file);
    return file;
  }

  /** Keeps the content of a file, because a selector into this version of it is given away. Costs the answer nothing. */
  keep({ path, digest, document }: SourceFile): void {
    this.store.keep({ path, digest, text: document.text });
  }

  /** Returns a content that was kept earlier, by whichever process. */
  async kept(digest: string): Promise<{ readonly text: string; readonly path: string; readonly commit: string | null } | null> {
    this.looks.own.back = true;
    const found = await this.store.read(digest);
    return found === null ? null : { text: found.bytes.toString('utf8'), path: found.path, commit: found.commit };
  }

  /** Resolves when what is to be kept is on disk. */
  close(): Promise<void> {
    return this.store.settled();
  }
}

function changedMeanwhile(path: string): Failure {
  return new Failure('E/CONTENT_MODIFIED', `${path} changed while the question was answered`, { hint: 'Ask again.' });
}

/** A symlink is in a snapshot whatever it leads to. */
function leadsNowhere(path: string): Failure {
  return new Failure('E/NOT_FOUND', `${path} leads to no file`, { hint: 'Nothing was read.', details: { path } });
}

/** A symlink has the digest of its target's name; what it leads to is a file of its own. */
function digestIn(snapshot: Snapshot, path: string): string | undefined {
  const file = snapshot.files.get(path);
  return file?.mode === 'symlink' ? undefined : file?.sha256;
}
