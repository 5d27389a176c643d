/**
 * The entry file on AWS Lambda: two functions, one bundle.
 */
import { lambda } from "mayfly/lambda";
import { app } from "./app.ts";
import { handlers } from "./handlers.ts";
import { mayfly } from "./mayfly.ts";

export const { api, tick } = lambda(mayfly, { app, handlers });
