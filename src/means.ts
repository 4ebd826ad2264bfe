import type { Control } from './control.ts';
import type { Report } from './report/events.ts';
import type { OpenStore } from './store/open.ts';

/** What a verb works with: whom it tells, who tells it, and how it opens places. */
export type Means = { readonly report: Report; readonly control: Control; readonly open: OpenStore };
