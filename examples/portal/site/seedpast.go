package site

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/examples/portal/demo"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// demoPast is the setting that says that what the demo's visitors did has come.
const demoPast = "demo past"

const (
	pastDays   = 26 // fewer than lists look at
	pastVisits = 30 // a day, of which there are fewer at weekends
)

// A past is what visitors did before the demo began: what they searched for, how
// often that led somewhere, what they read, and what they said of it.
type past struct {
	Searches []pastSearch
	Reads    []string
	Opinions []pastOpinion
}

type pastSearch struct {
	Locale, Text  string
	Shows         []string // addresses of articles
	Follows, Asks float64  // how many go on to one, and how many look for people to ask
	Rank          int      // of the one they go on to; 0 means the first
	Then          string   // what they search for instead
	Weight        int
}

type pastOpinion struct {
	Article            string
	Helpful, Unhelpful int
	Reason             kb.Reason
	Comment            string
}

// seedPast has the demo begin with what visitors did in the weeks before, so
// that there is something to see of how articles do. Only what they did is kept,
// as if the portal had been there: what follows from it is found out as ever.
func (s *Site) seedPast(ctx context.Context) error {
	state, err := s.db.setting(ctx, demoPast)
	if err != nil || !s.cfg.Past || state == "done" {
		return err
	}
	data, err := demo.Past()
	if err != nil {
		return err
	}
	p := pastMaker{Site: s, ids: map[string]string{}, dice: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // it is a play
	if err := json.Unmarshal(data, &p.past); err != nil {
		return fmt.Errorf("demo past: %w", err)
	}
	if err := p.play(ctx); err != nil {
		return fmt.Errorf("demo past: %w", err)
	}
	return s.db.set(ctx, demoPast, "done")
}

// A pastMaker plays visitors, the same ones each time.
type pastMaker struct {
	*Site
	past
	ids    map[string]string // of articles, by address
	dice   *rand.Rand
	events []analytics.Event
}

func (p *pastMaker) play(ctx context.Context) error {
	for _, slug := range p.slugs() {
		found, err := p.library.Find(ctx, system, "en", slug)
		if err != nil {
			return err
		}
		p.ids[slug] = found.ID
	}
	today := p.cfg.Now().UTC().Truncate(24 * time.Hour)
	for day := today.AddDate(0, 0, -pastDays); day.Before(today); day = day.AddDate(0, 0, 1) {
		p.day(day)
	}
	if err := p.say(ctx, today); err != nil {
		return err
	}
	return sqlanalytics.New(p.db.write).Append(ctx, p.events)
}

func (p *pastMaker) slugs() (out []string) {
	for _, q := range p.Searches {
		out = append(out, q.Shows...)
	}
	for _, o := range p.Opinions {
		out = append(out, o.Article)
	}
	return append(out, p.Reads...)
}

// day plays the visits of a day.
func (p *pastMaker) day(day time.Time) {
	visits := pastVisits + p.dice.IntN(pastVisits)
	if wd := day.Weekday(); wd == time.Saturday || wd == time.Sunday {
		visits /= 3
	}
	for i := range visits {
		v := pastVisit{
			pastMaker: p, at: day.Add(6*time.Hour + time.Duration(p.dice.IntN(14*60))*time.Minute), visitor: fmt.Sprintf("demo-%s-%d", day.Format(time.DateOnly), i), locale: "en",
			role: pastRoles[i%len(pastRoles)], channel: pastChannels[i%len(pastChannels)],
		}
		if p.dice.IntN(4) == 0 {
			v.read(p.Reads[p.dice.IntN(len(p.Reads))], "", 0)
			continue
		}
		v.search(p.drawn())
	}
}

// drawn returns a search, the more often the more it weighs.
func (p *pastMaker) drawn() pastSearch {
	all := 0
	for _, q := range p.Searches {
		all += q.Weight
	}
	n := p.dice.IntN(all)
	for _, q := range p.Searches {
		if n -= q.Weight; n < 0 {
			return q
		}
	}
	return p.Searches[0]
}

// A pastVisit is somebody who comes once.
type pastVisit struct {
	*pastMaker
	at      time.Time
	visitor string
	locale  string
	role    string
	channel string
}

// Who comes, and how: the more often, the more often it is listed.
var (
	pastRoles    = []string{"visitor", "visitor", "customer", "visitor", "partner", "customer"}
	pastChannels = []string{analytics.ChannelWeb, analytics.ChannelWeb, analytics.ChannelWidget, analytics.ChannelWeb, analytics.ChannelAPI}
)

// keep keeps an event, a little after the one before.
func (v *pastVisit) keep(e analytics.Event) string {
	v.at = v.at.Add(20*time.Second + time.Duration(v.dice.IntN(60))*time.Second)
	e.ID = fmt.Sprintf("%s-%d", v.visitor, len(v.events))
	e.At, e.Received, e.Visitor, e.Session, e.Locale, e.Channel, e.Device = v.at, v.at, v.visitor, v.visitor, v.locale, v.channel, "desktop"
	v.events = append(v.events, e)
	return e.ID
}

func (v *pastVisit) search(q pastSearch) {
	v.locale = q.Locale
	e := analytics.Event{Name: search.EventPerformed, Text: q.Text, Hits: len(q.Shows), Props: map[string]string{search.PropRole: v.role}}
	var shown []string
	for _, slug := range q.Shows {
		shown = append(shown, "article/"+v.ids[slug])
	}
	if len(shown) > 0 {
		e.Props[search.PropShown] = strings.Join(shown, " ")
	}
	id := v.keep(e)
	if v.dice.Float64() < q.Follows {
		rank := max(q.Rank, 1)
		v.read(q.Shows[rank-1], id, rank)
	}
	for _, next := range v.Searches {
		if next.Text == q.Then && v.dice.IntN(4) > 0 {
			v.search(next)
		}
	}
	if v.dice.Float64() < q.Asks {
		v.keep(analytics.Event{Name: contactOpened})
	}
}

// read reads an article, maybe one that a search led to.
func (v *pastVisit) read(slug, from string, rank int) {
	about := "article/" + v.ids[slug]
	if from != "" {
		v.keep(analytics.Event{Name: search.EventClicked, Subject: about, Search: from, Rank: rank})
	}
	v.keep(analytics.Event{Name: "article.viewed", Subject: about, Search: from})
}

// say has visitors say what they think, through a library that is behind the
// times.
func (p *pastMaker) say(ctx context.Context, today time.Time) error {
	at := today
	record := analytics.RecorderFunc(func(ctx context.Context, e analytics.Event) {
		e = e.Complete(ctx)
		e.ID, e.At, e.Received, e.Channel = fmt.Sprintf("demo-said-%d", len(p.events)), at, at, analytics.ChannelWeb
		p.events = append(p.events, e)
	})
	library := kb.NewLibrary(p.articles, &kb.Options{Now: func() time.Time { return at }, Events: record, Locales: p.cfg.Locales, Types: p.types, Secret: p.secret})
	for _, o := range p.Opinions {
		for i := range o.Helpful + o.Unhelpful {
			at = today.Add(-time.Duration(1+p.dice.IntN(pastDays*24-1)) * time.Hour)
			one := kb.Opinion{Article: p.ids[o.Article], Locale: "en", Helpful: i < o.Helpful}
			if !one.Helpful {
				one.Reason = o.Reason
			}
			if i == o.Helpful {
				one.Comment = o.Comment
			}
			visitor := fmt.Sprintf("demo-said-%s-%d", o.Article, i)
			one.Key = visitor
			if _, err := library.Rate(analytics.NewContext(ctx, analytics.Event{Visitor: visitor, Session: visitor}), profile.Actor{}, one); err != nil {
				return err
			}
		}
	}
	return nil
}
