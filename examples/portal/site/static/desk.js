// Writing works without this file. It shows what readers would see while one
// types, keeps what is not saved yet, says who else is writing, and saves with
// Ctrl+S.

const form = document.querySelector("form.write");
const body = form.elements.body;
const pick = (name) => document.querySelector(`[data-${name}]`);

// What is typed is shown as readers would see it, a moment later.
let timer, asked = 0, aborter;
const rows = (findings) => findings.map((f) => {
  const li = document.createElement("li");
  li.className = `finding finding-${f.severity}`;
  const label = document.createElement("strong");
  label.textContent = f.label;
  li.append(label, " ", f.text);
  return li;
});
const show = ({ html, fault, findings, outside }) => {
  if (!fault) pick("shown").innerHTML = html; // made safe by the server, as on every page
  pick("fault").textContent = fault ?? "";
  pick("fault").hidden = !fault;
  pick("findings").replaceChildren(...rows(findings));
  pick("no-findings").hidden = findings.length > 0;
  pick("outside").hidden = !outside.open || outside.blank;
  pick("outside-blank").hidden = !outside.open || !outside.blank;
  pick("outside-closed").hidden = outside.open;
  pick("outside-title").textContent = outside.title;
  pick("outside-summary").textContent = outside.summary;
  pick("outside-findings").replaceChildren(...rows(outside.findings));
  pick("outside-nothing").hidden = outside.findings.length > 0;
};
const preview = async () => {
  const mine = ++asked;
  aborter?.abort();
  aborter = new AbortController();
  try {
    const res = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), signal: aborter.signal, headers: { Accept: "application/json" } });
    if (res.ok && mine === asked) show(await res.json());
  } catch { /* the button still shows it */ }
};
form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(preview, 400); });

// Ctrl+S saves, as elsewhere; the button does so too.
const save = form.querySelector('button[name="do"][value="save"]:not(.hidden)');
document.addEventListener("keydown", (e) => {
  if (!save || e.key.toLowerCase() !== "s" || !(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey) return;
  e.preventDefault();
  form.requestSubmit(save);
});

// The server refuses what is too large, and with it the page would be gone.
form.addEventListener("submit", (e) => {
  if (new Blob([body.value]).size < 900_000) return;
  e.preventDefault();
  pick("said").textContent = form.dataset.large;
});

// What is typed is kept for whoever typed it, and others are told that they are
// writing, for as long as the page is open.
const { keep, leave } = form.dataset;
const undecided = pick("unsaved")?.dataset.unsaved; // what was kept before would be gone
let changed = false, sent = false, keeper, pause;
const typed = () => {
  const data = new FormData(form);
  if (changed && !undecided) data.append("changed", "1");
  return data;
};
const tell = async () => {
  clearTimeout(pause);
  pause = setTimeout(tell, 25_000);
  if (sent || document.hidden && !changed) return;
  const data = typed();
  if (!undecided) changed = false;
  keeper = new AbortController();
  try {
    const res = await fetch(keep, { method: "POST", body: data, signal: keeper.signal, headers: { Accept: "application/json" } });
    if (!res.ok) throw new Error(res.status);
    const { kept, fault, others, newer } = await res.json();
    if (kept || fault) pick("said").textContent = fault ?? kept;
    pick("others").replaceChildren(...others.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
    pick("others").hidden = others.length === 0;
    pick("newer").textContent = newer ?? "";
    pick("newer").hidden = !newer;
  } catch {
    changed ||= data.has("changed"); // it is tried again, and sending the form still works
  }
};
if (keep) {
  form.addEventListener("input", () => {
    changed = true;
    if (undecided) pick("said").textContent = undecided;
    clearTimeout(pause);
    pause = setTimeout(tell, 1200);
  });
  form.addEventListener("submit", (e) => {
    if (e.defaultPrevented) return;
    sent = true;
    clearTimeout(pause);
    keeper?.abort();
  });
  addEventListener("pageshow", () => { sent = false; tell(); });
  addEventListener("beforeunload", (e) => { if (undecided && changed && !sent) e.preventDefault(); });
  addEventListener("pagehide", () => {
    clearTimeout(pause);
    if (changed && !sent && !undecided) navigator.sendBeacon(keep, typed());
    if (leave) navigator.sendBeacon(leave);
  });
}

// A file is sent at once, and what shows it goes where the cursor is. The same
// file again makes nothing new.
const box = document.querySelector("[data-upload]");
if (box) {
  const file = box.querySelector("input");
  const said = box.querySelector("[role=status]");
  box.hidden = false;
  pick("attach").hidden = true;
  file.addEventListener("change", async () => {
    const data = new FormData();
    if (!file.files[0]) return;
    data.append("file", file.files[0]);
    said.className = "hint";
    file.removeAttribute("aria-invalid");
    file.disabled = true;
    try {
      const res = await fetch(box.dataset.upload, { method: "POST", body: data, headers: { Accept: "application/json" } });
      const answer = await res.json();
      if (!res.ok) throw new Error(Object.values(answer.errors ?? {}).join(" ") || answer.detail || box.dataset.failed);
      body.setRangeText(answer.markdown, body.selectionStart, body.selectionEnd, "end");
      body.dispatchEvent(new Event("input", { bubbles: true }));
      said.textContent = box.dataset.inserted;
    } catch (e) {
      said.textContent = e.name === "Error" ? e.message : box.dataset.failed;
      said.className = "fault";
      file.setAttribute("aria-invalid", "true");
    }
    file.disabled = false;
    file.value = "";
    file.focus();
  });
}
