import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createMessageConnection, ResponseError, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { CLIENT_CAPABILITIES } from '../../src/lsp/client-capabilities.js';
import { flat, sorted, type WireRange } from './answers.js';
import type { RandomPlace } from './places.js';

interface WireLocation {
  /** Absent in a highlight: it is in the file that was asked about. */
  readonly uri?: string;
  readonly range: WireRange;
}

interface WireEdit {
  readonly changes?: Readonly<Record<string, readonly { range: WireRange; newText: string }[]>>;
  readonly documentChanges?: readonly { textDocument?: { uri: string }; edits?: readonly { range: WireRange; newText: string }[]; kind?: string }[];
}

const resolve = createRequire(import.meta.url).resolve;
const packageFolder = (name: string): string => dirname(resolve(`${name}/package.json`));
const METHODS: Readonly<Record<string, string>> = { def: 'definition', decl: 'declaration', typedef: 'typeDefinition', refs: 'references', hover: 'hover', highlights: 'documentHighlight', signature: 'signatureHelp', rename: 'rename' };

/** The three servers that come with assay, as an editor would start them. */
const SERVERS = {
  pyright: () => ({ args: [join(packageFolder('pyright'), 'langserver.index.js'), '--stdio'], options: {} }),
  typescript: () => ({ args: [join(packageFolder('typescript-native'), 'bin', 'tsc'), '--lsp', '--stdio'], options: {} }),
  'typescript-language-server': () => ({ args: [join(packageFolder('typescript-language-server'), 'lib', 'cli.mjs'), '--stdio'], options: { disableAutomaticTypingAcquisition: true, tsserver: { path: join(packageFolder('typescript'), 'lib', 'tsserver.js'), useSyntaxServer: 'never' } } }),
} as const;

/** What makes the answers those of the command lines, and keeps TypeScript from fetching types. */
const SETTINGS: Readonly<Record<string, object>> = {
  python: { analysis: { diagnosticMode: 'workspace', autoSearchPaths: true, useLibraryCodeForTypes: true } },
  'js/ts': { disableAutomaticTypeAcquisition: true, tsserver: { automaticTypeAcquisition: { enabled: false } } },
};

/** Ranges can be compared when all count alike. */
const IN_UTF16 = { ...CLIENT_CAPABILITIES, general: { positionEncodings: ['utf-16'] } };

/** A language server and JSON-RPC, with nothing between: it opens the file that it asks about, and others only when told. */
export class RawClient {
  private readonly rpc: MessageConnection;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly root: string;
  private readonly open = new Set<string>();

  private constructor(child: ChildProcessWithoutNullStreams, root: string) {
    this.child = child;
    this.root = root;
    this.rpc = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  }

