import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { CLIENT_CAPABILITIES } from '../../src/lsp/client-capabilities.js';

interface Place {
  readonly path: string;
  readonly line: number;
  readonly character: number;
}

const resolve = createRequire(import.meta.url).resolve;
const COMMANDS: Readonly<Record<string, { readonly command: readonly string[]; readonly languageId: string }>> = {
  '.py': { command: [join(dirname(resolve('pyright/package.json')), 'langserver.index.js'), '--stdio'], languageId: 'python' },
  '.ts': { command: [join(dirname(resolve('typescript-native/package.json')), 'bin', 'tsc'), '--lsp', '--stdio'], languageId: 'typescript' },
};

/** JSON-RPC with a language server and nothing else: what whoever writes a client by hand would have. */
export class BareClient {
  private readonly rpc: MessageConnection;
  private readonly server: ChildProcessWithoutNullStreams;
  private readonly root: string;
  private readonly languageId: string;
  private readonly open = new Set<string>();

  private constructor(server: ChildProcessWithoutNullStreams, root: string, languageId: string) {
    this.server = server;
    this.root = root;
    this.languageId = languageId;
    this.rpc = createMessageConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
  }

  static async open(root: string, extension: string): Promise<BareClient> {
    const known = COMMANDS[extension];
    if (known === undefined) throw new Error(`no server is known for ${extension}`);
    const client = new BareClient(spawn(process.execPath, [...known.command], { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] }), root, known.languageId);
    await client.initialize();
    return client;
  }

  /** How many answers there are in a second with so many requests under way. */
  async perSecond(method: string, places: readonly Place[], underWay: number): Promise<number> {
    for (const { path } of places) await this.openFile(path, method);
    const start = performance.now();
    let next = 0;
    const work = async (): Promise<void> => {
      for (let place = places[next++]; place !== undefined; place = places[next++]) {
        const { path, line, character } = place;
        const textDocument = { uri: this.uri(path) };
        const position = method === 'textDocument/diagnostic' ? {} : { position: { line, character } };
        await this.rpc.sendRequest(method, { textDocument, ...position, ...(method === 'textDocument/references' ? { context: { includeDeclaration: true } } : {}) });
      }
    };
    await Promise.all(Array.from({ length: underWay }, work));
    return (places.length * 1000) / (performance.now() - start);
  }

  async close(): Promise<void> {
    const ended = new Promise((over) => this.server.once('exit', over));
    await this.rpc.sendRequest('shutdown');
    await this.rpc.sendNotification('exit');
    await ended;
    this.rpc.dispose();
  }

  private async initialize(): Promise<void> {
    let found: () => void = () => undefined;
    const ready = new Promise<void>((over) => (found = over));
    if (this.languageId !== 'python') found();
    this.rpc.onRequest('workspace/configuration', ({ items }: { items: readonly { section?: string }[] }) => items.map(({ section }) => (section === 'python' ? { analysis: { diagnosticMode: 'workspace', autoSearchPaths: true, useLibraryCodeForTypes: true } } : {})));
    this.rpc.onRequest(() => null);
    this.rpc.onNotification('window/logMessage', ({ message }: { message: string }) => {
      if (/^Found \d+ source file/.test(message)) found();
    });
    this.rpc.listen();
    const uri = pathToFileURL(this.root).href;
    await this.rpc.sendRequest('initialize', { processId: process.pid, rootUri: uri, workspaceFolders: [{ uri, name: 'workspace' }], capabilities: CLIENT_CAPABILITIES });
    await this.rpc.sendNotification('initialized', {});
    await ready;
  }

  /** Diagnostics are asked of files that are not open, as assay does. */
  private async openFile(path: string, method: string): Promise<void> {
    if (this.open.has(path) || method === 'textDocument/diagnostic') return;
    this.open.add(path);
    await this.rpc.sendNotification('textDocument/didOpen', { textDocument: { uri: this.uri(path), languageId: this.languageId, version: 1, text: readFileSync(join(this.root, path), 'utf8') } });
  }

  private uri(path: string): string {
    return pathToFileURL(join(this.root, path)).href;
  }
}
