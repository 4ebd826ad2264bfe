import type { Flag, Verb } from './model.ts';
import { quotedFish as quoted } from './quote.ts';

/** Completion for fish: sourced, or `difpipe.fish` in a directory of its completions. */
export function fishScript(verbs: readonly Verb[]): string {
  return `# completion of difpipe for fish; made by: difpipe completion fish
function __difpipe_at
    set -l verb ''
    for word in (commandline -opc)[2..-1]
        switch "$verb $word"
${verbs.flatMap(verbCases).join('\n')}
        end
    end
    test "$verb" = "$argv[1]"
end
# Each with what is said of it, the newest first.
function __difpipe_runs
    set -l words (commandline -opc)
    set -l state
    for at in (seq (count $words))
        if test "$words[$at]" = --state-dir
            set state --state-dir (string replace -r '^~/' "$HOME/" -- $words[(math $at + 1)])
        else if string match -q -- '--state-dir=*' "$words[$at]"
            set state (string replace -r '=~/' "=$HOME/" -- "$words[$at]")
        end
    end
    $words[1] runs $state 2>/dev/null | string replace -r '^(\\S+) +' '$1\\t'
end
complete -c difpipe -f
${verbs.flatMap(linesOf).join('\n')}
`;
}

function verbCases({ words, verbs }: Verb): string[] {
  return verbs.map(
    (verb) =>
      `            case ${quoted(`${words} ${verb.name}`)}\n                set verb ${quoted(verb.words)}`,
  );
}

function linesOf({ words, verbs, flags, operand }: Verb): string[] {
  const here = `complete -c difpipe -n ${quoted(`__difpipe_at ${quoted(words)}`)}`;
  const named = verbs.map(({ name, summary }) => `${here} -a ${quoted(name)} -d ${quoted(summary)}`);
  return [...named, ...flags.map((flag) => `${here} ${flagText(flag)}`), ...operandLines(here, operand)];
}

function operandLines(here: string, operand: Verb['operand']): string[] {
  if (operand === 'none') return [];
  if (operand === 'run') return [`${here} -k -a '(__difpipe_runs)'`];
  return [operand === 'file' ? `${here} -F` : `${here} -a ${quoted(operand.join(' '))}`];
}

function flagText({ names, summary, value }: Flag): string {
  const words = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return [...words, ...valueText(value), `-d ${quoted(summary)}`].join(' ');
}

function valueText(value: Flag['value']): string[] {
  if (value === undefined) return [];
  if (value === 'file') return ['-r', '-F'];
  return value === 'any' ? ['-x'] : ['-x', `-a ${quoted(value.join(' '))}`];
}
