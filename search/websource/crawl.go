package websource

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/stoa-go/stoa/search/gathered"
)

// A crawl is one that goes on.
type crawl struct {
	*Source

	resumed bool // it was cut off before
	began   time.Time
	report  Report
	robots  map[string]robots // by host
	notes   map[string]note   // of what is known, by address
	queue   []task
	seen    map[string]bool
	maps    int64 // bytes of sitemaps that are still read
	links   bool  // they are followed
	failed  int   // requests in a row
	ended   End   // early, or empty
	resting time.Duration
}

// A task is an address to ask for.
type task struct {
	at          *url.URL
	depth, hops int
	changed     time.Time // as a sitemap says
	last        bool      // nothing leads there any more: its links are not followed
}

// A note is what is kept of an address.
type note struct {
	Version int       `json:"v"` // of how pages are read
	Checked time.Time `json:"checked"`
	Found   bool      `json:"found,omitempty"` // there is a document
	ETag    string    `json:"etag,omitempty"`
	Since   string    `json:"since,omitempty"` // Last-Modified
	Links   []string  `json:"links,omitempty"`
	Doubt   int       `json:"doubt,omitempty"` // crawls in a row that found something else there
}

// version changes when pages are read in another way: they are then asked for
// anew, changed or not.
const version = 1

const (
	mostDoubt  = 3 // crawls, after which what is known of a page is given up
	mostFailed = 5 // requests in a row, after which a site is down
)

// Crawl reads the site once, and returns how it went. It waits for one that goes
// on. One that was cut off is gone on with. The error says that nothing can be
// kept, or that ctx is done; that a site is down is none.
func (s *Source) Crawl(ctx context.Context) (Report, error) {
	select {
	case s.crawling <- struct{}{}:
	case <-ctx.Done():
		return Report{}, ctx.Err()
	}
	defer func() { <-s.crawling }()
	st, err := s.load(ctx)
	if err != nil {
		return Report{}, err
	}
	now := s.opts.Now().UTC().Truncate(time.Microsecond)
	resumed := !st.Began.IsZero() && now.Sub(st.Began) <= s.opts.Every
	if !resumed {
		st.Began = now
		if err := s.save(ctx, st); err != nil {
			return Report{}, err
		}
	}
	c := &crawl{
		Source: s, maps: eachRowBytes * int64(s.opts.MaxPages), resumed: resumed, began: st.Began, report: Report{Began: st.Began}, robots: map[string]robots{}, notes: map[string]note{}, seen: map[string]bool{},
	}
	c.tell(true)
	defer c.tell(false)
	if err := c.run(ctx); err != nil {
		return c.report, err
	}
	now = s.opts.Now().UTC().Truncate(time.Microsecond)
	c.report.Ended, c.report.End = now, EndWhole
	st = state{Next: st.Began.Add(s.opts.Every), Report: c.report}
	if c.ended != "" {
		st.Report.End = c.ended
	}
	if c.ended == EndDown || c.ended == EndRobots || c.ended == EndMap || c.ended == EndBusy {
		st.Next = now.Add(min(max(c.resting, busyAfter), s.opts.Every))
	}
	if soon := now.Add(time.Minute); st.Next.Before(soon) {
		st.Next = soon
	}
	return st.Report, s.save(ctx, st)
}

// tell shows how far the crawl is.
func (c *crawl) tell(running bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.report
	r.Left, r.Problems = maps.Clone(r.Left), slices.Clone(r.Problems)
	c.status = Status{Report: r, Running: running}
}

// run crawls until all was met or something ends it.
func (c *crawl) run(ctx context.Context) error {
	if err := c.recall(ctx); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, c.opts.MaxTime)
	defer cancel()
	err := c.begin(bounded)
	if err == nil {
		err = c.work(bounded)
	}
	if err == nil && c.ended == "" {
		c.sweep()
		err = c.work(bounded)
	}
	if err == nil && c.ended == "" {
		err = c.forget(bounded)
	}
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) && bounded.Err() != nil {
		c.ended, err = EndTime, nil
	}
	return err
}

