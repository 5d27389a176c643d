/**
 * A Worker that gets an SDK once it is told to, and whose spans can be asked for. It runs no jobs.
 */
import { trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { createMayfly, type InvocationContext, type MayflyEnvironment } from "mayfly";
import { greet } from "../../telemetry/deployed/jobs.ts";

interface Env extends MayflyEnvironment {
  readonly DATABASE_URL: string;
}

class CountingProvider extends TracerProvider {
  flushes = 0;

  override forceFlush(): Promise<void> {
    this.flushes++;
    return super.forceFlush();
  }
}

const exporter = new InMemorySpanExporter();
const provider = new CountingProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const app = createMayfly<Env>({ jobs: [greet], database: (env) => env.DATABASE_URL }).app();

export default {
  fetch(request: Request, env: Env, context: InvocationContext & { passThroughOnException(): void; readonly props: unknown }) {
    const { pathname } = new URL(request.url);
    if (pathname === "/register") return Response.json(trace.setGlobalTracerProvider(provider));
    if (pathname !== "/spans") return app.fetch(request, env, context);
    const spans = exporter
      .getFinishedSpans()
      .map((span) => ({ name: span.name, parent: span.parentSpanContext?.spanId, ...span.spanContext() }));
    return Response.json({ spans, flushes: provider.flushes });
  },
};
