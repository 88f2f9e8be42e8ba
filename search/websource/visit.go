package websource

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/filetext"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/gathered"
)

// accepted is what is asked for, best first.
const accepted = "text/html,application/xhtml+xml,text/plain;q=0.9,text/markdown;q=0.9,application/pdf;q=0.8,*/*;q=0.5"

// visit asks for one address, and keeps what it has come to.
func (c *crawl) visit(ctx context.Context, t task) error {
	key := t.at.String()
	old := c.notes[key]
	if c.resumed && old.Version == version && !old.Checked.Before(c.began) {
		c.spread(t, old.Links)
		return nil
	}
	if err := c.learnRobots(ctx, t.at); err != nil {
		return c.unanswered(ctx, key, err)
	}
	if !c.allowed(t.at) {
		return c.drop(ctx, key, ReasonRobots, note{})
	}
	header := http.Header{"Accept": {accepted}}
	if old.Version == version && (old.Found || len(old.Links) > 0) {
		set(header, "If-None-Match", old.ETag)
		set(header, "If-Modified-Since", old.Since)
	}
	c.report.Asked++
	a, err := c.ask(ctx, t.at, header, c.opts.MaxBytes)
	if err != nil {
		return c.unanswered(ctx, key, err)
	}
	c.failed = 0
	return c.judge(ctx, t, old, a)
}

func set(h http.Header, name, value string) {
	if value != "" {
		h.Set(name, value)
	}
}

// unanswered leaves what is known as it is.
func (c *crawl) unanswered(ctx context.Context, key string, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case isBusy(err):
		return err
	case errors.Is(err, errLarge):
		c.failed = 0
		c.report.left(key, ReasonLarge, 0)
		return nil
	}
	c.failed++
	c.report.left(key, ReasonUnreachable, 0)
	return nil
}

// judge says what an answer means.
func (c *crawl) judge(ctx context.Context, t task, old note, a answer) error {
	key := t.at.String()
	switch a.status {
	case http.StatusOK:
		return c.take(ctx, t, old, a)
	case http.StatusNotModified:
		c.report.Same++
		old.Checked, old.Doubt = c.now(), 0
		c.spread(t, old.Links)
		return c.renote(ctx, key, old)
	case http.StatusNotFound, http.StatusGone:
		return c.drop(ctx, key, ReasonGone, note{})
	case http.StatusMovedPermanently, http.StatusPermanentRedirect:
		return c.moved(ctx, t, old, a, true)
	case http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect:
		return c.moved(ctx, t, old, a, false)
	case http.StatusUnauthorized, http.StatusForbidden:
		return c.doubt(ctx, key, old, ReasonStatus, a.status)
	}
	if a.status >= 500 {
		c.failed++
	}
	c.report.left(key, ReasonStatus, a.status)
	return nil
}

// moved goes where an address leads. What leads away for good is no page; what
// does for a while may be a page again.
func (c *crawl) moved(ctx context.Context, t task, old note, a answer, good bool) error {
	key := t.at.String()
	to, ok := address(t.at, a.header.Get("Location"))
	reason := Reason("")
	switch {
	case !ok || !c.scope.within(to):
		reason = ReasonElsewhere
	case t.hops >= mostHops || to.String() == key:
		reason = ReasonLoop
	default:
		c.add(task{at: to, depth: t.depth, hops: t.hops + 1, last: t.last})
	}
	if good && reason != ReasonLoop {
		return c.drop(ctx, key, reason, note{})
	}
	return c.doubt(ctx, key, old, reason, a.status)
}

// doubt leaves a page as it is known, unless it was doubted too often.
func (c *crawl) doubt(ctx context.Context, key string, old note, reason Reason, status int) error {
	if reason != "" {
		c.report.left(key, reason, status)
	}
	if !old.Found {
		return nil
	}
	if old.Doubt++; old.Doubt >= mostDoubt {
		return c.drop(ctx, key, "", note{})
	}
	return c.renote(ctx, key, old)
}

func (c *crawl) now() time.Time { return c.opts.Now().UTC().Truncate(time.Microsecond) }

// renote keeps another note of what is as it was.
func (c *crawl) renote(ctx context.Context, key string, n note) error {
	e, err := c.log.Entry(ctx, key)
	if err != nil && !errors.Is(err, gathered.ErrNotFound) {
		return err
	}
	e.Key = key
	return c.keep(ctx, e, n)
}

