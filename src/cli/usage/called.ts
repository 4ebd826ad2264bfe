import type { Argument, Command } from 'commander';

/** The words that call a command, without the program's name: `runs show`. */
export function wordsOf(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at?.parent; at = at.parent) names.unshift(at.name());
  return names.join(' ');
}

/** `SRC`, or `[ID]` where it may be left out. */
export function operandText(operand: Argument): string {
  return operand.required ? operand.name() : `[${operand.name()}]`;
}
