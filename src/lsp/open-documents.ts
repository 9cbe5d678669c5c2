import { extname } from 'node:path';
import { sourceText } from './files.js';
import type { ServerSpec } from './server-spec.js';
import type { ServerUris } from './server-uris.js';

type Notify = (method: string, params: unknown) => Promise<void>;

/**
 * The documents that a server holds open. They are opened with the text on disk and nothing else: pyright leaves the
 * dependents of a file stale when it is opened with a text that disk does not have.
 */
export class OpenDocuments {
  private readonly versions = new Map<string, number>();
  private readonly absolutePaths = new Set<string>();
  /** Those that hold another text than the disk. */
  private readonly pretended = new Set<string>();
  private readonly notify: Notify;
  private readonly uris: ServerUris;
  private readonly spec: ServerSpec;

  constructor(notify: Notify, uris: ServerUris, spec: ServerSpec) {
    this.notify = notify;
    this.uris = uris;
    this.spec = spec;
  }

  /** Opens a workspace-relative path unless it is open. Throws a Failure when it cannot be read. */
  async open(path: string): Promise<void> {
    if (this.versions.has(path)) return;
    const text = this.textOnDisk(path);
    this.versions.set(path, 1);
    this.absolutePaths.add(this.uris.absolutePath(path));
    const languageId = this.spec.languageIds[extname(path)] ?? 'plaintext';
    await this.notify('textDocument/didOpen', { textDocument: { uri: this.uris.fileUri(path), languageId, version: 1, text } });
  }

  get hasAny(): boolean {
    return this.versions.size > 0;
  }

  /** The workspace-relative paths of all. */
  get paths(): readonly string[] {
    return [...this.versions.keys()];
  }

  /** The version that the server was last sent; null for a path that is not open. */
  versionOf(path: string): number | null {
    return this.versions.get(path) ?? null;
  }

  isOpen(absolutePath: string): boolean {
    return this.absolutePaths.has(absolutePath);
  }

  async close(path: string): Promise<void> {
    if (!this.versions.delete(path)) return;
    this.absolutePaths.delete(this.uris.absolutePath(path));
    await this.notify('textDocument/didClose', { textDocument: { uri: this.uris.fileUri(path) } });
  }

  /** Makes the server read a document anew, as if it had had another text for a moment. It stays open or closed. One that is pretended was. */
  async touch(path: string): Promise<void> {
    if (this.pretended.has(path)) return;
    const wasOpen = this.versions.has(path);
    await this.open(path);
    const text = this.textOnDisk(path);
    await this.change(path, `${text}\n`);
    if (wasOpen) await this.change(path, text);
    else await this.close(path);
  }

  /** Shows the server another text than the one on disk, until `restore`. */
  async pretend(path: string, text: string): Promise<void> {
    await this.open(path);
    this.pretended.add(path);
    await this.change(path, this.asCounted(text));
  }

  isPretended(path: string): boolean {
    return this.pretended.has(path);
  }

  /** Shows the text on disk again, and closes the document. */
  async restore(path: string): Promise<void> {
    if (!this.pretended.delete(path)) return;
    await this.change(path, this.textOnDisk(path));
    await this.close(path);
  }

  /** Sends the text on disk for those of `paths` that are open. */
  async reread(paths: readonly string[]): Promise<void> {
    for (const path of paths) if (this.versions.has(path)) await this.change(path, this.textOnDisk(path));
  }

  private async change(path: string, text: string): Promise<void> {
    const version = (this.versions.get(path) ?? 0) + 1;
    this.versions.set(path, version);
    await this.notify('textDocument/didChange', { textDocument: { uri: this.uris.fileUri(path), version }, contentChanges: [{ text }] });
  }

  private textOnDisk(path: string): string {
    return this.asCounted(sourceText(this.uris.absolutePath(path), path));
  }

  private asCounted(text: string): string {
    return this.spec.positions.countsByteOrderMark ? text : text.replace(/^\uFEFF/, '');
  }
}
