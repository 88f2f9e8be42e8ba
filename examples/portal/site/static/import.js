// How far an import is, shown as it goes on. Without this file the page shows
// itself again every few seconds.

const section = document.querySelector("[data-import]");
const pick = (name) => document.querySelector(`[data-import-${name}]`);

if (section && "EventSource" in window) {
  const bar = section.querySelector("progress");
  pick("plain").hidden = true;
  let source, tenth = -1;
  const show = ({ state, say, done, total, rate, fault }) => {
    pick("state").textContent = state;
    pick("say").textContent = say;
    pick("rate").textContent = rate;
    pick("fault").textContent = fault;
    if (total === 0) return;
    bar.max = total;
    bar.value = done;
    // Those who listen are told each tenth, not each article.
    if (Math.floor((10 * done) / total) === tenth) return;
    tenth = Math.floor((10 * done) / total);
    pick("told").textContent = say;
  };
  const listen = () => {
    source?.close();
    source = undefined;
    if (document.hidden) return;
    source = new EventSource(section.dataset.import);
    source.addEventListener("open", () => { section.dataset.state = "listening"; });
    source.addEventListener("progress", (e) => show(JSON.parse(e.data)));
    source.addEventListener("ended", () => { source.close(); location.reload(); });
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => source?.close());
  listen();
}
