/**
 * The dashboard as operators see it in Chromium: all of its suites on one stage.
 * @module
 */
import "./pages.ts";
import "./everybody.ts";
import "./actions.ts";
