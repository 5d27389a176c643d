/** Enqueues a job: `node src/enqueue.ts Ada`. `mayfly worker` runs it. */
import { welcome } from "./jobs.ts";
import { mayfly } from "./mayfly.ts";

const [, , name = "Ada"] = process.argv;
const { id, outcome } = await mayfly.connect(process.env).enqueue(welcome, { name });
console.log(outcome, id);
