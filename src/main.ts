import about from '../package.json' with { type: 'json' };

// Everything but the version is loaded when it is needed: starting is most of what a small job costs.
const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
  process.stdout.on('error', unwritten);
  process.stdout.write(`difpipe ${about.version}\n`);
} else {
  void start(); // the one file is CommonJS, which cannot wait at its top level
}

async function start(): Promise<void> {
  const { crash, run } = await import('./cli/run.ts');
  process.on('uncaughtException', (error) => process.exit(crash(error)));
  process.exitCode = await run();
}

/** As every verb has it; who went away is told nothing. */
function unwritten({ code, message }: NodeJS.ErrnoException): void {
  const isGone = code === 'EPIPE';
  if (!isGone) process.stderr.write(`difpipe: cannot write results: ${message}\n`);
  process.exitCode = isGone ? 141 : 1;
}
