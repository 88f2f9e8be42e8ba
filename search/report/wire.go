package report

import (
	"time"

	"github.com/stoa-go/stoa/search/learning"
)

type countsWire struct {
	Searches  int     `json:"searches" doc:"of a visitor once a day for a question"`
	Empty     int     `json:"empty" doc:"without a result"`
	Unclicked int     `json:"unclicked" doc:"no result was followed"`
	Refined   int     `json:"refined" doc:"something else was searched for right after"`
	Exits     int     `json:"exits" doc:"nothing came after in the visit"`
	Cases     int     `json:"cases" doc:"people were asked for help afterwards"`
	Followed  int     `json:"followed" doc:"some result was followed"`
	Rank      float64 `json:"mean_place" doc:"of what was followed first, from 1; 0 if nothing was"`
	Top       int     `json:"top" doc:"followed among the first three"`
}

func wireOfCounts(c Counts) countsWire {
	return countsWire{c.Searches, c.Empty, c.Unclicked, c.Refined, c.Exits, c.Cases, c.Followed, c.Rank(), c.Top}
}

type dayWire struct {
	Day    string     `json:"day" doc:"in UTC: 2026-03-01"`
	Counts countsWire `json:"counts"`
}

type daysWire struct {
	Days []dayWire `json:"days"`
}

func wireOfDays(rows []Row) []dayWire {
	out := make([]dayWire, 0, len(rows))
	for _, row := range rows {
		out = append(out, dayWire{row.Key, wireOfCounts(row.Counts)})
	}
	return out
}

type summaryWire struct {
	Few    bool       `json:"few" doc:"fewer people searched than may be told of, and nothing is told"`
	People int        `json:"people" doc:"different ones who are certain to have searched"`
	Counts countsWire `json:"counts"`
	Before countsWire `json:"before" doc:"in as many days before"`
	Days   []dayWire  `json:"days"`
	Until  time.Time  `json:"until,omitzero" doc:"what happened later is not counted yet"`
}

func wireOfSummary(s Summary) summaryWire {
	return summaryWire{s.Few, s.People, wireOfCounts(s.Counts), wireOfCounts(s.Before), wireOfDays(s.Days), s.Until}
}

type questionWire struct {
	Locale string     `json:"locale"`
	Text   string     `json:"question"`
	People int        `json:"people" doc:"different ones who are certain to have asked"`
	Counts countsWire `json:"counts"`
}

func wireOfQuestion(q Question) questionWire {
	return questionWire{q.Locale, q.Text, q.People, wireOfCounts(q.Counts)}
}

type questionsWire struct {
	Questions []questionWire `json:"questions"`
}

type rowWire struct {
	Key    string     `json:"key"`
	People int        `json:"people"`
	Counts countsWire `json:"counts"`
}

type breakdownWire struct {
	Rows []rowWire `json:"rows"`
}

type effectWire struct {
	Before countsWire `json:"before"`
	After  countsWire `json:"after"`
	Days   []dayWire  `json:"days"`
}

type workWire struct {
	questionWire

	Reasons []Reason    `json:"reasons"`
	Helped  int         `json:"would_help" doc:"how many people"`
	Back    Back        `json:"back,omitempty" doc:"why it is open whatever was decided: \"again\", it fails since it was done, and only that is counted; \"grown\", many more people ask since it was dismissed; \"lapsed\", that was long ago"`
	State   State       `json:"state"`
	Mark    *markWire   `json:"decision,omitempty"`
	Effect  *effectWire `json:"effect,omitempty" doc:"of what was done"`
}

type worksWire struct {
	Items []workWire `json:"items"`
}

type ballotWire struct {
	Live   int     `json:"live" doc:"people who followed more of the live ranking"`
	Other  int     `json:"other" doc:"people who followed more of the one that is tried"`
	Even   int     `json:"even" doc:"people who followed as many of each"`
	Share  float64 `json:"share" doc:"of votes for the one that is tried; 0 without votes"`
	Low    float64 `json:"low" doc:"between this and high lies the share of all who might vote, at 95 %"`
	High   float64 `json:"high"`
	Doubt  float64 `json:"doubt" doc:"how likely votes as uneven as these would ever be if nobody preferred either, at most"`
	Enough bool    `json:"enough" doc:"the doubt is small enough to decide"`
	Better bool    `json:"better" doc:"and the one that is tried is the better one"`
}

func wireOfBallot(b Ballot) ballotWire {
	v := learning.Judge(b.Live, b.Other)
	return ballotWire{b.Live, b.Other, b.Even, v.Share, v.Low, v.High, v.Doubt, v.Enough, v.Other}
}

func wireOfItem(i Item) workWire {
	out := workWire{questionWire: wireOfQuestion(i.Question), Reasons: append([]Reason{}, i.Reasons...), Helped: i.Helped, Back: i.Back, State: i.State()}
	if i.Mark.Version > 0 {
		m := wireOfMark(i.Mark)
		out.Mark = &m
	}
	if e := i.Effect; e != nil {
		out.Effect = &effectWire{wireOfCounts(e.Before), wireOfCounts(e.After), wireOfDays(e.Days)}
	}
	return out
}
