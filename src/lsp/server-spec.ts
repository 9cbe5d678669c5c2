import { Failure } from '../base/failure.js';
import type { Pin } from '../base/configuration.js';
import type { Interpreter } from './interpreter.js';
import type { PositionQuirks } from './position-codec.js';
import type { ReadyRule } from './readiness.js';
import type { Command } from './spawn.js';
import type { Trust } from './trust.js';

/** What a server may need to know before it starts. */
export interface LaunchContext {
  /** Real path of the folder that is analysed; a shadow of the user's when a step is measured. */
  readonly workspaceRoot: string;
  /** Real path of the user's own folder: where virtual environments, its TypeScript and its configuration lie. */
  readonly homeRoot: string;
  readonly env: NodeJS.ProcessEnv;
  /** An existing private folder for what a server wants to write; it goes when the run ends. */
  readonly runDir: string;
  readonly interpreter: Interpreter | null;
  readonly trust: Trust;
}

/** True where a server analyses a shadow of the user's folder, in which steps are measured. */
export function isInStep({ workspaceRoot, homeRoot }: Pick<LaunchContext, 'workspaceRoot' | 'homeRoot'>): boolean {
  return workspaceRoot !== homeRoot;
}

/** Where a server comes from: a package of assay's installation, the workspace (trusted), PATH, or a configured command. */
export type Origin = 'assay' | 'workspace' | 'PATH' | 'configuration';

/** How a server is started: the command, and the installed package that it comes from. */
export interface Launch {
  readonly command: Command;
  readonly packageName: string;
  /** Resolves to the version of what will run; a program may be asked for it. Rejects with a Failure when it does not tell. */
  readonly version: () => Promise<string>;
  /** Resolves to a digest over the code that will run. */
  readonly integrity: () => Promise<string>;
  readonly origin: Origin;
}