// drop keeps only a note of an address, or nothing.
func (c *crawl) drop(ctx context.Context, key string, reason Reason, n note) error {
	if reason != "" {
		c.report.left(key, reason, 0)
	}
	if c.notes[key].Found {
		c.report.Removed++
		c.report.Pages--
	}
	return c.keep(ctx, gathered.Entry{Key: key}, n)
}

func (c *crawl) keep(ctx context.Context, e gathered.Entry, n note) error {
	n.Version, n.Found = version, e.Document.ID != ""
	if n.Found || len(n.Links) > 0 {
		text, err := json.Marshal(n)
		if err != nil {
			return err
		}
		e.Note = string(text)
	}
	c.notes[e.Key] = n
	_, err := c.log.Keep(ctx, e)
	return err
}

// A reading is what was read of a page.
type reading struct {
	filetext.Page
	noIndex, noFollow bool
	canonical         *url.URL // nil if it is the page's own
}

// take reads a page and keeps it.
func (c *crawl) take(ctx context.Context, t task, old note, a answer) error {
	key := t.at.String()
	kind := kindOf(a)
	r, err := c.read(ctx, t.at, kind, a)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, filetext.ErrKind):
		return c.drop(ctx, key, ReasonType, note{})
	case err != nil:
		c.report.left(key, ReasonUnreadable, 0)
		return nil
	}
	n := note{Checked: c.now()}
	if !r.noFollow && c.links {
		n.Links = c.leads(t.at, r)
	}
	c.spread(t, n.Links)
	switch {
	case r.noIndex:
		return c.drop(ctx, key, ReasonNoIndex, n)
	case r.canonical != nil && !c.scope.within(r.canonical):
		return c.drop(ctx, key, ReasonCanonical, n)
	case r.canonical != nil && t.hops < mostHops:
		c.add(task{at: r.canonical, depth: t.depth, hops: t.hops + 1, last: t.last})
		return c.drop(ctx, key, "", n)
	case r.Text == "":
		return c.doubt(ctx, key, old, ReasonEmpty, 0)
	}
	n.ETag, n.Since = a.header.Get("ETag"), a.header.Get("Last-Modified")
	return c.put(ctx, t, c.document(t, r, a), n)
}

// put keeps a page. When it was changed counts only if it was.
func (c *crawl) put(ctx context.Context, t task, d search.Document, n note) error {
	key := t.at.String()
	before, err := c.log.Entry(ctx, key)
	if err != nil && !errors.Is(err, gathered.ErrNotFound) {
		return err
	}
	at := d.UpdatedAt
	d.UpdatedAt = before.Document.UpdatedAt
	if same, err := gathered.Alike(before.Document, d); err != nil {
		return err
	} else if !same {
		d.UpdatedAt = at
		c.report.Changed++
	}
	if !c.notes[key].Found {
		c.report.Pages++
	}
	return c.keep(ctx, gathered.Entry{Key: key, Document: d}, n)
}

// kindOf returns what kind of file an answer is.
func kindOf(a answer) string {
	kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil || kind == "application/octet-stream" || kind == "binary/octet-stream" {
		kind, _, _ = mime.ParseMediaType(http.DetectContentType(a.body))
	}
	if kind == "application/xhtml+xml" {
		kind = "text/html"
	}
	return kind
}

func (c *crawl) read(ctx context.Context, u *url.URL, kind string, a answer) (r reading, err error) {
	r.noIndex, r.noFollow = asked(a.header.Values("X-Robots-Tag"))
	if kind != "text/html" {
		r.Text, err = c.opts.ReadText(ctx, kind, bytes.NewReader(a.body), int64(len(a.body)))
		r.Title, _, _ = strings.Cut(r.Text, "\n")
		if len(r.Title) > 200 || strings.HasPrefix(kind, "application/") {
			r.Title = ""
		}
		return r, err
	}
	if r.Page, err = filetext.ReadPage(a.body, a.header.Get("Content-Type")); err != nil {
		return r, err
	}
	for _, name := range []string{"robots", strings.ToLower(Agent)} {
		noIndex, noFollow := asked([]string{r.Robots[name]})
		r.noIndex, r.noFollow = r.noIndex || noIndex, r.noFollow || noFollow
	}
	if at, ok := address(c.base(u, r), r.Canonical); ok && r.Canonical != "" && at.String() != u.String() {
		r.canonical = at
	}
	return r, nil
}

