/** A worker thread's start: opens a lane of the parallel engine and does its jobs until the thread is ended. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Job } from '../conduct/jobs.ts';
import type { LaneSetup } from '../engine/parallel/lane-setup.ts';
import type { FromLane } from '../engine/parallel/lanes.ts';
import { openLane } from '../engine/parallel/work.ts';
import { CLONE_FILES } from '../work/posix/constants.ts';
import { unshare } from '../work/posix/libc.ts';

const { setup, number } = workerData as { readonly setup: LaneSetup; readonly number: number };
// A table of descriptors of its own: no lock and no counting shared with the other lanes. Refused is no matter. But
// SQLite shares descriptors and locks between all connections of a process: not where the lane reads the Journal.
if (setup.leftPath === undefined) unshare(CLONE_FILES);
const tell = (message: FromLane) => parentPort?.postMessage(message);
const lane = openLane(setup, number, (parent, bundle) => tell({ type: 'share', parent, bundle }));

tell({ type: 'ready' });
parentPort?.on('message', (job: Job | 'end') => {
  if (job !== 'end') return tell({ type: 'outcome', outcome: lane.perform(job) });
  lane[Symbol.dispose]();
  parentPort?.close();
});
