package search

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// The events of this package.
const (
	EventPerformed = "search.performed" // a first page was asked for
	EventClicked   = "search.clicked"   // a hit was followed
	EventAnswered  = "search.answered"  // somebody said whether an [Answer] was one
)

// Props of these events beside what a search was filtered by. What was pinned
// stands where it does because a team wanted it: it says nothing of the ranking,
// and whoever learns from events leaves it out.
const (
	PropShown  = "shown"  // groups of the first hits, with spaces between them
	PropPinned = "pinned" // those of them that were pinned; of a click, "1" if the hit was
	PropRole   = "role"   // what the asker is on the portal: their first role, "person" without one, "visitor" if nobody knows them
	PropBrand  = "brand"  // where they asked, of portals with several
	PropTrial  = "trial"  // ID of the trial whose two rankings had a share in what was shown
	PropTeams  = "teams"  // which of them brought each hit that was shown: see [Team]
	PropAnswer = "answer" // the group that an answer was quoted from
	PropRight  = "right"  // "true" or "false": of an answer, whether it was one
)

// The scopes of tokens of hits, which say whether they were pinned, and of
// answers.
const (
	clickScope  = "search.click"
	pinnedScope = "search.click.pinned"
	answerScope = "search.answer"
)

// recordSearch notes a search: once for each intent, so not for further pages,
// for browsing without a text, or for somebody who tunes rankings.
func (e *Engine) recordSearch(ctx context.Context, by profile.Actor, a asked, res Results) {
	if a.page > 1 || a.known || a.query.Text == "" || a.query.Explain {
		return
	}
	e.opts.Events.Record(ctx, analytics.Event{
		ID: res.ID, Name: EventPerformed, At: e.now(), User: by.ID, Account: by.Account,
		Text: analytics.Redact(a.query.Text), Hits: res.Total, Locale: a.query.Locale, Props: e.searchProps(ctx, by, a, res),
	}.Complete(ctx))
}

// roleOf returns what an event says of who searched.
func roleOf(by profile.Actor) string {
	switch {
	case by.Anonymous():
		return "visitor"
	case len(by.Roles) == 0:
		return "person"
	}
	return string(by.Roles[0])
}

// mostShown is how many hits an event of a search names.
const mostShown = 10

// searchProps returns who searched where, by what, and what was shown first.
func (e *Engine) searchProps(ctx context.Context, by profile.Actor, a asked, res Results) map[string]string {
	props := map[string]string{PropRole: roleOf(by)}
	if res.trial != "" && len(res.Hits) > 0 {
		props[PropTrial], props[PropTeams] = res.trial, teamsOf(res.Hits)
	}
	if brand := e.opts.Brand(ctx); brand != "" {
		props[PropBrand] = brand
	}
	filters := a.query.Filters
	var shown, pinned []string
	for _, h := range res.Hits[:min(len(res.Hits), mostShown)] {
		if shown = append(shown, h.Group); h.Pinned {
			pinned = append(pinned, h.Group)
		}
	}
	if len(shown) > 0 {
		props[PropShown] = strings.Join(shown, " ")
	}
	if len(pinned) > 0 {
		props[PropPinned] = strings.Join(pinned, " ")
	}
	if res.Answer != nil {
		props[PropAnswer] = res.Answer.Hit.Group
	}
	for _, name := range slices.Sorted(maps.Keys(filters)) {
		props["filter."+name] = analytics.Redact(clip(strings.Join(filters[name], ","), maxValue))
	}
	return props
}

// clickToken binds a click to the search, the document, its rank and whether it
// was pinned, so that nobody can make one up.
func (e *Engine) clickToken(search string, h Hit) string {
	scope := clickScope
	if h.Pinned {
		scope = pinnedScope
	}
	return e.key.Seal(scope, cursor.Encode(search, h.Group, cursor.FormatInt(int64(h.Rank))))
}

// A click is what a token is bound to.
type click struct {
	search, group string
	rank          int
	pinned        bool
}

