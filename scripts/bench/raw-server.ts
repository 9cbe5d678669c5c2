import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';

/** A place as everybody is compared by: path from the workspace, line and column, 0-based. */
export type Place = string;

interface WireLocation {
  readonly uri?: string;
  readonly targetUri?: string;
  readonly range?: { readonly start: { readonly line: number; readonly character: number } };
  readonly targetSelectionRange?: { readonly start: { readonly line: number; readonly character: number } };
}

/** pyright as an editor talks to it, with nothing between: what everything else is compared with. */
export class RawServer {
  private readonly child: ChildProcess;
  private readonly connection: MessageConnection;
  private readonly rootUri: string;
  private version = 1;

  private constructor(child: ChildProcess, connection: MessageConnection, rootUri: string) {
    this.child = child;
    this.connection = connection;
    this.rootUri = rootUri;
  }

  /** Resolves when the server has said that it found its source files. */
  static async start(root: string): Promise<RawServer> {
    const program = join(dirname(createRequire(import.meta.url).resolve('pyright/package.json')), 'langserver.index.js');
    const child = spawn(process.execPath, [program, '--stdio'], { cwd: root, stdio: ['pipe', 'pipe', 'ignore'] });
    const { stdin, stdout } = child;
    const connection = createMessageConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    const found = new Promise<void>((resolve) => {
      connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
        if (/^(Found|No source files)/.test(message)) resolve();
      });
    });
    connection.onRequest('workspace/configuration', ({ items }: { items: { section?: string }[] }) => items.map(({ section }) => (section === 'python' ? { analysis: { autoSearchPaths: true, useLibraryCodeForTypes: true, diagnosticMode: 'workspace' } } : {})));
    connection.onRequest(() => null);
    connection.listen();
    const rootUri = pathToFileURL(root).href;
    const capabilities = { workspace: { configuration: true, workspaceFolders: true }, textDocument: { diagnostic: { dynamicRegistration: true }, publishDiagnostics: {} } };
    await connection.sendRequest('initialize', { processId: process.pid, rootUri, workspaceFolders: [{ uri: rootUri, name: 'bench' }], capabilities });
    await connection.sendNotification('initialized', {});
    await found;
    return new RawServer(child, connection, rootUri);
  }

  async definition(path: string, line: number, character: number): Promise<Place[]> {
    return this.places(await this.connection.sendRequest('textDocument/definition', this.at(path, line, character)));
  }

  async references(path: string, line: number, character: number): Promise<Place[]> {
    return this.places(await this.connection.sendRequest('textDocument/references', { ...this.at(path, line, character), context: { includeDeclaration: true } }));
  }

  /** Opens a file, or shows another content of it. */
  async show(root: string, path: string, isOpen: boolean): Promise<void> {
    this.version += 1;
    const text = readFileSync(join(root, path), 'utf8');
    const uri = `${this.rootUri}/${path}`;
    if (isOpen) await this.connection.sendNotification('textDocument/didChange', { textDocument: { uri, version: this.version }, contentChanges: [{ text }] });
    else await this.connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'python', version: this.version, text } });
  }

  /** Tells of a file that was written on disk. */
  async changed(path: string): Promise<void> {
    await this.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: `${this.rootUri}/${path}`, type: 2 }] });
  }

  /** How many errors the server has for a file; none for one that its settings leave out. */
  async errors(path: string): Promise<number> {
    const report = await this.connection.sendRequest('textDocument/diagnostic', { textDocument: { uri: `${this.rootUri}/${path}` } });
    return ((report as { items?: { severity: number }[] }).items ?? []).filter(({ severity }) => severity === 1).length;
  }

  /** Relative to the workspace; what lies outside keeps its URI. */
  private pathOf(uri: string): string {
    return uri.startsWith(`${this.rootUri}/`) ? decodeURIComponent(uri.slice(this.rootUri.length + 1)) : uri;
  }

  close(): void {
    this.connection.dispose();
    this.child.kill('SIGKILL');
  }

  private at(path: string, line: number, character: number): object {
    return { textDocument: { uri: `${this.rootUri}/${path}` }, position: { line, character } };
  }

  private places(answer: unknown): Place[] {
    const list = (answer === null ? [] : Array.isArray(answer) ? answer : [answer]) as WireLocation[];
    return list.map(({ uri, targetUri, range, targetSelectionRange }) => placeOf(this.pathOf(uri ?? targetUri ?? ''), (range ?? targetSelectionRange)?.start)).sort();
  }
}

export function placeOf(path: string, start: { readonly line: number; readonly character: number } | undefined): Place {
  return `${path}:${String(start?.line)}:${String(start?.character)}`;
}
