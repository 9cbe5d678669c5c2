import { Args, Flags } from '@oclif/core';

/** The one argument of every command that asks about a place. */
export const selectorArg = { selector: Args.string({ ignoreStdin: true, required: true, description: 'py://pkg.mod#Class.method, sym://src/app.ts#name, path@L10:C5 …', name: 'SEL' }) };

/** The flag of every command whose answer can be longer than a bundle. */
export const cursorFlag = { cursor: Flags.string({ description: 'the next page of an answer that was truncated: what its nextCursor says', helpValue: 'CURSOR' }) };

/** The argument of that flag, where it is given. */
export function cursorArgument({ cursor }: { readonly cursor: string | undefined }): { cursor?: string } {
  return cursor === undefined ? {} : { cursor };
}
