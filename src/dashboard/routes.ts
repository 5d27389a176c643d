/**
 * Every page, and everything that can be done.
 * @module
 */
import { cancelMany } from "./actions/cancel-many.tsx";
import { enqueue } from "./actions/enqueue.tsx";
import { cancelJob, retryJob } from "./actions/job.ts";
import { pauseQueue, pauseSchedule, resumeQueue, resumeSchedule, runNow } from "./actions/pauses.ts";
import { countRetries, retryMany } from "./actions/retry-many.tsx";
import { signOut } from "./actions/sign-in.tsx";
import type { Page } from "./page-context.ts";
import { enqueuePage } from "./pages/enqueue.tsx";
import { jobPage } from "./pages/job.tsx";
import { overviewPage } from "./pages/overview.tsx";
import { queuesPage } from "./pages/queues.tsx";
import { resultsPage } from "./pages/results.tsx";
import { runningPage } from "./pages/running.tsx";
import { schedulesPage } from "./pages/schedules.tsx";
import { searchPage } from "./pages/search.ts";
import { waitingPage } from "./pages/waiting.tsx";
import { workersPage } from "./pages/workers.tsx";

type Routes = readonly (readonly [path: string, page: Page])[];

/** Read with GET. */
export const pages: Routes = [
  ["/", overviewPage],
  ["/waiting", waitingPage],
  ["/running", runningPage],
  ["/results", resultsPage],
  ["/results/retry", countRetries],
  ["/jobs/:id", jobPage],
  ["/workers", workersPage],
  ["/schedules", schedulesPage],
  ["/queues", queuesPage],
  ["/enqueue", enqueuePage],
  ["/search", searchPage],
];

/** Done with POST. */
export const actions: Routes = [
  ["/sign-out", signOut],
  ["/enqueue", enqueue],
  ["/cancel", cancelMany],
  ["/jobs/:id/cancel", cancelJob],
  ["/jobs/:id/retry", retryJob],
  ["/results/retry", retryMany],
  ["/queues/pause", pauseQueue],
  ["/queues/resume", resumeQueue],
  ["/schedules/run", runNow],
  ["/schedules/pause", pauseSchedule],
  ["/schedules/resume", resumeSchedule],
];
