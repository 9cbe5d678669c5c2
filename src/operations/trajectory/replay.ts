import { toFailure } from '../../base/failure.js';
import { applyPatch } from '../../workspace/apply-patch.js';
import type { FileTree } from '../../workspace/file-tree.js';
import { withContents } from '../../workspace/tree.js';
import { EditorPaths } from './editor-paths.js';
import { agrees, isRefusal, printedFile } from './observations.js';
import type { RecordedStep, ToolInput } from './read-run.js';
import { readShellLine, type SimpleCommand } from './shell-line.js';

/** What a step did to the files: nothing, an edit that was replayed exactly, or something that cannot be known. */
export type Replayed = { readonly kind: 'read' } | { readonly kind: 'edit' } | UnknownStep;

export interface UnknownStep {
  readonly kind: 'unknown';
  readonly reason: string;
  /** True for a program that need not have written anything: that it did not can show later. */
  readonly mayBeNothing: boolean;
  /** True when the steps after it cannot be known either: false for a test run, which writes no sources. */
  readonly spoils: boolean;
}

const READ: Replayed = { kind: 'read' };
const EDIT: Replayed = { kind: 'edit' };
const unknown = (reason: string): Replayed => ({ kind: 'unknown', reason, mayBeNothing: false, spoils: true });
const program = (reason: string, spoils: boolean): Replayed => ({ kind: 'unknown', reason, mayBeNothing: true, spoils });

/**
 * Replays the steps of a run on a tree: SWE-agent's editor commands (`create`, `edit`, `str_replace_editor` …), patches, whole
 * files, and those shell commands whose effect can be read off them. What an editor printed afterwards must agree.
 */
export class Replay {
  tree: FileTree;
  /** Paths whose content cannot be known. */
  readonly lost = new Set<string>();
  private readonly base: FileTree;
  private readonly paths = new EditorPaths();
  private readonly undo = new Map<string, (string | null)[]>();
  private open: string | null = null;

  constructor(base: FileTree) {
    this.base = base;
    this.tree = base;
  }

  async step(step: RecordedStep): Promise<Replayed> {
    switch (step.kind) {
      case 'patch':
        return this.patch(step.patch);
      case 'files':
        for (const { path, content } of step.files) {
          const outcome = await this.write(path, content);
          if (outcome.kind === 'unknown') return outcome;
        }
        return step.files.length === 0 ? READ : EDIT;
      case 'tool':
        return this.tool(step.tool, step.input, step.observation);
      case 'action':
        return this.action(step.action, step.observation);
      case 'unreadable':
        return unknown(step.reason);
    }
  }

