import { Args, Flags } from '@oclif/core';
import { basename, resolve } from 'node:path';
import { caller } from '../base/caller.js';
import { canonicalJson } from '../base/canonical-json.js';
import { calibrate, cardText, type CalibrationReport, type FusionReport } from '../operations/calibrate.js';
import { sharedModel } from '../operations/learned.js';
import { readMeasuredLines } from '../operations/measured-lines.js';
import { readScoreLines } from '../operations/score.js';
import { loadCard } from '../reward/model/card.js';
import { defaultCardPath } from '../reward/model/model-files.js';
import { reliabilityDiagram } from '../reward/model/reliability-diagram.js';
import { openInput } from '../workspace/read-input.js';
import { writeFolder } from '../workspace/write-folder.js';
import { BaseCommand } from './base-command.js';
import { MODEL_FLAGS } from './model-flags.js';
import { writeLine } from './write-line.js';

export default class Calibrate extends BaseCommand {
  static override readonly description = 'Refits calibration and fusion weights on your own labelled patches ("resolved"), and writes a card that --model takes, with its reliability as SVG.';
  static override readonly args = { file: Args.string({ ignoreStdin: true, required: true, description: 'JSONL as for score, with "resolved"; - is standard input', name: 'FILE' }) };
  static override readonly flags = {
    model: MODEL_FLAGS.model,
    provider: MODEL_FLAGS.provider,
    facts: Flags.string({ description: 'output of score FILE --bundles: refits the weights of measured facts as well', helpValue: 'FILE' }),
    out: Flags.string({ description: 'folder for the card, its model and the diagrams', default: 'assay-model', helpValue: 'DIR' }),
  };
  static override readonly examples = ['<%= config.bin %> calibrate merged-and-reverted.jsonl --out our-model', '<%= config.bin %> score labelled.jsonl --bundles > facts.jsonl && <%= config.bin %> calibrate labelled.jsonl --facts facts.jsonl', '<%= config.bin %> score patches.jsonl --model our-model/card.json'];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Calibrate);
    const path = flags.model === undefined ? defaultCardPath() : resolve(caller().cwd, flags.model);
    const loaded = await loadCard(path);
    const model = await sharedModel({ card: flags.model ?? null, provider: flags.provider });
    const measured = flags.facts === undefined ? null : await readMeasuredLines(await openInput(flags.facts), flags.facts);
    const report = await calibrate(model, readScoreLines(await openInput(args.file)), `${loaded.card.name}, calibrated`, measured);
    const files = new Map<string, string | Uint8Array>([['card.json', cardText(report.card)], [basename(loaded.card.model.file), loaded.model]]);
    if (loaded.card.input.kind === 'text') {
      const { tokenizer, tokenizerConfig } = loaded.card.input;
      if (loaded.tokenizer !== null) files.set(basename(tokenizer.file), loaded.tokenizer);
      if (tokenizerConfig !== undefined && loaded.tokenizerConfig !== null) files.set(basename(tokenizerConfig.file), loaded.tokenizerConfig);
    }
    for (const { head, after } of report.reports) files.set(`reliability-${head}.svg`, reliabilityDiagram(head, after.bins, after.error));
    await writeFolder(flags.out, files);
    await writeLine(flags.json ? canonicalJson(jsonOf(report, flags.out)) : textOf(report, flags.out));
  }
}

function jsonOf({ card, reports, fusion, tasks, unlabelled }: CalibrationReport, out: string): object {
  return { out, tasks, unlabelled, fusion: card.fusion, ranking: fusion, heads: reports.map(({ head, patches, before, after }) => ({ head, patches, errorBefore: before.error, errorAfter: after.error, bins: after.bins })) };
}

function textOf({ card, reports, fusion, tasks, unlabelled }: CalibrationReport, out: string): string {
  return [
    ...reports.map(({ head, patches, before, after }) => `${head}: expected calibration error ${before.error.toFixed(3)} → ${after.error.toFixed(3)} on unseen tasks (${String(patches)} patches, ${String(tasks)} tasks)`),
    `fusion: p ×${String(card.fusion.p)}, facts ×${String(card.fusion.facts)}, safety ×${String(card.fusion.safety)}, consensus ×${String(card.fusion.consensus)}`,
    rankingLine(fusion),
    ...(unlabelled === 0 ? [] : [`${String(unlabelled)} lines without "resolved" were left out`]),
    `${out}/card.json: use it with --model ${out}/card.json`,
  ].join('\n');
}

function rankingLine({ measured, fitted, before, after }: FusionReport): string {
  const what = fitted.length === 0 ? 'weights as they were' : `fitted: ${fitted.join(', ')}`;
  const order = before === null || after === null ? 'no task has a right and a wrong patch' : `right above wrong in ${percent(before)} → ${percent(after)} of the pairs of an unseen task`;
  return `ranking: ${what} (${String(measured)} patches with facts); ${order}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
