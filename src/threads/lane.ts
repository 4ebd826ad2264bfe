/** A worker thread's start: opens a lane of the parallel engine and does its jobs until the thread is ended. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Job } from '../conduct/jobs.ts';
import { openLeft } from '../engine/parallel/lane.ts';
import type { LaneSetup } from '../engine/parallel/lane-setup.ts';
import type { FromLane } from '../engine/parallel/lanes.ts';
import { openLane } from '../engine/parallel/work.ts';
import type { Bundle } from '../profile/bundle.ts';
import { CLONE_FILES } from '../work/posix/constants.ts';
import { unshare } from '../work/posix/libc.ts';

const { setup, number } = workerData as { readonly setup: LaneSetup; readonly number: number };
const left = openLeft(setup);
// A table of descriptors of its own: no lock and no counting shared with the other lanes. Refused is no matter. But
// SQLite shares descriptors and locks between all connections of a process: not where the lane goes on to read the Journal.
// Who starts a program at this very moment waits until the lane has ended, as it holds the pipe, too, in which that would say
// that it has begun: beside lanes no programs are started.
if (left?.holdsAll ?? true) unshare(CLONE_FILES);
const tell = (message: FromLane) => parentPort?.postMessage(message);
const share = (parent: number, bundle: Bundle) => tell({ type: 'share', parent, bundle });
const lane = openLane(setup, number, { share, left });

tell({ type: 'ready' });
parentPort?.on('message', (job: Job | 'end') => {
  if (job !== 'end') return tell({ type: 'outcome', outcome: lane.perform(job) });
  lane[Symbol.dispose]();
  parentPort?.close();
});