  private async patch(patch: string): Promise<Replayed> {
    try {
      const { tree, touched } = await applyPatch(this.tree, Buffer.from(patch, 'utf8'));
      this.tree = tree;
      return touched.length === 0 ? READ : EDIT;
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code === 'E/INTERNAL') throw failure;
      return unknown(failure.message);
    }
  }

  private async action(action: string, observation: string | null): Promise<Replayed> {
    const outcome = await this.act(action.trim(), observation);
    const printed = observation === null ? null : printedFile(observation);
    if (printed?.path != null && !(observation !== null && isRefusal(observation) && outcome.kind === 'edit')) this.open = printed.path;
    return outcome;
  }

  private async act(action: string, observation: string | null): Promise<Replayed> {
    const [name = ''] = action.split(/\s/u, 1);
    if (name === 'edit') return this.windowedEdit(action, observation);
    if (name === 'insert') return unknown('an insert of the windowed editor');
    if (name === 'create') return this.create(action.slice('create'.length).trim(), observation);
    if (name === 'str_replace_editor') {
      const input = editorInput(action);
      return input === null ? unknown('a call of the editor that cannot be read') : this.tool(name, input, observation);
    }
    const commands = readShellLine(action);
    if (commands === null) return program('a shell line that cannot be known without running it', true);
    return this.all(commands);
  }

  private async all(commands: readonly SimpleCommand[]): Promise<Replayed> {
    let result: Replayed = READ;
    for (const command of commands) {
      const outcome = await this.run(command);
      // Every command is replayed: what follows an unknown one may still write a file whole.
      if (result.kind !== 'unknown' && outcome.kind !== 'read') result = outcome;
      else if (result.kind === 'unknown' && outcome.kind === 'unknown') result = { ...result, mayBeNothing: result.mayBeNothing && outcome.mayBeNothing, spoils: result.spoils || outcome.spoils };
    }
    return result;
  }

  /** SWE-agent's `edit START:END`, its text and `end_of_edit`: those lines of the open file are replaced. */
  private async windowedEdit(action: string, observation: string | null): Promise<Replayed> {
    if (observation === null) return unknown('an edit of the open file without what came back');
    if (isRefusal(observation)) return READ;
    const match = /^edit (\d+):(\d+)[ \t]*\n([\s\S]*?)\n?end_of_edit\s*$/u.exec(action);
    const printed = printedFile(observation);
    const name = this.open ?? printed?.path ?? null;
    const path = name === null ? undefined : this.paths.resolve(name, this.tree);
    if (match === null || path == null || printed?.path == null) return path === null ? READ : this.lose(path, 'an edit that cannot be read');
    const before = await this.text(path);
    if (before === null) return this.lose(path, 'an edit of a file that is not known');
    const lines = before.split('\n');
    if (lines.at(-1) === '') lines.pop();
    const [, first = '1', last = '1', body = ''] = match;
    const inserted = action.includes('\nend_of_edit') && /^edit \d+:\d+[ \t]*\nend_of_edit/u.test(action) ? [] : body.split('\n');
    const after = [...lines.slice(0, Number(first) - 1), ...inserted, ...lines.slice(Number(last))].map((line) => `${line}\n`).join('');
    if (!agrees(after, printed)) return this.lose(path, 'what the editor shows is not what the edit gives');
    return this.put(path, after);
  }

  private async create(name: string, observation: string | null): Promise<Replayed> {
    if (observation !== null && isRefusal(observation)) return READ;
    this.open = name;
    return this.write(name, '\n');
  }

  private async tool(tool: string, input: ToolInput, observation: string | null): Promise<Replayed> {
    const field = (...names: string[]): string | null => names.map((key) => input[key]).find((value): value is string => typeof value === 'string') ?? null;
    if (/^(?:bash|shell|execute_bash|run_command|terminal)$/u.test(tool)) return this.act(field('command', 'cmd') ?? '', observation);
    if (observation !== null && isRefusal(observation)) return READ;
    const path = field('path', 'file_path', 'filename');
    const command = /edit|replace|text_editor/u.test(tool) ? (field('command') ?? 'str_replace') : tool;
    if (/^(?:view|read|open|ls|list|grep|search|find|glob|think|finish|submit)/u.test(command)) return READ;
    if (path === null) return unknown(`a call of ${tool} without a path`);
    const old = field('old_str', 'old_string', 'old_text', 'find');
    const now = field('new_str', 'new_string', 'new_text', 'replace') ?? '';
    if (/^(?:create|write|write_file|create_file)$/u.test(command)) {
      const content = field('file_text', 'content', 'text');
      return content === null ? unknown(`a call of ${tool} without a content`) : this.checked(path, observation, await this.write(path, content));
    }
    if (/^(?:delete|delete_file|remove_file)$/u.test(command)) return this.write(path, null);
    if (command === 'undo_edit') return this.undoLast(path);
    if (command === 'insert') return this.insert(path, input['insert_line'], now, observation);
    if (command === 'str_replace' && old !== null) return this.replaceOnce(path, old, now, observation);
    return unknown(`a call of ${tool} that is not known`);
  }

  private async replaceOnce(name: string, old: string, now: string, observation: string | null): Promise<Replayed> {
    const path = this.paths.resolve(name, this.tree);
    if (path == null) return path === null ? READ : unknown(`where ${name} lies`);
    const text = await this.text(path);
    if (text === null) return observation === null ? READ : this.lose(path, 'an edit of a file that is not known');
    // Editors that replace a text refuse when it is not there just once.
    if (text.split(old).length !== 2) return observation === null ? READ : this.lose(path, 'the replaced text is not there once');
    return this.checked(name, observation, await this.put(path, text.split(old).join(now)));
  }

  private async insert(name: string, line: unknown, added: string, observation: string | null): Promise<Replayed> {
    const path = this.paths.resolve(name, this.tree);
    if (path == null) return path === null ? READ : unknown(`where ${name} lies`);
    const text = await this.text(path);
    const after = Number(line);
    if (text === null || !Number.isInteger(after)) return this.lose(path, 'an insertion that cannot be read');
    const lines = text.split('\n');
    if (after < 0 || after > lines.length) return READ;
    return this.checked(name, observation, await this.put(path, [...lines.slice(0, after), ...added.split('\n'), ...lines.slice(after)].join('\n')));
  }

  private undoLast(name: string): Replayed {
    const path = this.paths.resolve(name, this.tree);
    const earlier = path == null ? undefined : this.undo.get(path)?.pop();
    if (path == null || earlier === undefined) return unknown('an undo of what is not known');
    this.tree = withContents(this.tree, new Map([[path, earlier === null ? null : Buffer.from(earlier, 'utf8')]]));
    return EDIT;
  }

  /** An edit counts as known when what the editor printed of the file agrees. */
  private async checked(name: string, observation: string | null, outcome: Replayed): Promise<Replayed> {
    const printed = observation === null ? null : printedFile(observation);
    const path = this.paths.resolve(name, this.tree);
    if (printed === null || path == null || outcome.kind !== 'edit') return outcome;
    return agrees((await this.text(path)) ?? '', printed) ? outcome : this.lose(path, 'what the editor shows is not what the edit gives');
  }

  private async run({ words, output, input }: SimpleCommand): Promise<Replayed> {
    const [name = '', ...rest] = words;
    const operands = rest.filter((word) => !word.startsWith('-'));
    if (output !== null) return this.redirect(name, rest, input, output);
    if (name === 'cd') {
      this.paths.enter(operands[0] ?? '~', this.tree);
      return READ;
    }
    if (name === 'rm') return this.remove(operands);
    if (name === 'mv' && operands.length === 2) return this.move(operands[0] ?? '', operands[1] ?? '');
    if (name === 'git' && /^(?:checkout|restore)$/u.test(rest[0] ?? '') && operands.length > 1) return this.restore(operands.slice(1));
    if (isReadOnly(name, rest)) return READ;
    return program(`runs ${name}`, !isTestRun(name, rest) || input !== null);
  }

  private async redirect(name: string, rest: readonly string[], input: string | null, output: NonNullable<SimpleCommand['output']>): Promise<Replayed> {
    const path = this.paths.resolve(output.path, this.tree);
    if (path === null) return READ;
    if (path === undefined) return unknown(`where ${output.path} lies`);
    const written = name === 'cat' && input !== null ? input : name === 'echo' && !rest.some((word) => /^-|\\/u.test(word)) ? `${rest.join(' ')}\n` : null;
    if (written === null) return this.lose(path, `the output of ${name} is written to a file`);
    const before = output.appends ? ((await this.text(path)) ?? '') : '';
    return this.put(path, before + written);
  }

  private async remove(names: readonly string[]): Promise<Replayed> {
    let result: Replayed = READ;
    for (const name of names) {
      const path = this.paths.resolve(name, this.tree);
      if (path === undefined) return unknown(`where ${name} lies`);
      if (path === null) continue;
      for (const file of [...this.tree.keys()].filter((file) => file === path || file.startsWith(`${path.replace(/\/$/u, '')}/`))) result = await this.put(file, null);
    }
    return result;
  }

  private async move(from: string, to: string): Promise<Replayed> {
    const [source, target] = [this.paths.resolve(from, this.tree), this.paths.resolve(to, this.tree)];
    const text = source == null ? null : await this.text(source);
    if (source == null || target == null || text === null) return unknown('a move that cannot be read');
    const isFolder = [...this.tree.keys()].some((file) => file.startsWith(`${target.replace(/\/$/u, '')}/`));
    await this.put(source, null);
    return this.put(isFolder ? `${target.replace(/\/$/u, '')}/${source.split('/').at(-1) ?? ''}` : target, text);
  }

  /** Git's own version of a file: nothing was committed since the start. */
  private async restore(names: readonly string[]): Promise<Replayed> {
    for (const name of names.filter((word) => word !== '--' && word !== 'HEAD')) {
      const path = this.paths.resolve(name, this.tree);
      if (path == null) return unknown(`where ${name} lies`);
      const files = [...new Set([...this.base.keys(), ...this.tree.keys()])].filter((file) => file === path || path === '.' || file.startsWith(`${path}/`));
      if (files.length === 0) return unknown(`${name} is no file of the repository`);
      for (const file of files) {
        const original = this.base.get(file);
        if (original !== undefined) await this.put(file, (await original.content.read()).toString('utf8'));
      }
    }
    return EDIT;
  }

  private async write(name: string, content: string | null): Promise<Replayed> {
    const path = this.paths.resolve(name, this.tree);
    if (path === undefined) return unknown(`where ${name} lies`);
    return path === null ? READ : this.put(path, content);
  }

  private async put(path: string, content: string | null): Promise<Replayed> {
    const before = await this.text(path, true);
    this.undo.set(path, [...(this.undo.get(path) ?? []), before]);
    this.lost.delete(path);
    if (before === content) return READ;
    this.tree = withContents(this.tree, new Map([[path, content === null ? null : Buffer.from(content, 'utf8')]]));
    return EDIT;
  }

  private lose(path: string | undefined, reason: string): Replayed {
    if (path !== undefined) this.lost.add(path);
    return unknown(reason);
  }

  /** Null when there is no such file, or when its content is not known. */
  private async text(path: string, evenLost = false): Promise<string | null> {
    const file = this.tree.get(path);
    return file === undefined || (this.lost.has(path) && !evenLost) ? null : (await file.content.read()).toString('utf8');
  }
}

