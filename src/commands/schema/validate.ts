import { Args } from '@oclif/core';
import { basename, isAbsolute } from 'node:path';
import { validateDocuments, validationBundle, type DocumentFile } from '../../operations/validate-documents.js';
import { readInput } from '../../workspace/read-input.js';
import { BaseCommand } from '../base-command.js';
import { SCHEMA_FLAG } from './schema-flag.js';

export default class SchemaValidate extends BaseCommand {
  static override readonly description = 'Whether the documents of a file are what they claim to be: JSON, or JSON Lines. Exit 1 when one is not.';
  static override readonly args = { file: Args.string({ ignoreStdin: true, required: true, description: 'JSON or JSONL; - is standard input', name: 'FILE' }) };
  static override readonly flags = { schema: SCHEMA_FLAG };
  static override readonly examples = ['<%= config.bin %> def py://a#f --json | <%= config.bin %> schema validate -', '<%= config.bin %> schema validate run.jsonl', '<%= config.bin %> schema validate settings.json --schema configuration'];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SchemaValidate);
    const schema = flags.schema ?? null;
    const validation = await validateDocuments(only({ name: isAbsolute(args.file) ? basename(args.file) : args.file, text: (await readInput(args.file)).toString('utf8') }), schema);
    await this.print(validationBundle('schema validate', schema, validation), flags, null);
  }
}

async function* only(file: DocumentFile): AsyncGenerator<DocumentFile> {
  yield await Promise.resolve(file);
}