// base returns what addresses on a page are relative to.
func (c *crawl) base(u *url.URL, r reading) *url.URL {
	if at, err := u.Parse(r.Base); err == nil && r.Base != "" {
		return at
	}
	return u
}

// asked reads what crawlers are asked. In a header it may be for one of them.
func asked(values []string) (noIndex, noFollow bool) {
	for _, value := range values {
		if name, rest, ok := strings.Cut(value, ":"); ok && !strings.Contains(name, ",") && !strings.EqualFold(strings.TrimSpace(name), "unavailable_after") {
			if !strings.EqualFold(strings.TrimSpace(name), Agent) {
				continue
			}
			value = rest
		}
		for part := range strings.SplitSeq(strings.ToLower(value), ",") {
			part = strings.TrimSpace(part)
			noIndex = noIndex || part == "noindex" || part == "none"
			noFollow = noFollow || part == "nofollow" || part == "none"
		}
	}
	return noIndex, noFollow
}

// mostLeads is how many links of a page are followed.
const mostLeads = 500

// leads returns where a page leads within the site.
func (c *crawl) leads(u *url.URL, r reading) (out []string) {
	base := c.base(u, r)
	links := r.Links
	if r.Refresh != "" {
		links = append(links, filetext.Link{Href: r.Refresh})
	}
	for _, l := range links {
		at, ok := address(base, l.Href)
		if !ok || l.NoFollow || !c.scope.within(at) || at.String() == u.String() || slices.Contains(out, at.String()) {
			continue
		}
		if out = append(out, at.String()); len(out) == mostLeads {
			break
		}
	}
	return out
}

// spread queues where a page leads.
func (c *crawl) spread(t task, links []string) {
	if !c.links || t.last || t.depth >= c.opts.MaxDepth {
		return
	}
	for _, link := range links {
		if u, err := url.Parse(link); err == nil {
			c.add(task{at: u, depth: t.depth + 1})
		}
	}
}

// mostHeadings is how many headings a page is found by.
const mostHeadings = 20

func (c *crawl) document(t task, r reading, a answer) search.Document {
	key := t.at.String()
	group, lang := c.group(t.at, r)
	d := search.Document{
		Group: group, Title: r.Title, Summary: r.Description, Body: r.Text, Path: key,
		Keywords: r.Headings[:min(len(r.Headings), mostHeadings)], UpdatedAt: c.changed(t, a),
		Locale: c.locale(lang, r.Lang, a.header.Get("Content-Language")),
	}
	if d.Title == "" {
		d.Title = strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ").Replace(strings.TrimSuffix(path.Base(t.at.Path), path.Ext(t.at.Path))))
	}
	if strings.Trim(d.Title, "/ ") == "" {
		d.Title = t.at.Host
	}
	d.ID = c.mark(key) + "@" + d.Locale
	return d
}

// mark returns what a page is called in the index.
func (c *crawl) mark(parts ...string) string {
	sum := sha256.Sum256([]byte(c.name + "\n" + strings.Join(parts, "\n")))
	return "page/" + hex.EncodeToString(sum[:10])
}

// group returns what a page is a version of, and its language if its site says
// so: pages are versions of each other if each names the same ones.
func (c *crawl) group(u *url.URL, r reading) (group, lang string) {
	set, own := []string{}, false
	for tag, href := range r.Alternates {
		at, ok := address(c.base(u, r), href)
		if !ok || !c.scope.within(at) {
			continue
		}
		set = append(set, at.String())
		if at.String() == u.String() {
			if own = true; !strings.EqualFold(tag, "x-default") {
				lang = tag
			}
		}
	}
	if !own {
		return c.mark(u.String()), ""
	}
	slices.Sort(set)
	return c.mark(slices.Compact(set)...), lang
}

// locale returns the first language that there is.
func (c *crawl) locale(said ...string) string {
	for _, text := range said {
		text, _, _ = strings.Cut(text, ",")
		if l, err := i18n.ParseLocale(strings.TrimSpace(text)); err == nil {
			return string(l)
		}
	}
	return c.opts.Locale
}

// changed returns when a page was changed, as far as anybody says.
func (c *crawl) changed(t task, a answer) time.Time {
	now := c.now()
	for _, at := range []time.Time{t.changed, httpTime(a.header.Get("Last-Modified"))} {
		if at.Year() >= 1990 && at.Before(now) {
			return at.UTC().Truncate(time.Microsecond)
		}
	}
	return now
}

func httpTime(text string) time.Time {
	at, _ := http.ParseTime(text)
	return at
}
