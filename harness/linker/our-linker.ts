/**
 * Core's linker as one among others.
 */
import type { Answer, CommandAbility } from '../backend/door.ts';
import type { ForeignLinker, LinkAnswer } from './foreign-linker.ts';

/** The linker behind `command`, which has its run-time library by itself. */
export function ourLinker(command: CommandAbility): ForeignLinker {
  return {
    name: 'ours',
    family: 'ours',
    link: ({ files, options }) => answerOf(command.link([...options, ...files.keys()], files)),
  };
}

function answerOf(answer: Answer): LinkAnswer {
  switch (answer.kind) {
    case 'built':
      return { kind: 'module', bytes: answer.bytes };
    case 'crashed':
      return { kind: 'crashed', text: answer.text ?? answer.message };
    case 'refused':
    case 'unsupported':
      return answer;
  }
}
