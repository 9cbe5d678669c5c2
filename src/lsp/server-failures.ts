import { Failure, type FailureOptions } from '../base/failure.js';

/** The server is gone, or was stopped because it could not be trusted any more: a new one may answer. */
export class ServerEnd extends Failure {
  /** How many servers may take its place in one request. */
  readonly restartsMax: number;

  constructor(message: string, options: FailureOptions, restartsMax = 2) {
    super('E/LS_CRASH', message, options);
    this.restartsMax = restartsMax;
  }

  /** The same end, of the last of several servers. */
  afterAttempts(count: number): Failure {
    const { message, hint, details } = this;
    return new Failure('E/LS_CRASH', `${message}; so did ${count === 2 ? 'the one' : `the ${String(count - 1)}`} before it`, { hint, details: { ...(details as object), attempts: count }, cause: this });
  }
}

/** The server refused for the moment: its view of the files was changing, or it was busy. The same request may be answered soon. */
export class PassingRefusal extends Failure {}
