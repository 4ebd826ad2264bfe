import about from '../package.json' with { type: 'json' };

// Everything but the version is loaded when it is needed: starting is most of what a small job costs.
const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
  process.stdout.write(`difpipe ${about.version}\n`);
} else {
  void start(); // the one file is CommonJS, which cannot wait at its top level
}

async function start(): Promise<void> {
  const { crash, run } = await import('./cli/run.ts');
  process.on('uncaughtException', (error) => process.exit(crash(error)));
  process.exitCode = await run();
}