/** A command of a server, as LSP writes it. */
export interface WireCommand {
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

/** An action that a server has a command for but does not list. */
export interface OwnAction {
  readonly title: string;
  readonly kind: string;
  readonly command: WireCommand;
}

/**
 * What a server is asked for. `checker`: everything about its languages, unasked. `alternative`: the same, when a user
 * chooses it. `format`: data and markup, when a user chooses it. `linter`: diagnostics beside a checker's, when a user adds it.
 */
export type ServerRole = 'checker' | 'alternative' | 'format' | 'linter';

/**
 * One language server, as data: how it is found and started, what it wants to be told, and its measured quirks.
 * A new server is a new value of this type.
 */
export interface ServerSpec {
  readonly id: string;
  readonly role: ServerRole;
  /** File extension (with its dot) → LSP language id. */
  readonly languageIds: Readonly<Record<string, string>>;
  /** How a person installs it, as a command or a sentence. */
  readonly install: string;
  /** The names that its program goes by where a package manager installs it in a workspace; none for one that comes with assay. */
  readonly programs: readonly string[];
  /** True for a workspace-relative path of a file whose change means a new server. */
  isSettingsFile(path: string): boolean;
  /** Returns all that the settings of a workspace say to it, and throws as checkSettings does: a JSON or TOML file that changes nothing of that means no new server. Null where each change does. */
  readonly settingsOf: ((workspaceRoot: string) => string) | null;
  /** Throws E/BAD_ARGUMENT with file and position for settings that the server would silently replace by its defaults. */
  checkSettings(workspaceRoot: string): void;
  /** Returns how to start it; null when it is not installed. Looks, and neither executes nor writes. */
  locate(context: LaunchContext): Launch | null;
  /** Writes into the run's own folder what the server wants to find there. */
  prepare?(context: LaunchContext): void;
  initializationOptions(context: LaunchContext): unknown;
  /** The answer to `workspace/configuration` for a section, so that the server sees what its command line sees. `pythonPath` is `Interpreter.serverPythonPath`. */
  configuration(section: string, context: LaunchContext, pythonPath?: string | null): unknown;
  /** The sections that it asks for, for the digest of its settings. */
  readonly sections: readonly string[];
  /** Variables that keep it from executing or fetching what a workspace names. They win over the caller's. */
  environment?(context: LaunchContext): Readonly<Record<string, string>>;
  /** How diagnostics are asked for; see diagnostics.ts. */
  readonly diagnostics: 'pull' | 'push' | 'tsserver';
  /** The kinds of suppression-syntax.ts that it reads, by which code asks a checker to look away or to look closer; without them it may read any. */
  readonly directives?: readonly string[];
  /** The request by which the server says which project a file belongs to; null when its diagnostics tell. See diagnostics.ts. */
  readonly projectInfo: 'custom/projectInfo' | null;
  /** The base names of files that make a folder a project of this server; null when it needs none. */
  readonly projectFiles: readonly string[] | null;
  /** How the server says that it has found its source files; null when it answers rightly from the start. */
  readonly ready: ReadyRule | null;
  /** True when a pulled report without a result id means that the server does not know the file. */
  readonly leavesOutWithoutResultId: boolean;
  /**
   * Returns what says whether the settings of a workspace leave out a file, given by its workspace-relative path, whatever the server answers for
   * it. `configuration` is what the server is told for a section.
   */
  leavesOut(workspaceRoot: string, configuration: (section: string) => unknown): (path: string) => boolean;
  /** True when a file must be opened before it is asked about. */
  readonly opensBeforeAsking: boolean;
  /** False when the server must be started anew to see a change on disk. */
  readonly followsWatchEvents: boolean;
  /**
   * Returns which of `included`, files that its settings include, it must hear of as created besides the files that came or went, `moved`: then it looks
   * for its files again, and says so as after its start. Null when it must be started anew to see them. All are workspace-relative.
   */
  toldBy(moved: readonly string[], included: readonly string[]): string | null;
  /** The folders of modules that it brings along; null where they are not known. */
  libraryFolders(): readonly string[] | null;
  /** True when a changed file is opened, because the server hears of changes on disk in its own time. */
  readonly opensChangedFiles: boolean;
  /** True when a question about the workspace leaves out files of its languages that are not open; see lookInto. */
  readonly seesMoreWhenOpen: boolean;
  /**
   * True when what a server finds in a file while it looks at another one stays with the first until that is asked about, also beyond changes
   * of other files; see Session.readAnew.
   */
  readonly keepsOldFindings: boolean;
  /** True when references, asked for in a file that the settings leave out, include uses in libraries: in those that happen to be loaded. */
  readonly findsLibraryUsesByChance: boolean;
  /** True when callers and implementations are those of the asked file's project alone, and it does not say so. */
  readonly hierarchiesStayInProject: boolean;
  /** So many symbols of the workspace it names, and does not say that there are more. */
  readonly workspaceSymbolsMax?: number;
  readonly positions: PositionQuirks;
  /** The error codes by which the server says that something cannot be renamed; empty when it answers with null. */
  readonly declinesRenameWith: readonly number[];
  /**
   * What a command of a code action does: `none` when all that it does is in the edit that it came with, `edit` when it asks the client to apply
   * an edit and does nothing else, `unknown` for every other one: those are never executed.
   */
  effectOfCommand(command: WireCommand): 'none' | 'edit' | 'unknown';
  /** Actions for a whole file that the server knows but does not list. */
  ownActions(fileUri: string): readonly OwnAction[];
  /** True when the server needs Python's search paths. */
  readonly needsInterpreter: boolean;
  /** What the client announces to this server beyond what it announces to all. */
  readonly clientCapabilities?: Readonly<Record<string, unknown>>;
  /** Settings that hold when a step is measured, whatever a user configured: what a scored patch brings is never executed. */
  readonly alwaysInSteps?: Readonly<Record<string, unknown>>;
  /** What a user pinned: the server that starts must be this one. Set by configureServer. */
  readonly pin?: Pin;
  /** Digest of what a user configured, for telling two configurations of one server apart; set by configureServer. */
  readonly configured?: string;
  /** What of the workspace may run; set by configureServer. */
  readonly trust?: Trust;
}

/** What the settings of a workspace say to a server; null when they cannot be read, and for one of which each change of a settings file counts. */
export function settingsSaid({ settingsOf }: ServerSpec, workspaceRoot: string): string | null {
  try {
    return settingsOf?.(workspaceRoot) ?? null;
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

/** True when a change of these files means a new server where the settings said `before`. */
export function changeSettings(spec: ServerSpec, workspaceRoot: string, before: string | null, paths: readonly string[]): boolean {
  const changed = paths.filter((path) => spec.isSettingsFile(path));
  if (before === null || changed.some((path) => !/\.(?:json|toml)$/.test(path))) return changed.length > 0;
  return changed.length > 0 && settingsSaid(spec, workspaceRoot) !== before;
}