const READERS: ReadonlySet<string> = new Set(
  'ls cat head tail grep egrep fgrep rg wc nl echo printf pwd which tree stat file diff cmp sort uniq cut tr test true false type less more date du df open goto scroll_up scroll_down search_dir search_file find_file submit exit exit_cost exit_context exit_format think finish awk'.split(' '),
);
const GIT_READERS: ReadonlySet<string> = new Set(['status', 'diff', 'log', 'show', 'blame', 'grep', 'rev-parse', 'ls-files', 'describe']);

function isReadOnly(name: string, rest: readonly string[]): boolean {
  if (name === '' || READERS.has(name)) return true;
  if (name === 'find') return !rest.some((word) => /^-(?:delete|exec|execdir|ok|fprint)/u.test(word));
  if (name === 'sed') return rest.some((word) => word === '-n') && !rest.some((word) => /^-\w*i|^--in-place/u.test(word));
  return name === 'git' && GIT_READERS.has(rest.find((word) => !word.startsWith('-')) ?? '');
}

/** A test runner, or a script that is run by its name. */
function isTestRun(name: string, rest: readonly string[]): boolean {
  if (/^(?:pytest|tox|nosetests|jest|vitest|mocha|javac|\.\/(?:tests\/)?runtests\.py)$/u.test(name)) return true;
  if (/^(?:npm|yarn|pnpm|go|cargo|mvn|gradle|make)$/u.test(name)) return /^(?:test|check|vet|build)$/u.test(rest[0] ?? '');
  if (!/^(?:python[\d.]*|node|java)$/u.test(name)) return false;
  const [first = '', second = ''] = rest;
  return first === '-m' ? /^(?:pytest|unittest|mypy|flake8)$/u.test(second) : first !== '' && !first.startsWith('-');
}

/** The arguments of `str_replace_editor COMMAND PATH --old_str …` as a tool's input. */
function editorInput(action: string): ToolInput | null {
  const [call, ...more] = readShellLine(action) ?? [];
  if (call === undefined || more.length > 0 || call.output !== null) return null;
  const [, command, path, ...rest] = call.words;
  const input: Record<string, unknown> = { command, path };
  for (let index = 0; index < rest.length; index += 2) {
    const flag = /^--(\w+)(?:=([\s\S]*))?$/u.exec(rest[index] ?? '');
    if (flag === null) return null;
    input[flag[1] ?? ''] = flag[2] ?? rest[index + 1];
    if (flag[2] !== undefined) index -= 1;
  }
  return input;
}
