import { Args } from '@oclif/core';

/** The one argument of every command that asks about a place. */
export const selectorArg = { selector: Args.string({ ignoreStdin: true, required: true, description: 'py://pkg.mod#Class.method, sym://src/app.ts#name, path@L10:C5 …', name: 'SEL' }) };
