// What a script of the one file gives to others, as an object of values. A bundler makes a getter of each, behind another
// one where it is CommonJS: every call from one script to another would cost two more until V8 has optimised it.

/** The same module with its `export { … }`, as esbuild writes it, as an assignment to `module.exports`. */
export function exportsAsValues(module: string): string {
  return module.replace(/^export \{\n([^}]*)\n\};?$/m, (_, list: string) => {
    const members = list.split(',').map((item) => {
      const [own, given = own] = item.trim().split(' as ');
      return isFixed(module, own!) ? `${given}: ${own}` : `get ${given}() { return ${own}; }`;
    });
    return `module.exports = { __esModule: true, ${members.join(', ')} };`;
  });
}

/** It has its value when the script has run, and keeps it. */
function isFixed(module: string, name: string): boolean {
  const own = name.replaceAll('$', '\\$');
  const times = (pattern: string) => module.match(new RegExp(pattern, 'gm'))?.length ?? 0;
  const notOther = '(?<![\\w$.#])';
  const changed =
    times(`${notOther}${own} [-+*/%&|^?<>]*=(?![=>])`) +
    times(`${notOther}${own}(\\+\\+|--)`) +
    times(`(\\+\\+|--)${own}(?![\\w$])`) +
    times(`(^ *|=> ?)(\\[|\\(\\{)[^;=]*${notOther}${own}(?![\\w$])[^;=]*[\\]}] =`) +
    times(`for (await )?\\(${own} (of|in) `);
  if (times(`^var ${own} = `) === 1) return changed === 1;
  return changed === 0 && times(`^((async )?function\\*? ${own}\\(|class ${own} )`) === 1;
}
