package profile

import "time"

type segmentsWire struct {
	Segments []segmentWire `json:"segments"`
}

// A Segment as the wire spells one.
type segmentWire struct {
	Name        string    `json:"name" doc:"What an audience calls it."`
	Title       string    `json:"title" doc:"What people call it."`
	Description string    `json:"description"`
	Rule        ruleWire  `json:"rule"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	Version     int       `json:"version" doc:"For If-Match."`
}

func segmentAsWire(s Segment) segmentWire {
	return segmentWire{
		Name: s.Name, Title: s.Title, Description: s.Description, Rule: ruleAsWire(s.Rule), CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt, Version: s.Version,
	}
}

type segmentChangeWire struct {
	Title       string   `json:"title" validate:"required"`
	Description string   `json:"description,omitempty"`
	Rule        ruleWire `json:"rule" validate:"required"`
}

func (w segmentChangeWire) segment(name string, version int) Segment {
	return Segment{Name: name, Title: w.Title, Description: w.Description, Rule: w.Rule.rule(), Version: version}
}

type newSegmentWire struct {
	Name string `json:"name" validate:"required" doc:"What an audience calls it; it never changes."`
	segmentChangeWire
}

// A Rule as the wire spells one.
type ruleWire struct {
	All    []ruleWire `json:"all,omitempty" doc:"Rules that must all hold."`
	Any    []ruleWire `json:"any,omitempty" doc:"Rules of which one must hold."`
	Fact   string     `json:"fact,omitempty" doc:"What is asked for; then there is an op."`
	Op     Op         `json:"op,omitempty" doc:"in, not_in, prefix, known, at_least or at_most."`
	Values []string   `json:"values,omitempty"`
}

func ruleAsWire(r Rule) ruleWire {
	return ruleWire{All: each(r.All, ruleAsWire), Any: each(r.Any, ruleAsWire), Fact: r.Fact, Op: r.Op, Values: r.Values}
}

func (w ruleWire) rule() Rule {
	return Rule{All: each(w.All, ruleWire.rule), Any: each(w.Any, ruleWire.rule), Fact: w.Fact, Op: w.Op, Values: w.Values}
}

// each is mapped, but for a list that is not there: an empty one of rules is
// wrong, and none is not.
func each[T, W any](list []T, as func(T) W) []W {
	if list == nil {
		return nil
	}
	return mapped(list, as)
}

type ruleTrialWire struct {
	Rule ruleWire `json:"rule" validate:"required"`
}

type trialWire struct {
	Opens  bool      `json:"opens" doc:"Whether it could open content so."`
	Opened bool      `json:"opened" doc:"Whether it can as it is kept."`
	In     groupWire `json:"in" doc:"Who would be in it."`
	Was    groupWire `json:"was" doc:"Who is in it."`
	Joins  groupWire `json:"joins" doc:"Who would be, and is not."`
	Leaves groupWire `json:"leaves" doc:"Who is, and would not be."`
	Gains  groupWire `json:"gains" doc:"For whom more content could be opened."`
	Loses  groupWire `json:"loses" doc:"From whom content could be closed."`
	Looked int       `json:"looked" doc:"How many people were looked at."`
	More   bool      `json:"more" doc:"There are more people, and nothing of what is said here is about them."`
}

func trialAsWire(t Trial) trialWire {
	return trialWire{
		Opens: t.Opens, Opened: t.Opened, Looked: t.Looked, More: t.More, In: groupAsWire(t.In), Was: groupAsWire(t.Was),
		Joins: groupAsWire(t.Joins), Leaves: groupAsWire(t.Leaves), Gains: groupAsWire(t.Gains()), Loses: groupAsWire(t.Loses()),
	}
}

type groupWire struct {
	People   int          `json:"people"`
	Accounts int          `json:"accounts" doc:"How many organisations they belong to."`
	Sample   []memberWire `json:"sample" doc:"The first of them by name, ten at most."`
}

type memberWire struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Account string `json:"account"`
}

func groupAsWire(g Group) groupWire {
	return groupWire{
		People: g.People, Accounts: g.Accounts, Sample: mapped(g.Sample, func(p Person) memberWire { return memberWire{p.ID, p.Name, p.Account} }),
	}
}

type factsWire struct {
	Facts []factWire `json:"facts"`
}

type factWire struct {
	Name     string            `json:"name"`
	Label    map[string]string `json:"label" doc:"What people call it, by language; empty for those that the library knows."`
	Type     FieldType         `json:"type"`
	Choices  []choiceWire      `json:"choices" doc:"What its values are, if that is known."`
	Declared bool              `json:"declared" doc:"Rules that ask for it open nothing."`
}

func factAsWire(f FactInfo) factWire {
	return factWire{Name: f.Name, Label: textsAsWire(f.Label), Type: f.Type, Choices: mapped(f.Choices, choiceAsWire), Declared: f.Declared}
}
