import { compose } from './compose.js';
import { ConfigError, readConfig } from './config.js';
import { createLog } from './log.js';
import { guardMemory, memoryFaults } from './memory-guard.js';

/** EX_CONFIG of sysexits: a supervisor must not start it again before somebody mended the settings. */
const exitConfig = 78;

guardMemory();
try {
  const config = readConfig(process.env);
  const log = createLog(config.LOG_LEVEL);
  for (const fault of memoryFaults()) {
    log.warn(fault, 'what is in memory can outlive the process on disk');
  }
  process.on('unhandledRejection', (error) =>
    log.error({ err: error }, 'a promise was rejected and nobody listened'),
  );
  const system = await compose(config, log);
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) {
      process.exit(1);
    }
    stopping = true;
    log.info({ signal }, 'stopping');
    system.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop in order');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await system.start();
  log.info({ application: config.ARI_APP }, 'ready to take calls');
  process.stdout.write('ready\n');
} catch (error) {
  const message = error instanceof Error ? error.message : 'unknown';
  process.stderr.write(`walletline cannot start: ${message}\n`);
  process.exit(error instanceof ConfigError ? exitConfig : 1);
}
