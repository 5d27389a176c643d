// Keeps the page alive: every five seconds, while it is seen, it fetches itself and swaps the parts marked data-live.
// Whatever somebody is busy with stays as it is.
const toggle = document.querySelector("[data-live-toggle]");
const every = 5_000;
let busy = false;

const parts = () => document.querySelectorAll("[data-live]");
const on = () => toggle.getAttribute("aria-pressed") === "true";

function inUse(part) {
  if (part.contains(document.activeElement)) return true;
  const selection = getSelection();
  if (selection && !selection.isCollapsed && selection.containsNode(part, true)) return true;
  return [...part.querySelectorAll("input, select, textarea")].some(
    (input) => input.value !== (input.defaultValue ?? input.value) || input.checked !== input.defaultChecked,
  );
}

function swap(part, fresh) {
  if (!fresh || inUse(part)) return;
  for (const details of part.querySelectorAll("details[id]")) {
    const same = fresh.querySelector(`#${CSS.escape(details.id)}`);
    if (same) same.open = details.open;
  }
  if (fresh.isEqualNode(part)) return;
  const scrolled = part.scrollLeft;
  const adopted = document.adoptNode(fresh);
  part.replaceWith(adopted);
  adopted.scrollLeft = scrolled;
}

/** A page that nobody has used for so long asks no more: each refresh keeps the database awake. */
const IDLE_MS = 10 * 60_000;
let usedAt = Date.now();

function use({ type }) {
  const isBack = type === "visibilitychange" || Date.now() - usedAt > IDLE_MS;
  usedAt = Date.now();
  if (isBack) void refresh();
}

async function refresh() {
  if (busy || document.hidden || !on() || parts().length === 0 || Date.now() - usedAt > IDLE_MS) return;
  busy = true;
  try {
    const response = await fetch(location.href, { headers: { "x-mayfly-refresh": "yes" } });
    if (response.redirected) location.reload();
    toggle.classList.toggle("late", !response.ok);
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of parts()) swap(part, page.getElementById(part.id));
  } catch {
    toggle.classList.add("late");
  } finally {
    busy = false;
  }
}

if (toggle && parts().length > 0) {
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    toggle.setAttribute("aria-pressed", String(!on()));
    void refresh();
  });
  document.addEventListener("visibilitychange", use);
  for (const event of ["pointerdown", "pointermove", "keydown", "scroll"]) addEventListener(event, use, { passive: true });
  setInterval(refresh, every);
}