func (e *Engine) openClick(token string) (c click, err error) {
	position, err := e.key.Open(clickScope, token)
	if err != nil {
		position, err = e.key.Open(pinnedScope, token)
		c.pinned = true
	}
	if token == "" || err != nil {
		return click{}, errs.Field("token", "error.search.click", nil)
	}
	parts, err := cursor.Decode(position, 3)
	if err != nil {
		return click{}, err
	}
	rank, err := cursor.ParseInt(parts[2])
	c.search, c.group, c.rank = parts[0], parts[1], int(rank)
	return c, err
}

// Clicked notes that by followed the hit whose Click is given. Saying so twice
// is the same event twice, with the same ID, and counts once. The error matches
// ErrInvalid for a token that is not from this engine.
func (e *Engine) Clicked(ctx context.Context, by profile.Actor, token string) error {
	c, err := e.openClick(token)
	if err != nil {
		return err
	}
	e.recordClick(ctx, by, token, c)
	return nil
}

// Followed is [Engine.Clicked] for a hit that is read elsewhere: it returns the
// document, as by may see it now in a language, for whoever leads there. The error
// matches ErrNotFound if there is nothing any more that by may see.
func (e *Engine) Followed(ctx context.Context, by profile.Actor, token, locale string) (Document, error) {
	c, err := e.openClick(token)
	if err != nil {
		return Document{}, err
	}
	request := Request{Sight: e.opts.Sight(by), Groups: []string{c.group}, Locale: e.locale(by, locale), Sort: SortUpdated, Limit: 1}
	found, _, err := e.find(ctx, by, request)
	if err != nil {
		return Document{}, err
	}
	if len(found.Hits) == 0 {
		return Document{}, fmt.Errorf("%s: %w", c.group, ErrNotFound)
	}
	e.recordClick(ctx, by, token, c)
	return found.Hits[0].Document, nil
}

func (e *Engine) recordClick(ctx context.Context, by profile.Actor, token string, c click) {
	var props map[string]string
	if c.pinned {
		props = map[string]string{PropPinned: "1"}
	}
	e.opts.Events.Record(ctx, analytics.Event{
		ID: clickID(c.search, token), Name: EventClicked, At: e.now(), User: by.ID, Account: by.Account,
		Subject: c.group, Search: c.search, Rank: c.rank, Props: props,
	}.Complete(ctx))
}

// Answered notes what by says of the answer whose Token is given: whether it was
// one. Who says the same twice has said it once. The error matches ErrInvalid for
// a token that is not from this engine.
func (e *Engine) Answered(ctx context.Context, by profile.Actor, token string, right bool) error {
	position, err := e.key.Open(answerScope, token)
	if err != nil || position == "" {
		return errs.Field("token", "error.search.click", nil)
	}
	parts, err := cursor.Decode(position, 2)
	if err != nil {
		return err
	}
	says := strconv.FormatBool(right)
	e.opts.Events.Record(ctx, analytics.Event{
		ID: clickID(parts[0], token+" "+says), Name: EventAnswered, At: e.now(), User: by.ID, Account: by.Account,
		Subject: parts[1], Search: parts[0], Props: map[string]string{PropRight: says},
	}.Complete(ctx))
	return nil
}

// newID returns a UUID of version 7.
func newID(now time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	rand.Read(b[6:])
	return formatID(b)
}

// clickID returns the UUID of a click: the time is the search's, the rest
// follows from the token.
func clickID(search, token string) string {
	sum := sha256.Sum256([]byte(token))
	b := [16]byte(sum[:16])
	if at, err := timeBytes(search); err == nil {
		copy(b[:6], at)
	}
	return formatID(b)
}

// timeBytes returns the part of an ID that is its time.
func timeBytes(id string) ([]byte, error) {
	return hex.DecodeString(strings.ReplaceAll(clip(id, 13), "-", ""))
}

// timeOf returns when an ID was made.
func timeOf(id string) (at time.Time, ok bool) {
	b, err := timeBytes(id)
	if err != nil || len(b) != 6 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(append([]byte{0, 0}, b...)))), true
}

func formatID(b [16]byte) string {
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
