import { inQuotes as quoted } from '../../work/sh.ts';
import { valueCases, verbCases } from './cases.ts';
import type { Verb } from './model.ts';

/** Completion for zsh: `_difpipe` in a directory of `fpath`, or sourced. */
export function zshScript(verbs: readonly Verb[]): string {
  return `#compdef difpipe
# completion of difpipe for zsh; made by: difpipe completion zsh
_difpipe() {
  local verb= dir= prev=\${words[CURRENT-1]} i
  local -a offered
  for ((i = 2; i < CURRENT; i++)); do
    case "$verb \${words[i]}" in
${verbs.flatMap(verbCases).join('\n')}
    esac
    case \${words[i]} in
      --state-dir) dir=\${words[i+1]} ;;
      --state-dir=*) dir=\${words[i]#*=} ;;
    esac
  done
  if [[ \${words[CURRENT]} == --*=* ]]; then
    prev=\${words[CURRENT]%%=*}
    compset -P '*='
  fi
  case "$verb $prev" in
${verbs.flatMap((verb) => valueCases(verb, valueText)).join('\n')}
  esac
  case "$verb:\${words[CURRENT]}" in
${verbs.flatMap(wordCases).join('\n')}
  esac
}
if [[ "$funcstack[1]" == _difpipe ]]; then _difpipe "$@"; else compdef _difpipe difpipe; fi
`;
}

type Word = { readonly name: string; readonly summary: string };

function valueText(value: readonly string[] | 'file' | 'any'): string {
  if (value === 'file') return '_files; ';
  return value === 'any' ? ':; ' : `compadd -- ${value.map(quoted).join(' ')}; `;
}

function wordCases({ words, verbs, flags, operand }: Verb): string[] {
  const options = flags.flatMap(({ names, summary }) => names.map((name) => ({ name, summary })));
  return [
    `    ${quoted(`${words}:-`)}*) ${describe('option', options)} ;;`,
    `    ${quoted(`${words}:`)}*) ${operandsOf(verbs, operand)} ;;`,
  ];
}

function operandsOf(verbs: readonly Word[], operand: Verb['operand']): string {
  if (operand === 'file') return '_files';
  if (operand === 'run') return offerRuns;
  const words = operand === 'none' ? [] : operand.map((name) => ({ name, summary: name }));
  return verbs.length + words.length === 0 ? ':' : describe('word', [...verbs, ...words]);
}

/** Each with what `runs` says of it, but for the colons that end a word. */
const asked = `$words[1] runs \${dir:+--state-dir} \${dir:+"\${\${(Q)dir}/#\\~\\//$HOME/}"}`;
const offerRuns = `offered=(\${\${\${(f)"$(${asked} 2>/dev/null)"}//:/ }/ /:}); _describe run offered`;

function describe(what: string, words: readonly Word[]): string {
  const plain = (text: string) => text.replace(/[\\:]/g, '\\$&');
  const entries = words.map(({ name, summary }) => quoted(`${plain(name)}:${plain(summary)}`));
  return `offered=(${entries.join(' ')}); _describe ${what} offered`;
}
