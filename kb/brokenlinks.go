package kb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A BrokenQuery selects links that lead nowhere. Its zero value selects all.
type BrokenQuery struct {
	States []LinkState // only these; nil means all
	After  string      // token of an earlier answer to the same query
	Limit  int         // 0 means 50, at most 200
}

// A BrokenLink is a link that leads nowhere.
type BrokenLink struct {
	Link
	State     LinkState
	Status    int       // what a server answered, of LinkAddress
	CheckedAt time.Time // when it was found
	Target    string    // title of the article that it leads to, if that is one that is seen at the desk
	TargetID  string    // its ID, likewise
	Article   string    // with the link
	Locale    string    // of the text with the link; empty if the article names another to be read next
	Title     string    // of the text with the link
	Live      bool      // readers are shown a text with the link; if not, it is in a draft
}

// BrokenLinks returns a page of the links that lead nowhere, by where they lead,
// of the texts that by sees at the desk. What nobody has looked at yet is looked
// at first. Of articles that by does not see it is not told whether they are
// there.
func (l *Library) BrokenLinks(ctx context.Context, by profile.Actor, q BrokenQuery) (page []BrokenLink, next string, err error) {
	if !l.worksHere(by) {
		return nil, "", fmt.Errorf("broken links: %w", ErrForbidden)
	}
	for _, s := range q.States {
		if !s.Faulty() {
			return nil, "", fmt.Errorf("broken links: %w", errs.Field("state", "error.field.choice", map[string]any{"choices": FaultStates()}))
		}
	}
	if page, next, err = l.brokenLinks(ctx, by, q); err != nil {
		return nil, "", fmt.Errorf("broken links: %w", err)
	}
	return page, next, nil
}

func (l *Library) brokenLinks(ctx context.Context, by profile.Actor, q BrokenQuery) (page []BrokenLink, next string, err error) {
	scope := fmt.Sprintf("broken|%s|%q", by.ID, q.States)
	limit := clamp(q.Limit, 50, maxEntries)
	sq := FaultQuery{States: l.told(by, q.States), Limit: limit}
	if sq.After, err = l.tokens.Open(scope, q.After); err != nil {
		return nil, "", err
	}
	if _, err = l.judgeSome(ctx); err != nil {
		return nil, "", err
	}
	for {
		faults, more, err := l.store.LinkFaults(ctx, sq)
		if err != nil {
			return nil, "", err
		}
		seen, err := l.seenFaults(ctx, by, faults)
		if err != nil {
			return nil, "", err
		}
		for _, b := range seen {
			if q.States == nil || slices.Contains(q.States, b.State) {
				page = append(page, b)
			}
		}
		if sq.After = more; more == "" || len(page) >= limit {
			return page, l.tokens.Seal(scope, more), nil
		}
		sq.Limit = limit - len(page)
	}
}

// told returns the states to look for if by asks for some: what by does not see
// is gone to them, whatever became of it.
func (l *Library) told(by profile.Actor, states []LinkState) []LinkState {
	if states == nil || l.policy.May(by, profile.PermissionContentPublish) || !slices.Contains(states, LinkGone) {
		return states
	}
	return append(slices.Clone(states), LinkArchived, LinkUnpublished)
}

// seenFaults returns those of the links whose texts by sees at the desk.
func (l *Library) seenFaults(ctx context.Context, by profile.Actor, faults []LinkFault) ([]BrokenLink, error) {
	ids, about := []string{}, make([]string, len(faults))
	for i, f := range faults {
		var err error
		if about[i], err = l.articleOf(ctx, f.Link); err != nil {
			return nil, err
		}
		ids = append(ids, f.Use.Article, about[i])
	}
	known, err := l.seenAtDesk(ctx, by, ids)
	if err != nil {
		return nil, err
	}
	var out []BrokenLink
	for i, f := range faults {
		a, ok := known[f.Use.Article]
		if !ok {
			continue
		}
		b := BrokenLink{Link: f.Link, State: f.State, Status: f.Status, CheckedAt: f.CheckedAt, Article: a.ID, Locale: f.Use.Locale, Live: f.Use.Live}
		b.Title = titleOf(a, f.Use.Locale)
		out = append(out, b.about(known[about[i]]))
	}
	return out, nil
}

// articleOf returns the ID of the article that a link leads to, or "".
func (l *Library) articleOf(ctx context.Context, link Link) (string, error) {
	switch link.Kind {
	case LinkArticle, LinkRelated:
		return link.To, nil
	case LinkPath:
		id, err := l.store.Slug(ctx, link.To)
		if errors.Is(err, ErrNotFound) {
			return "", nil
		}
		return id, err
	}
	return "", nil
}

