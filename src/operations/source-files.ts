import type { FileStructure } from '../base/declaration.js';
import { Failure } from '../base/failure.js';
import { TextDocument } from '../base/text-document.js';
import { parseStructure } from '../selectors/structure.js';
import { readWorkspaceFile } from '../workspace/read-file.js';
import type { Snapshot } from '../workspace/snapshot.js';
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

/** The texts and declarations of the files of a workspace, parsed once per content. */
export class SourceFiles {
  private readonly workspace: Workspace;
  private readonly parsed = new Map<string, SourceFile>();

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  textOf(path: string): string | undefined {
    return this.parsed.get(path)?.document.text;
  }

  /** Returns a file with the very content that `snapshot` speaks about. Throws E/CONTENT_MODIFIED when it has another by now. */
  async read(snapshot: Snapshot, path: string): Promise<SourceFile> {
    const expected = snapshot.files.get(path)?.sha256;
    const known = this.parsed.get(path);
    if (known !== undefined && known.digest === expected) return known;
    const { bytes, sha256 } = await readWorkspaceFile(this.workspace, path);
    if (expected !== undefined && expected !== sha256) {
      throw new Failure('E/CONTENT_MODIFIED', `${path} changed while the question was answered`, { hint: 'Ask again.' });
    }
    const text = bytes.toString('utf8');
    const file: SourceFile = { path, document: new TextDocument(text), structure: await parseStructure(path, text), digest: sha256 };
    this.parsed.set(path, file);
    return file;
  }
}
