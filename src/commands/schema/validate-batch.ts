import { Args } from '@oclif/core';
import { validateDocuments, validationBundle } from '../../operations/validate-documents.js';
import { documentFiles } from '../../workspace/document-files.js';
import { BaseCommand } from '../base-command.js';
import { SCHEMA_FLAG } from './schema-flag.js';

export default class SchemaValidateBatch extends BaseCommand {
  static override readonly description = 'Whether every document in a folder is what it claims to be: *.json, *.jsonl and *.ndjson, with a summary as the last line. Exit 1 when one is not.';
  static override readonly args = { folder: Args.string({ ignoreStdin: true, required: true, description: 'folder that holds documents, also in its subfolders', name: 'DIR' }) };
  static override readonly flags = { schema: SCHEMA_FLAG };
  static override readonly examples = ['<%= config.bin %> schema validate-batch bundles/'];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SchemaValidateBatch);
    const schema = flags.schema ?? null;
    const validation = await validateDocuments(documentFiles(args.folder), schema);
    await this.print(validationBundle('schema validate-batch', schema, validation), flags, null);
  }
}
