import { Flags } from '@oclif/core';
import { canonicalJson } from '../../base/canonical-json.js';
import { entriesOf, readTraceFile, refuseDamage } from '../../operations/trace-file.js';
import { storyOf } from '../../operations/trace-story.js';
import { renderStory } from '../../render/trace.js';
import { BaseCommand } from '../base-command.js';
import { writeLine } from '../write-line.js';
import { filterFlags, filterOf, traceArg } from './trace-flags.js';

export default class TraceShow extends BaseCommand {
  static override readonly description = 'What recorded operations asked and saw, in order: files with their digests, Git, frames of the servers, and the answer.';
  static override readonly args = traceArg;
  static override readonly flags = { ...filterFlags, lines: Flags.boolean({ description: 'print the lines of the trace themselves', default: false }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TraceShow);
    const trace = await readTraceFile(args.file);
    for (const { operation, entry } of entriesOf(trace, filterOf(flags))) {
      const lines = operation.session.lines.filter((line) => 'op' in line && line.op === operation.request.op);
      if (flags.lines) for (const line of lines) await writeLine(canonicalJson(line));
      else {
        const story = storyOf(operation);
        await writeLine(flags.json ? canonicalJson({ ...entry, ...story, bundle: operation.bundle?.kind === 'bundle' ? operation.bundle.bundle : null }) : renderStory(entry, story));
      }
    }
    refuseDamage(trace, args.file);
    this.noteCut(trace);
  }
}
