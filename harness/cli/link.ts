/**
 * `harness link` in the list of commands. What it does is in link-words.ts, which main.ts calls before there is a list.
 */
import { Command } from 'commander';
import type { AnyCommand } from './command.ts';
import { LINK_DESCRIPTION, linkWords } from './link-words.ts';

export const linkCommand: AnyCommand = {
  addTo(program, { name, summary }, finish) {
    const command = new Command(name)
      .summary(summary)
      .description(LINK_DESCRIPTION)
      .helpOption(false)
      .allowUnknownOption()
      .allowExcessArguments()
      .argument('[args...]', 'options of wasm-ld, objects, archives');
    command.action(async () => {
      finish(await linkWords(command.args));
    });
    program.addCommand(command);
  },
};
