// Everything works without this file. It adds suggestions to the search box,
// opens filters on wide screens, closes menus, marks the place in the contents
// list, says when an open article has changed, and keeps the number of notices
// that are not read.

// Newer browsers show filters on wide screens by style alone.
const wide = matchMedia("(min-width: 48.01rem)");
if (!CSS.supports("selector(::details-content)")) for (const fold of document.querySelectorAll("[data-open-wide]")) {
  const apply = () => { fold.open = wide.matches; };
  wide.addEventListener("change", apply);
  apply();
}

const closeMenus = (except) => {
  for (const d of document.querySelectorAll("details.drop[open]")) if (!except || !d.contains(except)) d.open = false;
};
document.addEventListener("click", (e) => closeMenus(e.target));
document.addEventListener("focusin", (e) => closeMenus(e.target));
addEventListener("pagehide", () => closeMenus());
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  for (const d of document.querySelectorAll("details.drop[open]")) {
    d.open = false;
    d.querySelector("summary").focus();
  }
});

for (const b of document.querySelectorAll("[data-print]")) {
  b.hidden = false;
  b.addEventListener("click", () => print());
}

// A search box is a combobox: arrows move through suggestions, Enter opens one,
// Escape closes the list. Without a choice, Enter searches as ever.
let boxes = 0;
for (const form of document.querySelectorAll("form[data-suggest]")) {
  const input = form.querySelector("input[type=search]");
  const status = form.querySelector("[data-status]");
  const list = document.createElement("ul");
  list.className = "suggest";
  list.id = `suggest-${++boxes}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.querySelector("label").textContent);
  list.hidden = true;
  form.append(list);
  for (const [k, v] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(k, v);

  let items = [], active = -1, asked = 0, timer, aborter;
  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (i) => {
    active = i;
    [...list.children].forEach((li, n) => li.setAttribute("aria-selected", String(n === i)));
    if (i >= 0) input.setAttribute("aria-activedescendant", list.children[i].id);
    else input.removeAttribute("aria-activedescendant");
  };
  const show = (found) => {
    items = found;
    list.replaceChildren(...found.map((s, i) => {
      const li = document.createElement("li");
      li.id = `${list.id}-${i}`;
      li.setAttribute("role", "option");
      const title = document.createElement("span");
      title.dir = "auto";
      if (s.lang) title.lang = s.lang;
      for (const part of s.title) {
        if (!part.match) { title.append(part.text); continue; }
        const m = document.createElement("b");
        m.textContent = part.text;
        title.append(m);
      }
      const kind = document.createElement("small");
      kind.textContent = s.kind;
      li.append(title, kind);
      li.addEventListener("mousedown", (e) => { e.preventDefault(); location.assign(s.href); });
      return li;
    }));
    choose(-1);
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = found.length === 1 ? status.dataset.one : found.length ? status.dataset.many.replace("{n}", found.length) : "";
  };
  const ask = async () => {
    const text = input.value.trim();
    const mine = ++asked;
    aborter?.abort();
    if (text.length < 2 && !/[^\x00-\x7f]/.test(text)) return show([]);
    aborter = new AbortController();
    try {
      const res = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(text)}`, { signal: aborter.signal, headers: { Accept: "application/json" } });
      if (!res.ok || mine !== asked) return;
      show((await res.json()).suggestions);
    } catch { /* no suggestions then; searching still works */ }
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 90); });
  input.addEventListener("blur", close);
  addEventListener("pagehide", close);
  input.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && !list.hidden) { e.preventDefault(); close(); return; }
    if (list.hidden || e.isComposing) return;
    if (e.key === "ArrowDown") { e.preventDefault(); choose((active + 1) % items.length); }
    else if (e.key === "ArrowUp") { e.preventDefault(); choose(active <= 0 ? items.length - 1 : active - 1); }
    else if (e.key === "Enter" && active >= 0) { e.preventDefault(); location.assign(items[active].href); }
  });
}

// Whoever passes the address on, or reloads, was not the one who was thanked.
if (new URLSearchParams(location.search).has("thanks")) {
  const here = new URL(location.href);
  here.searchParams.delete("thanks");
  history.replaceState(history.state, "", here);
}

const links = new Map();
for (const a of document.querySelectorAll(".contents-side a")) links.set(decodeURIComponent(a.hash.slice(1)), a);
if (links.size && "IntersectionObserver" in window) {
  const seen = new IntersectionObserver((entries) => {
    for (const e of entries) {
      if (!e.isIntersecting) continue;
      for (const a of links.values()) a.removeAttribute("aria-current");
      links.get(e.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "0px 0px -75% 0px" });
  for (const id of links.keys()) {
    const h = document.getElementById(id);
    if (h) seen.observe(h);
  }
}

// While somebody reads an article, tell them when it changes. The stream names
// no content; it rests while the page is not looked at.
const live = document.querySelector("[data-live]");
if (live && "EventSource" in window) {
  let source;
  const watch = () => {
    source?.close();
    source = undefined;
    if (document.hidden || !live.hidden) return;
    source = new EventSource(live.dataset.live);
    source.addEventListener("open", () => { live.dataset.state = "listening"; });
    source.addEventListener("changed", () => { live.hidden = false; source.close(); });
  };
  document.addEventListener("visibilitychange", watch);
  addEventListener("pagehide", () => source?.close());
  setTimeout(watch, 3000);
}

// The number of unread notices, kept while the page is looked at, and said when
// it grows.
const news = document.querySelector("[data-notices]");
if (news && "EventSource" in window) {
  const places = [...document.querySelectorAll("[data-unread]")];
  let source;
  const listen = () => {
    source?.close();
    source = undefined;
    if (document.hidden) return;
    const shown = places[0]?.textContent ?? "";
    source = new EventSource(`${news.dataset.notices}?shown=${encodeURIComponent(shown)}`);
    source.addEventListener("open", () => { news.dataset.state = "listening"; });
    source.addEventListener("unread", (e) => {
      const { count, say } = JSON.parse(e.data);
      for (const place of places) {
        place.textContent = count;
        place.hidden = count === "";
      }
      news.textContent = count === "" ? "" : say;
    });
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => source?.close());
  setTimeout(listen, 2000);
}

// What others show is a link until a reader wants it here: nothing is asked of
// them before.
for (const box of document.querySelectorAll(".embed[data-frame]")) {
  const { frame, provider } = box.dataset;
  const words = box.closest("[data-embed-show]")?.dataset;
  if (!words) continue;
  const show = Object.assign(document.createElement("button"), { type: "button", className: "button button-quiet", textContent: words.embedShow });
  const note = Object.assign(document.createElement("p"), { className: "hint", textContent: words.embedNote.replaceAll("{provider}", provider) });
  box.classList.add("embed-card");
  box.append(note, show);
  show.addEventListener("click", () => {
    const view = document.createElement("iframe");
    view.title = box.querySelector("a").textContent;
    view.setAttribute("sandbox", "allow-scripts allow-same-origin allow-presentation allow-popups");
    view.allow = "fullscreen; picture-in-picture; encrypted-media";
    view.referrerPolicy = "strict-origin-when-cross-origin";
    view.src = frame;
    note.remove();
    show.replaceWith(view);
    view.focus();
  });
}
