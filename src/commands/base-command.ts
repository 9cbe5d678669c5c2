import { resolve } from 'node:path';
import { Command, Flags, type Config, type Interfaces } from '@oclif/core';
import { caller } from '../base/caller.js';
import { Failure, toFailure } from '../base/failure.js';
import type { ColumnUnit } from '../base/text-document.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import type { EngineOptions } from '../operations/engine.js';
import { Desk } from '../operations/desk.js';
import type { OperationRequest } from '../operations/operation.js';
import { failureBundle } from '../operations/failure-bundle.js';
import type { Trace } from '../trace/read.js';
import { TraceRecorder } from '../trace/record.js';
import { printBundle } from './print-bundle.js';

interface PrintFlags {
  readonly json: boolean;
  readonly 'index-io': ColumnUnit;
  readonly preview?: boolean;
  readonly explain?: boolean;
  readonly verbose?: boolean;
}

export interface CommonFlags {
  readonly workspace: string | undefined;
  readonly json: boolean;
  readonly server: string | undefined;
  readonly timeout: number | undefined;
  readonly 'index-io': ColumnUnit;
  readonly verbose: boolean;
  readonly 'trace-file': string | undefined;
  readonly 'verify-cache': boolean;
}

/** A command that can be run, as opposed to what commands share. */
export type CommandClass = Pick<typeof BaseCommand, 'id' | 'invoke'> & (new (argv: string[], config: Config) => BaseCommand);

/** What every command shares: its flags, one engine that is always closed, and one catch-all that turns whatever happened into a bundle. */
export abstract class BaseCommand extends Command {
  private recorder: TraceRecorder | null = null;

  static override readonly baseFlags = {
    workspace: Flags.string({ description: 'folder under analysis (default: the enclosing Git root, else the current folder)', helpValue: 'DIR' }),
    json: Flags.boolean({ description: 'print the bundle: one line of canonical JSON', default: false }),
    server: Flags.string({ description: 'language server to ask', helpValue: 'ID' }),
    timeout: Flags.integer({ description: 'deadline of the whole request, in milliseconds (default: none; a server may take a minute for each question)', min: 1, helpValue: 'MS' }),
    'index-io': Flags.option({ options: ['codepoint', 'utf-16', 'utf-8'] as const, description: 'what columns count, in arguments and in text output', default: 'codepoint' as const })(),
    'trace-file': Flags.string({ description: 'record what is asked and seen, to replay it with assay trace', helpValue: 'FILE' }),
    daemon: Flags.boolean({ description: 'use the warm daemon', default: true, allowNo: true, hidden: true }),
    'verify-cache': Flags.boolean({ description: 'compute the answer although the daemon remembers it, and compare', default: false }),
    verbose: Flags.boolean({ description: 'say on stderr what the servers say, and show stack traces', default: false }),
  };

  /** Runs the command under the name that it was called by. oclif's own `run` would load its configuration anew each time. */
  static async invoke(this: CommandClass, id: string, argv: readonly string[], config: Config): Promise<void> {
    this.id = id;
    await new this([...argv], config)._run();
  }

  /** oclif's own looks through all commands for whether this one is deprecated; none is. */
  protected override init(): Promise<void> {
    return Promise.resolve();
  }

  /** Runs one operation, prints its bundle and sets the exit code. */
  protected async answer(flags: CommonFlags & PrintFlags, request: OperationRequest): Promise<void> {
    await this.withDesk(flags, async (desk) => this.print(await desk.answer(request), flags, desk));
  }

  /** Hands `use` a desk over the flags' workspace, and closes it. */
  protected async withDesk(flags: CommonFlags, use: (desk: Desk) => Promise<void>): Promise<void> {
    await this.withEngineOptions(flags, async (options) => {
      const desk = new Desk(options);
      try {
        await use(desk);
      } finally {
        await desk.close();
      }
    });
  }

  /** Hands `use` what engines are opened with. Where a trace is wanted they record, and the trace ends with `use`: close them before. */
  protected async withEngineOptions(flags: CommonFlags, use: (options: EngineOptions) => Promise<void>): Promise<void> {
    const { options, close } = this.openEngineOptions(flags);
    try {
      await use(options);
    } finally {
      close();
    }
  }

  /** As withEngineOptions, for those who cannot be called back. */
  protected openEngineOptions(flags: CommonFlags): { options: EngineOptions; close: () => void } {
    const { recorder } = this;
    const options = { ...this.engineOptions(flags), ...(recorder === null ? {} : { story: recorder, traceFile: recorder.path }) };
    return { options, close: () => recorder?.close() };
  }

  /** A command that asks nothing of a workspace leaves a trace, too: one without operations. */
  protected override async parse<F extends Interfaces.OutputFlags<F>, B extends Interfaces.OutputFlags<B>, A extends Interfaces.OutputArgs<A>>(options?: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv);
    const path: unknown = (parsed.flags as Readonly<Record<string, unknown>>)['trace-file'];
    if (typeof path === 'string') this.recorder = TraceRecorder.open(resolve(caller().cwd, path), path);
    return parsed;
  }

  protected override async finally(error: Error | undefined): Promise<unknown> {
    this.recorder?.close();
    return super.finally(error);
  }

  private engineOptions(flags: CommonFlags): EngineOptions {
    return {
      env: caller().env,
      timeoutMs: flags.timeout,
      indexUnit: flags['index-io'],
      ...(flags.workspace === undefined ? {} : { workspace: flags.workspace }),
      ...(flags['verify-cache'] ? { verifyCache: true } : {}),
      ...(flags.server === undefined ? {} : { server: flags.server }),
      ...(flags.verbose ? { onLog: (line: string) => { say(line); } } : {}),
    };
  }

  /** Says on stderr that a trace ends in the middle: what is before counts. */
  protected noteCut(trace: Trace): void {
    const unfinished = trace.operations.filter(({ bundle }) => bundle === null).length;
    if (trace.isCut) say('The last line of the trace is unfinished: its run was cut short. Everything before it was read.');
    if (unfinished > 0) say(`${String(unfinished)} operation${unfinished === 1 ? ' was' : 's were'} cut short before there was an answer.`);
  }

  protected async print(bundle: Bundle, { json, 'index-io': unit, preview = false, explain = false, verbose = false }: PrintFlags, desk: Desk | null): Promise<void> {
    caller().exitCode = bundle.meta.exitCode;
    if (bundle.meta.recovery !== undefined) say(bundle.meta.recovery);
    await printBundle(bundle, { json, unit, preview, explain, verbose, readText: (uri) => desk?.textOf(uri) });
  }

  /** Everything that goes wrong ends here, and says the same with and without --json. */
  protected override async catch(error: Error & { oclif?: { exit?: number } }): Promise<void> {
    if (error.oclif?.exit === 0) throw error;
    const failure = error.oclif === undefined ? toFailure(error) : new Failure('E/BAD_ARGUMENT', firstLine(error.message), { hint: `assay ${this.id ?? ''} --help lists what it takes. Nothing was started.` });
    if (this.argv.includes('--verbose') && error.stack !== undefined) say(error.stack);
    const bundle = failureBundle({ cmd: this.id ?? 'assay', args: {} }, failure);
    await this.print(bundle, { json: this.argv.includes('--json'), 'index-io': 'codepoint' }, null);
  }
}

function say(line: string): void {
  caller().stderr.write(`${line}\n`, () => undefined);
}

function firstLine(message: string): string {
  return message.split('\n').find((line) => line.trim() !== '') ?? 'unusable arguments';
}
