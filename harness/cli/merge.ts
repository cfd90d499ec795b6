/** `harness merge`: shards of a campaign become the run that the whole campaign would have been. */
import { statSync } from 'node:fs';
import { GENERATOR_VERSION } from '../../generators/index.ts';
import { RunFolder } from '../campaign/run-folder.ts';
import { InputError } from '../model/failure.ts';
import type { FormatName } from '../report/format-names.ts';
import { plural } from '../report/text.ts';
import { defineCommand } from './command.ts';
import type { Conducted } from './conduct.ts';
import { conduct, REPORT_OPTION } from './conduct.ts';
import { JOBS_OPTION } from './jobs.ts';
import { readText } from './option.ts';

interface MergeOptions {
  readonly out: string | null;
  readonly jobs: number | 'auto';
  readonly report: readonly FormatName[];
  readonly json: boolean;
}

export const mergeCommand = defineCommand<MergeOptions>({
  details:
    'The folders may come in any order and more than once. What no shard can know is done here, on the same build: cases in ' +
    'place of discarded ones, and reductions that a shard has left out. A shard that is missing or was cut short makes the exit code 3, ' +
    'unless there are findings.',
  args: [['<runs...>', 'run folders of harness fuzz --shard']],
  options: {
    out: {
      flags: '--out <folder>',
      help: 'folder of the merged run (default: the next free one in reports/)',
      fallback: null,
      read: readText,
    },
    jobs: JOBS_OPTION,
    report: REPORT_OPTION,
    json: {
      flags: '--json',
      help: 'print one JSON object as the last line of stdout, everything else on stderr',
      fallback: false,
    },
  },
  async run(folders, { out, jobs, report, json }, io) {
    const stranger = folders.find((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true);
    if (stranger !== undefined) throw new InputError(`${stranger} is no run folder`);
    const { joinShards } = await import('../campaign/join-shards.ts');
    const { config, before, shards, reductions } = joinShards(folders);
    if (config.generator !== GENERATOR_VERSION) {
      throw new InputError(
        `the shards were made by generator ${config.generator}, this is generator ${GENERATOR_VERSION}: merge them with the harness that ran them`,
      );
    }
    io.note(`merging ${plural(shards.length, 'shard')} with ${plural(before.tally.cases, 'case')}`);
    const open: Conducted['open'] = (whole, cwd) => ({
      run: RunFolder.create(whole, out, cwd),
      before,
      shards,
      reductions,
    });
    return conduct({ config, jobs, report, json, known: false, date: null, open }, io);
  },
});
