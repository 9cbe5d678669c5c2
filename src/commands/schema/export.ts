import { Args, Flags } from '@oclif/core';
import { Failure } from '../../base/failure.js';
import { jsonSchemaOf, jsonSchemaText, SCHEMA_NAMES, type SchemaName } from '../../operations/published-schemas.js';
import { canonicalJson } from '../../base/canonical-json.js';
import { writeFolder } from '../../workspace/write-folder.js';
import { BaseCommand } from '../base-command.js';
import { writeLine } from '../write-line.js';

export default class SchemaExport extends BaseCommand {
  static override readonly description = 'The JSON Schemas (draft 2020-12) of everything that assay reads and prints: one, or all as one JSON object by name.';
  static override readonly args = { name: Args.string({ ignoreStdin: true, description: `one of ${SCHEMA_NAMES.join(', ')}`, name: 'NAME' }) };
  static override readonly flags = { out: Flags.string({ description: 'write NAME.schema.json into this folder instead', helpValue: 'DIR' }) };
  static override readonly examples = ['<%= config.bin %> schema export bundle', '<%= config.bin %> schema export --out schemas'];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SchemaExport);
    const names = args.name === undefined ? SCHEMA_NAMES : [schemaNamed(args.name)];
    if (flags.out !== undefined) {
      await writeFolder(flags.out, new Map(names.map((name) => [`${name}.schema.json`, jsonSchemaText(name)])));
      return;
    }
    const [first] = names;
    const schemas = args.name === undefined || first === undefined ? Object.fromEntries(names.map((name) => [name, jsonSchemaOf(name)])) : jsonSchemaOf(first);
    await writeLine(flags.json ? canonicalJson(schemas) : JSON.stringify(schemas, null, 2));
  }
}

function schemaNamed(name: string): SchemaName {
  const found = SCHEMA_NAMES.find((each) => each === name);
  if (found !== undefined) return found;
  throw new Failure('E/BAD_ARGUMENT', `there is no schema ${JSON.stringify(name)}`, { hint: `Published are ${SCHEMA_NAMES.join(', ')}. Nothing was written.` });
}
