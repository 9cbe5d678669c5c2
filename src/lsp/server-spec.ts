import type { Interpreter } from './interpreter.js';
import type { PositionQuirks } from './position-codec.js';
import type { Command } from './spawn.js';

/** What a server may need to know before it starts. */
export interface LaunchContext {
  readonly workspaceRoot: string;
  readonly interpreter: Interpreter | null;
}

/** How a server is started: the command, and the installed package that it comes from. */
export interface Launch {
  readonly command: Command;
  readonly packageName: string;
  readonly version: string;
  /** Digest over the code that will run. Computed while the server starts. */
  readonly integrity: Promise<string>;
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
 * One language server, as data: how it is found and started, what it wants to be told, and its measured quirks.
 * A new server is a new value of this type.
 */
export interface ServerSpec {
  readonly id: string;
  /** File extension (with its dot) → LSP language id. */
  readonly languageIds: Readonly<Record<string, string>>;
  /** True for a workspace-relative path of a file whose change means a new server. */
  isSettingsFile(path: string): boolean;
  /** Throws E/BAD_ARGUMENT with file and position for settings that the server would silently replace by its defaults. */
  checkSettings(workspaceRoot: string): void;
  /** Throws a Failure that says how to install it when it cannot be found. */
  locate(context: LaunchContext): Launch;
  initializationOptions(context: LaunchContext): unknown;
  /** The answer to `workspace/configuration` for a section, so that the server sees what its command line sees. `pythonPath` is `Interpreter.serverPythonPath`. */
  configuration(section: string, context: LaunchContext, pythonPath?: string | null): unknown;
  /** How diagnostics are asked for; see diagnostics.ts. */
  readonly diagnostics: 'pull' | 'tsserver';
  /** The request by which the server says which project a file belongs to; null when its diagnostics tell. See diagnostics.ts. */
  readonly projectInfo: 'custom/projectInfo' | null;
  /** The base names of files that make a folder a project of this server; null when it needs none. */
  readonly projectFiles: readonly string[] | null;
  /** A line that the server logs when it has found its source files; null when it answers rightly from the start. */
  readonly readyLog: RegExp | null;
  /** True when a file must be opened before it is asked about. */
  readonly opensBeforeAsking: boolean;
  /** False when a changed file must be opened, because the server hears of changes on disk in its own time. */
  readonly followsWatchEvents: boolean;
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
}
