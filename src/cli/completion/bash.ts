import { inQuotes as quoted } from '../../work/sh.ts';
import { valueCases, verbCases } from './cases.ts';
import type { Verb } from './model.ts';

/** Completion for bash: sourced, or put where bash-completion looks for `difpipe`. */
export function bashScript(verbs: readonly Verb[]): string {
  return `# completion of difpipe for bash; made by: difpipe completion bash
_difpipe() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} verb= dir= i IFS=$' \\t\\n'
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$verb \${COMP_WORDS[i]}" in
${verbs.flatMap(verbCases).join('\n')}
    esac
    case \${COMP_WORDS[i]}\${COMP_WORDS[i+1]} in
      --state-dir=) dir=\${COMP_WORDS[i+2]} ;;
      --state-dir=*) dir=\${COMP_WORDS[i]#*=} ;;
      --state-dir*) dir=\${COMP_WORDS[i+1]} ;;
    esac
  done
  case "$verb $prev" in
${verbs.flatMap((verb) => valueCases(verb, valueText)).join('\n')}
  esac
  case "$verb:$cur" in
${verbs.flatMap(wordCases).join('\n')}
  esac
}
complete -o default -F _difpipe difpipe
`;
}

const nothing = 'compopt +o default 2>/dev/null';

function valueText(value: readonly string[] | 'file' | 'any'): string {
  if (value === 'file') return '';
  return offer(value === 'any' ? [] : value);
}

function wordCases({ words, verbs, flags, operand }: Verb): string[] {
  const offered = [...verbs.map(({ name }) => name), ...(typeof operand === 'string' ? [] : operand)];
  const others = operand === 'file' ? '' : operand === 'run' ? offerRuns : offer(offered);
  return [
    `    ${quoted(`${words}:-`)}*) ${offer(flags.flatMap(({ names }) => names))};;`,
    `    ${quoted(`${words}:`)}*) ${others};;`,
  ];
}

const words = `"\${COMP_WORDS[0]}" runs \${dir:+--state-dir "\${dir/#~\\//$HOME/}"}`;
/** Only what looks like an id: compgen runs what `$(…)` in its words says. */
const ids = `$(${words} 2>/dev/null | grep -Eo '^[0-9]{8}-[0-9]{4}-[0-9a-f]+ ')`;
const offerRuns = `${nothing}; COMPREPLY=($(compgen -W "${ids}" -- "$cur")); `;

function offer(words: readonly string[]): string {
  if (words.length === 0) return `${nothing}; `;
  return `${nothing}; COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$cur")); `;
}
