import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Question } from './questions.js';
import type { Place } from './raw-server.js';

/** Other tools between an agent and a language server that npm installs. Both speak MCP over standard streams. */
export const PEERS = ['cclsp', 'agent-lsp'] as const;
export type PeerName = (typeof PEERS)[number];

const PACKAGES: Readonly<Record<PeerName, string>> = { cclsp: 'cclsp@0.7.0', 'agent-lsp': `@blackwell-systems/agent-lsp-${process.platform}-${process.arch}@0.19.5` };
const ANSWER_MS = 60_000;

/** Installs them into a folder of ours, scripts left out. Returns those that could be had. */
export function installPeers(folder: string): PeerName[] {
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  return PEERS.filter((name) => {
    try {
      execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error', PACKAGES[name]], { cwd: folder, stdio: 'ignore' });
      return true;
    } catch {
      console.log(`${PACKAGES[name]} could not be installed: left out`);
      return false;
    }
  });
}

export class Peer {
  readonly name: PeerName;
  private readonly child: ChildProcess;
  private readonly root: string;
  private readonly waiting = new Map<number, (answer: string) => void>();
  private id = 0;
  private rest = '';

  private constructor(name: PeerName, child: ChildProcess, root: string) {
    this.name = name;
    this.child = child;
    this.root = root;
    child.stdout?.on('data', (chunk: Buffer) => {
      this.hear(chunk.toString('utf8'));
    });
  }

  static async start(name: PeerName, folder: string, root: string): Promise<Peer> {
    const pyright = join(dirname(createRequire(import.meta.url).resolve('pyright/package.json')), 'langserver.index.js');
    const configuration = join(folder, 'cclsp.json');
    writeFileSync(configuration, JSON.stringify({ servers: [{ extensions: ['py'], command: [process.execPath, pyright, '--stdio'], rootDir: root }] }));
    const [program, args] =
      name === 'cclsp'
        ? [process.execPath, [join(folder, 'node_modules/cclsp/dist/index.js')]]
        : [join(folder, `node_modules/@blackwell-systems/agent-lsp-${process.platform}-${process.arch}/bin/agent-lsp`), [`python:${process.execPath},${pyright},--stdio`]];
    const child = spawn(program, args, { cwd: root, env: { ...process.env, HOME: folder, CCLSP_CONFIG_PATH: configuration }, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
    const peer = new Peer(name, child, root);
    await peer.request('initialize', { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'bench', version: '0' } });
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
    if (name === 'agent-lsp') await peer.tool('start_lsp', { root_dir: root });
    return peer;
  }

  definition(question: Question): Promise<string> {
    return this.name === 'cclsp' ? this.tool('find_definition', this.named(question)) : this.tool('go_to_definition', this.placed(question));
  }

  references(question: Question): Promise<string> {
    return this.name === 'cclsp' ? this.tool('find_references', this.named(question)) : this.tool('find_references', { ...this.placed(question), include_declaration: true });
  }

  diagnostics(path: string): Promise<string> {
    return this.tool('get_diagnostics', { file_path: join(this.root, path) });
  }

  close(): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGKILL');
  }

  private named({ path, name }: Question): object {
    return { file_path: join(this.root, path), symbol_name: name };
  }

  private placed({ path, line, character }: Question): object {
    return { file_path: join(this.root, path), language_id: 'python', line: line + 1, column: character + 1 };
  }

  private async tool(name: string, args: unknown): Promise<string> {
    return this.request('tools/call', { name, arguments: args });
  }

  private request(method: string, params: unknown): Promise<string> {
    this.id += 1;
    const { id } = this;
    return new Promise((resolve) => {
      const timer = setTimeout(() => { resolve('no answer'); }, ANSWER_MS);
      this.waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
  }

  private hear(chunk: string): void {
    this.rest += chunk;
    for (let end = this.rest.indexOf('\n'); end >= 0; end = this.rest.indexOf('\n')) {
      const line = this.rest.slice(0, end);
      this.rest = this.rest.slice(end + 1);
      if (line.trim() === '') continue;
      const { id, result } = JSON.parse(line) as { id?: number; result?: { content?: { text?: string }[] } };
      if (id === undefined) continue;
      this.waiting.get(id)?.((result?.content ?? []).map(({ text }) => text ?? '').join('\n'));
      this.waiting.delete(id);
    }
  }
}

/** How far behind a path its lines may be listed. */
const LIST_CHARACTERS = 400;

/** True when a text names every place that is right: by its path, and near behind by its line, 0- or 1-based. Places too many are not held against it. */
export function namesAll(text: string, truth: readonly Place[]): boolean {
  const normal = text.replaceAll('file://', '');
  return truth.every((place) => {
    const [path = '', line = ''] = place.split(':');
    const number = new RegExp(`\\b(${String(Number(line) + 1)}|${line})\\b`);
    return normal.split(path).slice(1).some((after) => number.test(after.slice(0, LIST_CHARACTERS)));
  });
}