  static async open(root: string, server: string, capabilities: object = IN_UTF16): Promise<RawClient> {
    if (!(server in SERVERS)) throw new Error(`--server is one of ${Object.keys(SERVERS).join(', ')}`);
    const { args, options } = SERVERS[server as keyof typeof SERVERS]();
    const client = new RawClient(spawn(process.execPath, [...args], { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] }), root);
    await client.initialize(capabilities, options, server === 'pyright');
    return client;
  }

  /** The answer as sorted places, edits or text; `['error']` where the server says that it cannot. */
  async ask(cmd: string, place: RandomPlace): Promise<unknown> {
    await this.show(place.path);
    const method = `textDocument/${METHODS[cmd] ?? ''}`;
    const more = cmd === 'refs' ? { context: { includeDeclaration: true } } : cmd === 'rename' ? { newName: 'assayRenamed' } : {};
    try {
      return this.read(cmd, place.path, await this.request(method, place.path, { position: { line: place.line, character: place.character }, ...more }));
    } catch (error) {
      if (error instanceof ResponseError) return ['error'];
      throw error;
    }
  }

  /** What the server answers about a file. */
  request(method: string, path: string, more: object): Promise<unknown> {
    return this.rpc.sendRequest(method, { textDocument: { uri: this.uri(path) }, ...more });
  }

  async show(path: string): Promise<void> {
    if (this.open.has(path)) return;
    this.open.add(path);
    const languageId = /\.pyi?$/.test(path) ? 'python' : `${/\.[cm]?jsx?$/.test(path) ? 'java' : 'type'}script${path.endsWith('x') ? 'react' : ''}`;
    await this.rpc.sendNotification('textDocument/didOpen', { textDocument: { uri: this.uri(path), languageId, version: 1, text: readFileSync(join(this.root, path), 'utf8') } });
  }

  async close(): Promise<void> {
    const ended = new Promise((over) => this.child.once('exit', over));
    await this.rpc.sendRequest('shutdown');
    await this.rpc.sendNotification('exit');
    await ended;
    this.rpc.dispose();
  }

  private async initialize(capabilities: object, initializationOptions: object, isToldReady: boolean): Promise<void> {
    let ready: () => void = () => undefined;
    const found = new Promise<void>((over) => (ready = over));
    this.rpc.onRequest('workspace/configuration', ({ items }: { items: readonly { section?: string }[] }) => items.map(({ section }) => SETTINGS[section ?? ''] ?? {}));
    this.rpc.onRequest(() => null);
    this.rpc.onNotification('window/logMessage', ({ message }: { message: string }) => {
      if (/^(Found \d+ source file|No source files)/.test(message)) ready();
    });
    this.rpc.listen();
    const uri = pathToFileURL(this.root).href;
    await this.rpc.sendRequest('initialize', { processId: process.pid, rootUri: uri, workspaceFolders: [{ uri, name: 'workspace' }], capabilities, initializationOptions });
    await this.rpc.sendNotification('initialized', {});
    if (isToldReady) await found;
  }

  private read(cmd: string, path: string, answer: unknown): unknown {
    if (cmd === 'hover') {
      const hover = answer as { contents: unknown; range?: WireRange } | null;
      return hover === null ? null : { contents: textOf(hover.contents), range: hover.range === undefined ? null : flat(hover.range).split(',').map(Number) };
    }
    if (cmd === 'signature') {
      const labels = ((answer as { signatures?: readonly { label: string }[] } | null)?.signatures ?? []).map(({ label }) => label);
      return labels.length === 0 ? null : labels;
    }
    if (cmd === 'rename') return this.editsOf(answer as WireEdit | null);
    const list = (answer === null ? [] : Array.isArray(answer) ? answer : [answer]) as readonly WireLocation[];
    return sorted(list.map(({ uri, range }) => `${uri === undefined ? path : this.nameOf(uri)} ${flat(range)}`));
  }

  private editsOf(edit: WireEdit | null): unknown {
    const groups = [...Object.entries(edit?.changes ?? {}).map(([uri, edits]) => ({ textDocument: { uri }, edits })), ...(edit?.documentChanges ?? [])];
    return sorted(groups.flatMap(({ textDocument, edits = [] }) => edits.map(({ range, newText }) => `${this.nameOf(textDocument?.uri ?? '')} ${flat(range)} ${newText}`)));
  }

  private nameOf(uri: string): string {
    const path = uri.startsWith('file:') ? fileURLToPath(uri) : uri;
    return path.startsWith(`${this.root}/`) && !/\/(node_modules|\.venv)\//.test(path) ? path.slice(this.root.length + 1) : `outside ${path.slice(path.lastIndexOf('/') + 1)}`;
  }

  private uri(path: string): string {
    return pathToFileURL(join(this.root, path)).href;
  }
}

function textOf(contents: unknown): string {
  const one = (part: unknown): string => (typeof part === 'string' ? part : ((part as { language?: string; value: string }).language === undefined ? (part as { value: string }).value : `\`\`\`${(part as { language: string }).language}\n${(part as { value: string }).value}\n\`\`\``));
  return Array.isArray(contents) ? contents.map(one).join('\n\n') : one(contents);
}
