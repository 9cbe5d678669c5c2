import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Language, ModuleState, TypeIndex } from './languages.js';
import { configuredText, PYTHON_SHIM, SERVER_FILES, type Servers } from './servers.js';

const MODULES = 3;
const PACKAGES = 2;
const PYTHON_PACKAGES = 'lib/python3.13/site-packages';

/** What the files of one language are, as far as Git follows them. */
interface Tracked {
  readonly modules: readonly (ModuleState | null)[];
  readonly uses: readonly ModuleState[];
  readonly level: TypeIndex;
}

/** All that Git follows. */
interface Commit {
  readonly hash: string;
  readonly tracked: ReadonlyMap<string, Tracked>;
  readonly servers: Servers;
}

/** A small workspace that changes in the ways in which workspaces do, and that knows what a checker must say about it. */
export class World {
  readonly root: string;
  private readonly languages: readonly Language[];
  private readonly random: () => number;
  /** The environment that questions are asked in: its python is the one that `.python-version` names, as pyenv's is. */
  readonly env: NodeJS.ProcessEnv;
  /** As another process runs it. */
  private readonly initTrust: (env: NodeJS.ProcessEnv) => Promise<void>;
  private servers: Servers = { python: '3.13', typescript: null, hasExtraPath: false, pinned: null };
  /** Whether the entry of assay.json that needs it was there when the user last trusted the workspace. */
  private isTrusted = false;
  private tracked = new Map<string, Tracked>();
  /** Installed packages by the folder that holds them. */
  private readonly packages = new Map<string, (TypeIndex | null)[]>();
  private environment: 'a' | 'b' = 'a';
  private readonly commits: Commit[] = [];
  private previous = new Map<string, string>();

  constructor(root: string, languages: readonly Language[], random: () => number, env: NodeJS.ProcessEnv, initTrust: (env: NodeJS.ProcessEnv) => Promise<void>) {
    this.root = root;
    this.languages = languages;
    this.random = random;
    this.initTrust = initTrust;
    const shims = join(dirname(root), 'shims');
    this.env = { ...env, PATH: `${shims}${delimiter}${env['PATH'] ?? ''}` };
    mkdirSync(shims);
    writeFileSync(join(shims, 'python3'), PYTHON_SHIM, { mode: 0o755 });
    this.git('init', '-q', '-b', 'main');
    this.write('.gitignore', '.venv\nenvironments/\nnode_modules/\n');
    for (const environment of ['a', 'b']) {
      this.write(`environments/${environment}/pyvenv.cfg`, 'home = /usr/bin\nversion = 3.13.0\n');
      mkdirSync(join(root, 'environments', environment, PYTHON_PACKAGES), { recursive: true });
    }
    symlinkSync('environments/a', join(root, '.venv'));
    for (const language of languages) {
      const modules = Array.from({ length: MODULES }, (): ModuleState => ({ type: this.type(), lead: 1 }));
      this.set(language, { modules, uses: modules, level: 0 });
      for (let index = 0; index < PACKAGES; index += 1) this.write(language.dependentPath(index), language.dependentText(index));
    }
    for (const [path, text] of Object.entries(SERVER_FILES)) this.write(path, text);
    this.write('.python-version', `${this.servers.python}\n`);
    this.commit();
  }

  /** Changes something and says what. Every kind of change is as likely as every other. */
  async change(): Promise<string> {
    const language = this.pick(this.languages);
    const kinds = [
      () => this.edit(language, 'an editor writes', (path, text) => this.write(path, text)),
      () => this.edit(language, 'a formatter replaces', (path, text) => this.replace(path, text)),
      () => this.edit(language, 'a write goes back in time', (path, text) => this.writeBackInTime(path, text)),
      () => this.edit(language, 'a write keeps size and time', (path, text) => this.writeSecretly(path, text), true),
      () => this.checkout(),
      () => this.rename(language),
      () => this.remove(language),
      () => this.create(language),
      () => this.install(language),
      () => this.switchEnvironment(),
      () => this.configure(language),
      () => this.touch(language),
      () => this.choosePython(),
      () => this.configureServers(),
      () => this.trust(),
    ];
    return this.pick<() => string | Promise<string>>(kinds)();
  }

