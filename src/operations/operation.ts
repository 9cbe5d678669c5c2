import type * as z from 'zod';
import { Failure } from '../base/failure.js';
import type { JsonObject } from '../bundles/json-shape.js';
import type { BundleEdits } from '../bundles/schema/edits.js';
import type { BundleFacts } from '../bundles/schema/facts.js';
import type { BundleResolution } from '../bundles/schema/resolution.js';
import type { ProcessReward } from '../base/process-reward.js';
import type { AskedServers } from './analysis.js';
import type { Workbench } from './workbench.js';

/** One question as it arrives from a command line, a batch line or the SDK: a command and its arguments by camelCase name. */
export interface OperationRequest {
  readonly cmd: string;
  readonly args: JsonObject;
  /** The id of a batch line. No answer depends on it. */
  readonly id?: string | number;
}

/** A change of files that was asked for and not made yet. */
export interface PendingWrite {
  /** The arguments of the answer once it is made. */
  readonly args: JsonObject;
  /** The `bundleId` that the preview must have, or null. */
  readonly expect: string | null;
  /** Makes the change. Throws a Failure when it is not made; no transaction means that there was nothing to change. */
  run(): Promise<{ readonly transaction?: string; readonly commit?: string }>;
}

/** What an operation found out. The engine makes the bundle of it. */
export interface Answer {
  /** The arguments that change the answer, defaults filled in, paths relative to the workspace. */
  readonly args: JsonObject;
  /** The canonical selector, where there is one. */
  readonly selector?: string;
  readonly resolution?: BundleResolution | null;
  readonly facts?: BundleFacts;
  readonly processReward?: ProcessReward | null;
  /** What a change of files would do, or did. */
  readonly edits?: BundleEdits;
  /** Set when the change is to be made: the rest of the answer is the preview of it, with the arguments of a preview. */
  readonly write?: PendingWrite;
  readonly servers?: AskedServers;
  /** Digest of the files that the answer speaks about; null when it speaks about none. */
  readonly snapshot: string | null;
  /** Set when the question was understood and has no answer: ambiguous, not found, a server that failed. */
  readonly failure?: Failure;
  /** 1 when the operation ran and its answer is no. */
  readonly exitCode?: 0 | 1;
  /** The texts that the answer's places belong to, by URI, where they are not the files on disk. */
  readonly texts?: ReadonlyMap<string, string>;
  /** What is true of this machine alone, for the bundle's meta: never hashed. */
  readonly machine?: JsonObject;
  /** Milliseconds by phase. */
  readonly timings?: Readonly<Record<string, number>>;
}

declare const given: unique symbol;

/** One command of the contract. `Given` are the arguments that it takes, as a caller in TypeScript writes them. */
export interface Operation<Given = unknown> {
  /** For the type alone: there is no such property. */
  readonly [given]?: Given;
  readonly cmd: string;
  readonly aliases: readonly string[];
  /** True when its answer can be longer than a bundle: then it takes `cursor`, which the engine reads. */
  readonly isPaged: boolean;
  /** True when the answer depends on nothing but its arguments, the files of the snapshot and the pinned servers: then it may be remembered. */
  readonly isFunctionOfSnapshot: boolean;
  /** True when it may be answered while others are that change nothing either: a function of the snapshot, and what is measured apart from the files. */
  readonly goesTogether: boolean;
  /** Parses the arguments as they arrived and answers. Throws E/BAD_ARGUMENT for arguments that are none. */
  answer(bench: Workbench, given: JsonObject): Promise<Answer>;
}

/** The arguments that an operation takes. */
export type GivenTo<Op> = Op extends Operation<infer Given> ? Given : never;

interface OperationDefinition<Args, Given = unknown> {
  readonly cmd: string;
  readonly aliases?: readonly string[];
  readonly isPaged?: boolean;
  readonly isFunctionOfSnapshot?: boolean;
  readonly goesTogether?: boolean;
  readonly args: z.ZodType<Args, Given>;
  run(bench: Workbench, args: Args): Promise<Answer>;
}

/** Makes an operation of its name, the schema of its arguments and what it does with them. */
export function defineOperation<Args, Given>(definition: OperationDefinition<Args, Given>): Operation<Given> {
  const { cmd, aliases = [], isPaged = false, isFunctionOfSnapshot = false, goesTogether = isFunctionOfSnapshot } = definition;
  return { cmd, aliases, isPaged, isFunctionOfSnapshot, goesTogether, answer: (bench, given) => definition.run(bench, parseArguments(definition, given)) };
}

function parseArguments<Args>({ cmd, args }: OperationDefinition<Args>, given: JsonObject): Args {
  const parsed = args.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'the arguments' : `the argument ${issue.path.join('.')}`;
  throw new Failure('E/BAD_ARGUMENT', `${where} of ${cmd}: ${issue?.message ?? 'unusable'}`, { hint: `assay ${cmd} --help lists what it takes. Nothing was started.` });
}
