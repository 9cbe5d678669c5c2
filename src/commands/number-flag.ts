import { Flags } from '@oclif/core';
import { Failure } from '../base/failure.js';

/** A flag that takes any finite number. */
export const numberFlag = Flags.custom<number>({
  parse: (input) => {
    const value = Number(input);
    if (input.trim() === '' || !Number.isFinite(value)) throw new Failure('E/BAD_ARGUMENT', `${JSON.stringify(input)} is not a number`, { hint: 'Nothing was started.' });
    return Promise.resolve(value);
  },
});