// about returns a link with as much of the article that it leads to as may be
// told: of one that is not seen, the zero one, not what became of it.
func (b BrokenLink) about(a Article) BrokenLink {
	switch {
	case a.ID != "":
		b.Target, b.TargetID = titleOf(a, b.Locale), a.ID
	case b.State == LinkArchived || b.State == LinkUnpublished:
		b.State = LinkGone
	}
	return b
}

// seenAtDesk returns those of the articles that by sees at the desk.
func (l *Library) seenAtDesk(ctx context.Context, by profile.Actor, ids []string) (map[string]Article, error) {
	slices.Sort(ids)
	known := map[string]Article{}
	for chunk := range slices.Chunk(slices.Compact(ids), maxEntries) {
		page, _, err := l.Manuscripts(ctx, by, ManuscriptQuery{IDs: chunk, Limit: maxEntries})
		if err != nil {
			return nil, err
		}
		for _, a := range page {
			known[a.ID] = a
		}
	}
	return known, nil
}

// titleOf returns the title of an article in a language, or in its own.
func titleOf(a Article, locale string) string {
	t, ok := a.In(locale)
	if !ok {
		t, _ = a.In(a.Source)
	}
	return t.Title
}

// Codes of findings about what a text leads to, shows or includes.
const (
	CodeLinkBroken    = "link_broken"
	CodeBlockMissing  = "block_missing"
	CodeMediumMissing = "medium_missing"
)

// brokenFindings returns what leads nowhere in a text that is kept.
func (l *Library) brokenFindings(ctx context.Context, by profile.Actor, a Article, rev Revision) ([]Finding, error) {
	if _, err := l.judgeSome(ctx); err != nil {
		return nil, err
	}
	faults, _, err := l.store.LinkFaults(ctx, FaultQuery{Article: a.ID, Limit: maxEntries})
	if err != nil {
		return nil, err
	}
	faults = slices.DeleteFunc(faults, func(f LinkFault) bool {
		return f.Use.Locale != "" && (f.Use.Locale != rev.Locale || !slices.Contains(rev.Links, f.Link))
	})
	seen, err := l.seenFaults(ctx, by, faults)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, b := range seen {
		out = append(out, b.finding(rev.Body))
	}
	return out, nil
}

// previewFindings returns what leads nowhere in a text that is not kept.
func (l *Library) previewFindings(ctx context.Context, by profile.Actor, d, shown drawn, locale, body string) ([]Finding, error) {
	var out []Finding
	for _, link := range l.linksFrom("", d.all) {
		b := BrokenLink{Link: link, Locale: locale}
		var err error
		switch {
		case link.Kind == LinkAddress, link.Kind == LinkPlace && shown.all.hasPlace(link.Anchor), len(out) == maxEntries:
			continue
		case link.Kind == LinkPlace:
			b.State = LinkNoPlace
		default:
			if b.State, err = l.stateOf(ctx, LinkTarget{Link: link, Locale: locale}); err != nil {
				return nil, err
			}
		}
		if !b.State.Faulty() {
			continue
		}
		if b, err = l.named(ctx, by, b); err != nil {
			return nil, err
		}
		out = append(out, b.finding(body))
	}
	return out, nil
}

// named returns a link with as much of what it leads to as by may know.
func (l *Library) named(ctx context.Context, by profile.Actor, b BrokenLink) (BrokenLink, error) {
	id, err := l.articleOf(ctx, b.Link)
	if err != nil {
		return b, err
	}
	known, err := l.seenAtDesk(ctx, by, []string{id})
	return b.about(known[id]), err
}

// finding says that a link leads nowhere, and in which line of a text it is.
func (b BrokenLink) finding(body string) Finding {
	f := Finding{Code: CodeLinkBroken, Place: "body", Ref: b.To, Severity: SeverityWarning}
	switch {
	case b.Kind == LinkRelated:
		f.Place = "related"
	case b.State == LinkNoBlock:
		f.Code = CodeBlockMissing
	case b.State == LinkNoMedium:
		f.Code = CodeMediumMissing
	}
	f.Message = errs.Message{Key: "finding.link_" + string(b.State), Args: map[string]any{"to": cmp.Or(b.Target, b.To), "place": b.Anchor, "line": b.line(body)}}
	return f
}

// line returns the line of a text in which a link is, from 1, or 0 if it cannot
// be found as it is written.
func (b BrokenLink) line(body string) int {
	written := b.To
	if b.Kind == LinkPlace || b.Anchor != "" {
		written = "#" + b.Anchor
	}
	if b.Kind == LinkBlock {
		written = "include " + b.To
	}
	for i, line := range strings.Split(body, "\n") {
		if strings.Contains(strings.ToLower(line), strings.ToLower(written)) {
			return i + 1
		}
	}
	return 0
}