// recall reads what is known, and gives up what does not belong to the site any
// more.
func (c *crawl) recall(ctx context.Context) error {
	notes, err := c.log.Notes(ctx)
	if err != nil {
		return err
	}
	for key, text := range notes {
		if key == stateKey {
			continue
		}
		var n note
		if json.Unmarshal([]byte(text), &n) != nil {
			n = note{}
		}
		if n.Found {
			c.report.Pages++
		}
		c.notes[key] = n
		if u, err := url.Parse(key); err != nil || !c.scope.within(u) {
			if err := c.drop(ctx, key, ReasonElsewhere, note{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// begin finds out where to begin: at the pages that sitemaps list, or else at the
// starts.
func (c *crawl) begin(ctx context.Context) error {
	var pages []*url.URL
	for _, u := range c.starts {
		if err := c.learnRobots(ctx, u); err != nil {
			return c.halt(ctx, EndRobots, err)
		}
		if mapAddress(u) {
			if err := c.readMaps(ctx, u); err != nil {
				return c.halt(ctx, EndMap, err)
			}
			continue
		}
		pages = append(pages, u)
	}
	if len(pages) == 0 {
		return nil
	}
	for _, u := range pages {
		maps := []*url.URL{{Scheme: u.Scheme, Host: u.Host, Path: "/sitemap.xml"}}
		for _, text := range c.robots[u.Host].sitemaps {
			if at, ok := address(u, text); ok && c.scope.host(at) {
				maps = append(maps, at)
			}
		}
		for _, at := range maps {
			if err := c.readMaps(ctx, at); err != nil && (ctx.Err() != nil || isBusy(err)) {
				return c.halt(ctx, EndMap, err)
			}
		}
	}
	c.links = len(c.queue) == 0
	c.report.Mapped = !c.links
	if c.links {
		c.ended = "" // what no sitemap says is found by links
	}
	for _, u := range pages {
		c.add(task{at: u})
	}
	return nil
}

func isBusy(err error) bool {
	_, busy := errors.AsType[*busyError](err)
	return busy
}

// halt ends the crawl early.
func (c *crawl) halt(ctx context.Context, end End, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if c.ended = end; isBusy(err) {
		busy, _ := errors.AsType[*busyError](err)
		c.ended, c.resting = EndBusy, busy.wait
	}
	c.opts.Logger.WarnContext(ctx, "crawl ended early", "source", c.name, "end", c.ended, "err", err)
	return nil
}

// readMaps queues what a sitemap lists, and the sitemaps that it lists. An error
// is of the first; one of a further sitemap makes the crawl one that is not whole.
func (c *crawl) readMaps(ctx context.Context, first *url.URL) error {
	met := map[string]bool{first.String(): true}
	for waiting := []*url.URL{first}; len(waiting) > 0; waiting = waiting[1:] {
		m, err := c.readMap(ctx, waiting[0])
		if err != nil && waiting[0] == first || ctx.Err() != nil || isBusy(err) {
			return err
		}
		if err != nil {
			c.ended = EndMap
			c.report.left(waiting[0].String(), ReasonUnreadable, 0)
		}
		c.report.Mapped = true
		for _, row := range m.rows {
			at, ok := address(waiting[0], row.Loc)
			switch {
			case !ok || !c.scope.host(at):
				c.report.left(row.Loc, ReasonElsewhere, 0)
			case !m.index && !c.scope.within(at): // the rest of a larger site
			case !m.index:
				c.add(task{at: at, changed: row.changed()})
			case len(met) < mostMaps && !met[at.String()]:
				met[at.String()] = true
				waiting = append(waiting, at)
			}
		}
	}
	return nil
}

func (c *crawl) readMap(ctx context.Context, u *url.URL) (sitemap, error) {
	if err := c.learnRobots(ctx, u); err != nil {
		return sitemap{}, err
	}
	a, err := c.follow(ctx, u, min(mostMapBytes, c.maps))
	if err != nil {
		return sitemap{}, err
	}
	if a.status != http.StatusOK {
		return sitemap{}, errNoMap
	}
	m, used, err := parseMap(a.body, min(mostMapBytes, c.maps))
	c.maps -= used
	return m, err
}

// add queues an address, once.
func (c *crawl) add(t task) {
	key := t.at.String()
	if c.seen[key] || !c.scope.within(t.at) || len(c.seen) >= 10*c.opts.MaxPages {
		return
	}
	c.seen[key] = true
	c.queue = append(c.queue, t)
}

// work asks for what is queued.
func (c *crawl) work(ctx context.Context) error {
	for len(c.queue) > 0 && (c.ended == "" || c.ended == EndMap) {
		t := c.queue[0]
		c.queue = c.queue[1:]
		if c.report.Asked >= c.opts.MaxPages {
			c.ended = EndPages
			return nil
		}
		err := c.visit(ctx, t)
		c.tell(true)
		switch {
		case isBusy(err):
			return c.halt(ctx, EndBusy, err)
		case err != nil:
			return err
		case c.failed >= mostFailed:
			c.ended = EndDown
		}
	}
	return nil
}

// sweep queues what is known and was not met.
func (c *crawl) sweep() {
	for _, key := range slices.Sorted(maps.Keys(c.notes)) {
		if u, err := url.Parse(key); err == nil && c.notes[key].Found {
			c.add(task{at: u, last: true})
		}
	}
}

// forget gives up notes of addresses that nothing is found at and nothing leads to.
func (c *crawl) forget(ctx context.Context) error {
	for _, key := range slices.Sorted(maps.Keys(c.notes)) {
		if c.notes[key].Found || c.seen[key] {
			continue
		}
		if _, err := c.log.Keep(ctx, gathered.Entry{Key: key}); err != nil {
			return err
		}
	}
	return nil
}
