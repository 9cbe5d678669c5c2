/**
 * Exit codes are public: add, never renumber. 0 means done and 1 means "ran, and the answer is no" (a failed gate);
 * neither is a failure, so neither is listed here. 99 is a bug of ours.
 */
export const EXIT_CODE = {
  'E/BAD_SELECTOR_SYNTAX': 2,
  'E/BAD_ARGUMENT': 2,
  'E/NOT_FOUND': 3,
  'E/AMBIGUOUS': 4,
  'E/VERSION_SKEW': 10,
  'E/LS_TIMEOUT': 64,
  'E/LS_CRASH': 65,
  'E/APPLY_CONFLICT': 70,
  'E/FS_PERMISSIONS': 71,
  'E/UNSUPPORTED_CAP': 72,
  'E/REQUEST_CANCELLED': 73,
  'E/CONTENT_MODIFIED': 74,
  'E/INDEXING_UNSUPPORTED': 75,
  'E/REPLAY_MISMATCH': 76,
  'E/INTERNAL': 99,
} as const;

export type FailureCode = keyof typeof EXIT_CODE;

/** The failures that usually pass when the same request is sent again unchanged. */
const RETRYABLE: ReadonlySet<FailureCode> = new Set(['E/LS_TIMEOUT', 'E/LS_CRASH', 'E/REQUEST_CANCELLED', 'E/CONTENT_MODIFIED']);

export interface FailureOptions {
  /** What to do next, as a sentence. */
  readonly hint?: string;
  /** Machine-readable particulars: plain JSON, no absolute paths. */
  readonly details?: unknown;
  readonly cause?: unknown;
  /** False where nothing gets better until the user did something; default: as is usual for the code. */
  readonly retryable?: boolean;
}

/** Means that this request cannot be answered. Expected outcomes (lost, ambiguous) travel as values until an operation turns them into one. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly exitCode: number;
  readonly hint: string;
  readonly details: unknown;
  /** True when the failure may pass when the same request is sent again unchanged. */
  readonly retryable: boolean;

  constructor(code: FailureCode, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.exitCode = EXIT_CODE[code];
    this.hint = options.hint ?? '';
    this.details = options.details;
    this.retryable = options.retryable ?? RETRYABLE.has(code);
  }
}

/** Returns `error` itself when it is a Failure, else a Failure that blames us and keeps the original as its cause. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure('E/INTERNAL', `BUG: ${message}`, { hint: 'Please report this with the output of --verbose.', cause: error });
}

export function assertNever(value: never): never {
  throw new Failure('E/INTERNAL', `BUG: unhandled case ${JSON.stringify(value)}`);
}