  /** The path of a file that the last changes may have given other diagnostics, and what must be said about it: `line rule severity`, sorted. */
  truths(): Map<string, string[]> {
    const truths = new Map<string, string[]>();
    for (const language of this.languages) {
      const { modules, uses, level } = this.of(language);
      for (const [index, use] of uses.entries()) {
        const module = modules[index] ?? null;
        const wrong = module === null || module.type === use.type ? null : language.mismatch(level);
        const extra = language.extra(level);
        truths.set(language.usePath(index), [
          ...(module === null ? [`${String(use.lead + 1)} ${language.missing}`] : []),
          ...(wrong === null ? [] : [`${String(use.lead + 2)} ${wrong}`]),
          ...(extra === null ? [] : [`${String(use.lead + 3)} ${extra}`]),
        ].sort());
      }
      if (language.name === 'python') {
        const wrong = language.mismatch(level);
        const { python, hasExtraPath } = this.servers;
        truths.set('extra.py', hasExtraPath ? (wrong === null ? [] : [`2 ${wrong}`]) : [`1 ${language.missing}`]);
        truths.set('versioned.py', wrong === null || python !== '3.13' ? [] : [`3 ${wrong}`]);
      }
      for (let index = 0; index < PACKAGES; index += 1) {
        const type = this.installed(language)[index] ?? null;
        const wrong = type === null || type === 0 ? null : language.mismatch(level);
        truths.set(language.dependentPath(index), [...(type === null ? [`1 ${language.missing}`] : []), ...(wrong === null ? [] : [`2 ${wrong}`])]);
      }
    }
    return truths;
  }

  /** A use of a function, as a selector, with the file and the line where it is defined, for the modules that there are. */
  definitions(): { readonly selector: string; readonly uri: string; readonly line: number }[] {
    return this.languages.flatMap((language) => {
      const { modules, uses } = this.of(language);
      return modules.flatMap((module, index) => {
        if (module === null) return [];
        const line = (uses[index]?.lead ?? 0) + 2;
        const column = language.useText(index, { type: uses[index]?.type ?? 0, lead: 0 }).split('\n')[1]?.indexOf(`f${String(index)}(`) ?? 0;
        return [{ selector: `${language.usePath(index)}@L${String(line)}:C${String(column + 1)}`, uri: language.modulePath(index), line: module.lead }];
      });
    });
  }

  /** The code of the error that questions about files of this language are answered with; null when they have another answer. */
  refusal(language: string): string | null {
    const { hasExtraPath, pinned } = this.servers;
    if (language !== 'python') return null;
    if (hasExtraPath && !this.isTrusted) return 'E/FS_PERMISSIONS';
    return pinned !== null && pinned.hasExtraPath !== hasExtraPath ? 'E/VERSION_SKEW' : null;
  }

  /** The server that answers for a language. */
  serverOf(language: string): string {
    return language === 'python' ? 'pyright' : (this.servers.typescript ?? 'typescript');
  }

  private edit(language: Language, how: string, write: (path: string, text: string) => void, keepsSize = false): string {
    const state = this.of(language);
    const index = this.pick([...state.modules.keys()]);
    const module = state.modules[index] ?? null;
    const changed = (old: ModuleState): ModuleState => ({ type: this.otherType(old.type), lead: keepsSize ? old.lead : this.pick([0, 1, 2, 3]) });
    if (module !== null && this.random() < 0.6) {
      const next = changed(module);
      this.remember(language, { ...state, modules: state.modules.with(index, next) });
      write(language.modulePath(index), language.moduleText(index, next));
      return `${how} ${language.modulePath(index)}`;
    }
    const next = changed(state.uses[index] ?? { type: 0, lead: 0 });
    this.remember(language, { ...state, uses: state.uses.with(index, next) });
    write(language.usePath(index), language.useText(index, next));
    return `${how} ${language.usePath(index)}`;
  }

  private checkout(): string {
    if (this.commits.length < 3 || this.random() < 0.4) {
      this.commit();
      return 'a commit';
    }
    const { hash, tracked, servers } = this.pick(this.commits);
    this.git('checkout', '-q', '--force', '--detach', hash);
    this.git('clean', '-q', '-f', '-d');
    this.tracked = new Map(tracked);
    this.servers = servers;
    return `git checkout ${hash.slice(0, 8)}`;
  }

  private rename(language: Language): string {
    const index = this.pick([...this.of(language).modules.keys()]);
    const path = language.modulePath(index);
    const elsewhere = path.replace(/m(\d)/, 'moved$1');
    const state = this.of(language);
    const module = state.modules[index] ?? null;
    if (module !== null) {
      renameSync(join(this.root, path), join(this.root, elsewhere));
      this.previous.set(path, language.moduleText(index, module));
      this.remember(language, { ...state, modules: state.modules.with(index, null) });
      return `${path} becomes ${elsewhere}`;
    }
    return this.create(language);
  }

  private remove(language: Language): string {
    const state = this.of(language);
    const index = this.pick([...state.modules.keys()]);
    rmSync(join(this.root, language.modulePath(index)), { force: true });
    this.remember(language, { ...state, modules: state.modules.with(index, null) });
    return `${language.modulePath(index)} is removed`;
  }

  private create(language: Language): string {
    const state = this.of(language);
    const missing = [...state.modules.keys()].find((index) => state.modules[index] === null);
    const index = missing ?? this.pick([...state.modules.keys()]);
    const module: ModuleState = { type: this.type(), lead: this.pick([0, 1, 2]) };
    this.remember(language, { ...state, modules: state.modules.with(index, module) });
    this.write(language.modulePath(index), language.moduleText(index, module));
    return `${language.modulePath(index)} is made`;
  }

