/**
 * The part of `linkers` about objects that another compiler writes: of clang, or of LLVM behind Zig.
 *
 * Every linker gets the same objects of the program (two, where it can be cut), an object beside them and a run-time library, and what the modules do is compared with the
 * interpreter. What the compiler's own executable does as well is left to other checks. Batches, and which program of a batch is at fault, are the back end's.
 */
import type { Answer, LinkFiles } from '../backend/door.ts';
import { CORE_BACKEND } from '../backend/core/core-backend.ts';
import { LIBRARY, LINK_WORDS } from '../backend/process/link-together.ts';
import type { ForeignLinker, LinkAnswer } from '../linker/foreign-linker.ts';
import { ourLinker } from '../linker/our-linker.ts';
import { runtimeArchive } from '../linker/runtime-archive.ts';
import type { Finding } from '../model/finding.ts';
import { messageClass } from '../model/message-class.ts';
import { agree, describeDifference } from '../model/verdict.ts';
import type { CaseContext } from './context.ts';
import type { Fault } from './linker-votes.ts';
import { accuse, answerOf, faultOfCrash, faultOfRefusal } from './linker-votes.ts';

/** The check over ours, unless `others` have it, and `others`. */
export function voteOnForeignObjects(others: readonly ForeignLinker[]): (context: CaseContext) => readonly Finding[] {
  const hasOurs = others.some(({ family }) => family === 'ours');
  const linkers = hasOurs ? others : [ourLinker(CORE_BACKEND.command!), ...others];
  let runtime: Uint8Array | null = null;
  // Ours has the library by itself.
  const links = linkers.map((linker): LinkFiles => (objects) => {
    const files = new Map(objects);
    if (linker.family !== 'ours' && !files.has(LIBRARY)) {
      runtime ??= runtimeArchive(CORE_BACKEND.command!.runtime!(32));
      files.set('runtime.a', runtime);
    }
    return asAnswer(linker.link({ files, options: LINK_WORDS, ptrBits: 32, variablesOf: null }));
  });
  return (context) => {
    const results = context.artefacts.linkedBy(links);
    const votes = linkers.flatMap(({ name, family }, n) => {
      const fault = faultOf(context, answerOf(results[n]!));
      if (typeof fault !== 'string') return [{ linker: name, family, fault }];
      context.incomparable(`${name}:${fault}`);
      return [];
    });
    return accuse(votes, context);
  };
}

function asAnswer(answer: LinkAnswer): Answer {
  switch (answer.kind) {
    case 'module':
      return { kind: 'built', bytes: answer.bytes };
    case 'refused':
      return { kind: 'refused', code: messageClass(answer.text), text: answer.text };
    case 'crashed':
      return { kind: 'crashed', message: answer.text };
    case 'unsupported':
      return answer;
  }
}

/** What is wrong with an answer; null: nothing; a text: why it has no vote. */
function faultOf(context: CaseContext, answer: LinkAnswer): Fault | null | string {
  switch (answer.kind) {
    case 'unsupported':
      return answer.what;
    case 'crashed':
      return faultOfCrash(answer.text);
    case 'refused':
      return faultOfRefusal(answer.text);
    case 'module':
  }
  const { verdict } = context.judged(answer.bytes);
  if (verdict.kind === 'same') return null;
  if (verdict.kind === 'incomparable') return verdict.reason;
  const own = context.verdictOf(context.artefacts.exe());
  if (own !== null && agree(own, verdict)) return 'wrong without a link too';
  const op = verdict.op === '-' ? verdict.what : verdict.op;
  return { kind: verdict.what, op, detail: describeDifference('actual', verdict) };
}
