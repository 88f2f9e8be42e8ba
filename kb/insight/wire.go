package insight

import (
	"time"

	"github.com/stoa-go/stoa/kb"
)

type countsWire struct {
	Views  int `json:"views" doc:"articles read"`
	Clicks int `json:"clicks" doc:"results of searches followed"`
	Shown  int `json:"shown" doc:"shown by searches among the first"`
	Cases  int `json:"cases" doc:"people asked for help afterwards"`
}

type dayWire struct {
	Day    string     `json:"day" doc:"in UTC: 2026-03-01"`
	Score  *int       `json:"score,omitempty" doc:"average of all articles, where they were looked at"`
	Counts countsWire `json:"counts"`

	Searches int `json:"searches,omitempty" doc:"of all articles together"`
}

type overviewWire struct {
	Articles int          `json:"articles"`
	Score    int          `json:"score" doc:"average of all articles"`
	Codes    map[Code]int `json:"codes" doc:"how many articles have a reason"`
	At       time.Time    `json:"at,omitzero" doc:"when all articles were looked at"`
	Days     []dayWire    `json:"days"`
}

func wireOfOverview(o Overview) overviewWire {
	out := overviewWire{Articles: o.Articles, Score: o.Score, Codes: o.Codes, At: o.At, Days: make([]dayWire, 0, len(o.Days))}
	if out.Codes == nil {
		out.Codes = map[Code]int{}
	}
	for _, d := range o.Days {
		one := dayWire{Day: d.Day, Counts: countsWire(d.Counts), Searches: d.Searches}
		if d.Score >= 0 {
			one.Score = &d.Score
		}
		out.Days = append(out.Days, one)
	}
	return out
}

type causeWire struct {
	Code   Code   `json:"code"`
	Locale string `json:"locale,omitempty" doc:"text that it is about"`
	N      int    `json:"n" doc:"how many places, or per cent, or days"`
	Points int    `json:"points" doc:"what it takes from the score"`
}

type healthWire struct {
	Article   string      `json:"article"`
	Score     int         `json:"score" doc:"from 0 to 100, which is best"`
	Causes    []causeWire `json:"causes"`
	Counts    countsWire  `json:"counts"`
	Helpful   int         `json:"helpful" doc:"readers whom it helped"`
	Unhelpful int         `json:"unhelpful"`
	At        time.Time   `json:"at" doc:"when it was looked at"`
	Days      []dayWire   `json:"days,omitempty" doc:"those on which something happened"`
	Leads     []leadWire  `json:"leads,omitempty" doc:"searches that showed it, of enough people"`
}

type leadWire struct {
	Locale string `json:"locale"`
	Query  string `json:"query"`
	Shown  int    `json:"shown"`
	Clicks int    `json:"clicks"`
}

func wireOfHealth(h Health, days []Row, leads []Lead) healthWire {
	out := healthWire{
		Article: h.Article, Score: h.Score, Causes: make([]causeWire, 0, len(h.Causes)), Counts: countsWire(h.Counts),
		Helpful: h.Rating.Helpful, Unhelpful: h.Rating.Unhelpful, At: h.At,
	}
	for _, c := range h.Causes {
		out.Causes = append(out.Causes, causeWire(c))
	}
	for _, d := range days {
		out.Days = append(out.Days, dayWire{Day: d.Day, Counts: countsWire(d.Counts)})
	}
	for _, l := range leads {
		out.Leads = append(out.Leads, leadWire{l.Locale, l.Text, l.Shown, l.Clicks})
	}
	return out
}

type workWire struct {
	healthWire
	Title    string  `json:"title" doc:"in the language that it was written in"`
	Kind     kb.Kind `json:"kind"`
	Category string  `json:"category"`
	Owner    string  `json:"owner,omitempty"`
}

type worksWire struct {
	Articles []workWire `json:"articles"`
	Next     string     `json:"next,omitempty"`
}

func wireOfWork(one Work) workWire {
	t, _ := one.Article.In(one.Article.Source)
	return workWire{healthWire: wireOfHealth(one.Health, nil, nil), Title: t.Title, Kind: one.Article.Kind, Category: one.Article.Category, Owner: one.Article.Owner}
}

type askedWire struct {
	Searches  int `json:"searches" doc:"of a visitor once a day"`
	Empty     int `json:"empty" doc:"without a result"`
	Unclicked int `json:"unclicked" doc:"no result was followed"`
	Refined   int `json:"refined" doc:"something else was searched for right after"`
	Cases     int `json:"cases" doc:"people were asked for help afterwards"`
}

type gapWire struct {
	Locale  string    `json:"locale"`
	Query   string    `json:"query"`
	People  int       `json:"people" doc:"different ones who are certain to have searched for it"`
	Reasons []Reason  `json:"reasons"`
	Counts  askedWire `json:"counts"`
	State   GapState  `json:"state"`
	By      string    `json:"by,omitempty" doc:"who decided"`
	At      time.Time `json:"at,omitzero" doc:"when"`
}

type gapsWire struct {
	Gaps []gapWire `json:"gaps"`
	Next string    `json:"next,omitempty"`
}

type gapStateWire struct {
	State GapState `json:"state" doc:"\"open\", \"handled\" or \"ignored\""`
}

func wireOfGap(g Gap) gapWire {
	c := askedWire{g.Searches, g.Empty, g.Unclicked, g.Refined, g.Cases}
	return gapWire{Locale: g.Locale, Query: g.Text, People: g.People, Reasons: g.Reasons, Counts: c, State: g.State, By: g.By, At: g.At}
}

type sourceWire struct {
	Kind string `json:"kind"`
	Ref  string `json:"ref"`
}

type candidateWire struct {
	ID       string         `json:"id"`
	Locale   string         `json:"locale"`
	Question string         `json:"question" doc:"without personal data"`
	Answer   string         `json:"answer" doc:"without personal data"`
	Times    int            `json:"times" doc:"conversations"`
	People   int            `json:"people" doc:"different ones who asked"`
	Sources  []sourceWire   `json:"sources"`
	State    CandidateState `json:"state"`
	By       string         `json:"by,omitempty" doc:"who decided"`
	At       time.Time      `json:"at"`
}

type candidatesWire struct {
	Candidates []candidateWire `json:"candidates"`
	Next       string          `json:"next,omitempty"`
}

type candidateStateWire struct {
	State CandidateState `json:"state" doc:"\"open\", \"approved\" or \"dismissed\""`
}

func wireOfCandidate(c Candidate) candidateWire {
	out := candidateWire{
		ID: c.ID, Locale: c.Locale, Question: c.Question, Answer: c.Answer, Times: c.Times, People: c.People, Sources: make([]sourceWire, 0, len(c.Sources)),
		State: c.State, By: c.By, At: c.At,
	}
	for _, s := range c.Sources {
		out.Sources = append(out.Sources, sourceWire{Kind: s.Kind, Ref: s.Ref})
	}
	return out
}