  private install(language: Language): string {
    const index = this.pick([...Array(PACKAGES).keys()]);
    const installed = this.installed(language);
    const old = installed[index] ?? null;
    const type = old === null ? this.type() : this.pick([this.otherType(old), null]);
    installed[index] = type;
    const folder = this.packageFolder(language);
    if (type === null) rmSync(join(this.root, folder, `package${String(index)}`), { recursive: true, force: true });
    else for (const [path, text] of Object.entries(language.packageFiles(index, type))) this.write(`${folder}/${path}`, text);
    return `${folder}/package${String(index)} is ${type === null ? 'removed' : old === null ? 'installed' : 'overwritten'}`;
  }

  private switchEnvironment(): string {
    this.environment = this.environment === 'a' ? 'b' : 'a';
    rmSync(join(this.root, '.venv'));
    symlinkSync(`environments/${this.environment}`, join(this.root, '.venv'));
    return `.venv leads to ${this.environment}`;
  }

  private configure(language: Language): string {
    const state = this.of(language);
    this.set(language, { ...state, level: this.otherType(state.level) }, false);
    return `settings of ${language.name}`;
  }

  private touch(language: Language): string {
    const path = language.usePath(this.pick([0, 1, 2]));
    const back = new Date(Date.now() - Math.floor(this.random() * 1e9));
    utimesSync(join(this.root, path), back, back);
    return `touch ${path}`;
  }

  private choosePython(): string {
    const python = this.servers.python === '3.13' ? '3.11' : '3.13';
    this.servers = { ...this.servers, python };
    this.write('.python-version', `${python}\n`);
    return '.python-version';
  }

  private configureServers(): string {
    const { servers } = this;
    const kept = this.random() < 0.5 ? servers : { ...servers, pinned: null };
    this.servers = this.random() < 0.5 ? { ...kept, hasExtraPath: !servers.hasExtraPath } : { ...kept, typescript: servers.typescript === null ? 'typescript-language-server' : null };
    const file = join(this.root, 'assay.json');
    this.write('assay.json', configuredText(existsSync(file) ? readFileSync(file, 'utf8') : null, this.servers));
    return 'assay.json';
  }

  private async trust(): Promise<string> {
    await this.initTrust(this.env);
    const { hasExtraPath } = this.servers;
    this.isTrusted = hasExtraPath;
    this.servers = { ...this.servers, pinned: { hasExtraPath } };
    return 'assay init --trust';
  }

  private commit(): void {
    this.git('add', '-A');
    this.git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '--no-verify', '-m', 'x');
    this.commits.push({ hash: this.git('rev-parse', 'HEAD').trim(), tracked: new Map(this.tracked), servers: this.servers });
  }

  private set(language: Language, state: Tracked, withCode = true): void {
    this.remember(language, state);
    for (const [path, text] of Object.entries(language.settings(state.level))) this.write(path, text);
    if (!withCode) return;
    for (const [index, module] of state.modules.entries()) if (module !== null) this.write(language.modulePath(index), language.moduleText(index, module));
    for (const [index, use] of state.uses.entries()) this.write(language.usePath(index), language.useText(index, use));
  }

  private of(language: Language): Tracked {
    const state = this.tracked.get(language.name);
    if (state === undefined) throw new Error(`BUG: no state of ${language.name}`);
    return state;
  }

  private remember(language: Language, state: Tracked): void {
    this.tracked.set(language.name, state);
  }

  private packageFolder(language: Language): string {
    return language.name === 'python' ? `environments/${this.environment}/${PYTHON_PACKAGES}` : 'web/node_modules';
  }

  private installed(language: Language): (TypeIndex | null)[] {
    const folder = this.packageFolder(language);
    const known = this.packages.get(folder) ?? Array.from({ length: PACKAGES }, () => null);
    this.packages.set(folder, known);
    return known;
  }

  private write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  private replace(path: string, text: string): void {
    this.write(`${path}.tmp~`, text);
    renameSync(join(this.root, `${path}.tmp~`), join(this.root, path));
  }

  private writeBackInTime(path: string, text: string): void {
    this.write(path, text);
    const back = new Date(Date.now() - 3_600_000 - Math.floor(this.random() * 1e9));
    utimesSync(join(this.root, path), back, back);
  }

  private writeSecretly(path: string, text: string): void {
    const { atime, mtime } = statSync(join(this.root, path));
    this.write(path, text);
    utimesSync(join(this.root, path), atime, mtime);
  }

  private git(...args: string[]): string {
    return execFileSync('git', ['-C', this.root, ...args], { encoding: 'utf8' });
  }

  private type(): TypeIndex {
    return this.pick([0, 1, 2] as const);
  }

  private otherType(type: TypeIndex): TypeIndex {
    return this.pick(([0, 1, 2] as const).filter((other) => other !== type));
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.random() * items.length)];
    if (item === undefined) throw new Error('BUG: nothing to pick from');
    return item;
  }
}
