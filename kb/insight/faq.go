package insight

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// A Resolved is a conversation that came to a good end.
type Resolved struct {
	kb.Conversation
	Asker string    // who asked, so that people are counted once
	At    time.Time // when it was resolved
}

// A Candidate is a question that people ask again and again, with an answer that
// helped. Personal data are taken out of both.
type Candidate struct {
	ID       string
	Locale   string
	Question string
	Answer   string
	Times    int // conversations
	People   int // different ones who asked
	Sources  []kb.Source
	State    CandidateState
	By       string // who decided
	At       time.Time
}

// A CandidateState is what somebody decided about a candidate.
type CandidateState string

// The states.
const (
	CandidateOpen      CandidateState = "open"
	CandidateApproved  CandidateState = "approved"  // a draft is made of it
	CandidateDismissed CandidateState = "dismissed" // nothing is to be done about it
)

// CandidateStates returns the states in the order in which they are offered.
func CandidateStates() []CandidateState {
	return []CandidateState{CandidateOpen, CandidateApproved, CandidateDismissed}
}

const (
	mostResolved = 2000 // conversations that are compared, the first ones of the window
	mostSources  = 20   // that a candidate names
	alike        = 0.5  // share of words that two questions have in common if they are one
)

// A cluster is questions that are alike.
type cluster struct {
	Candidate
	words  []string
	askers map[string]bool
}

// reviewQuestions groups what people asked by the words that questions share.
func (a *Analyst) reviewQuestions(ctx context.Context) error {
	if a.opts.Resolved == nil {
		return nil
	}
	began := a.clock()
	var all []*cluster
	index := map[string][]*cluster{} // by locale and word
	n := 0
	for r, err := range a.opts.Resolved(ctx, began.Add(-a.opts.Window)) {
		if err != nil {
			return err
		}
		if n++; n > mostResolved {
			break
		}
		all = a.group(all, index, r)
	}
	var items []Item
	for _, c := range all {
		if c.People = len(c.askers); c.People >= a.opts.People && c.Answer != "" {
			items = append(items, Item{Kind: itemFAQ, ID: c.ID, Rank: c.People*1000 + min(c.Times, 999), Locale: c.Locale, State: string(CandidateOpen), At: began, Body: encode(c.Candidate)})
		}
	}
	return a.keepCandidates(ctx, items, began)
}

// keepCandidates keeps candidates with what was decided about them, and drops
// those that nobody asks any more.
func (a *Analyst) keepCandidates(ctx context.Context, items []Item, began time.Time) error {
	for chunk := range slices.Chunk(items, 100) {
		ids := make([]string, len(chunk))
		for i, item := range chunk {
			ids[i] = item.ID
		}
		old, _, err := a.store.Items(ctx, ItemQuery{Kind: itemFAQ, IDs: ids, Limit: len(ids)})
		if err != nil {
			return err
		}
		for i := range chunk {
			for _, o := range old {
				if o.ID == chunk[i].ID {
					chunk[i].State, chunk[i].By = o.State, o.By
				}
			}
		}
		if err := a.store.SaveItems(ctx, chunk...); err != nil {
			return err
		}
	}
	_, err := a.store.DropItems(ctx, itemFAQ, began)
	return err
}

// group puts a conversation to those that it is like, or begins a new group.
func (a *Analyst) group(all []*cluster, index map[string][]*cluster, r Resolved) []*cluster {
	question, answer := spoken(r.Conversation)
	redact := a.opts.Redactor.Naming(r.People...)
	question, _ = redact.Redact(question)
	answer, _ = redact.Redact(answer)
	about := slices.Compact(slices.Sorted(slices.Values(words(question))))
	if len(about) == 0 {
		return all
	}
	c := nearest(index, r.Locale, about)
	if c == nil {
		c = &cluster{Candidate: Candidate{ID: idem.ID("insight.faq", r.Locale, strings.Join(about, " ")), Locale: r.Locale, Question: question, State: CandidateOpen, At: r.At}, words: about, askers: map[string]bool{}}
		all = append(all, c)
		for _, w := range about {
			index[r.Locale+"|"+w] = append(index[r.Locale+"|"+w], c)
		}
	}
	c.Times++
	c.askers[cmp.Or(r.Asker, r.Source.Kind+"/"+r.Source.Ref)] = true
	if len(answer) > 0 && (c.Answer == "" || !r.At.Before(c.At)) {
		c.Answer, c.At = answer, r.At
	}
	if len(c.Sources) < mostSources {
		c.Sources = append(c.Sources, r.Source)
	}
	return all
}

// nearest returns the group whose first question has most words in common with
// one, if that are enough.
func nearest(index map[string][]*cluster, locale string, about []string) (best *cluster) {
	shared := map[*cluster]int{}
	for _, w := range about {
		for _, c := range index[locale+"|"+w] {
			shared[c]++
		}
	}
	most := 0.0
	for c, n := range shared {
		share := float64(n) / float64(len(about)+len(c.words)-n)
		if share >= alike && (share > most || share == most && best != nil && c.ID < best.ID) {
			best, most = c, share
		}
	}
	return best
}

// spoken returns what a conversation asks and what helped.
func spoken(c kb.Conversation) (question, answer string) {
	question = c.Title
	for _, t := range c.Turns {
		if t.Role == kb.TurnAsker && question == "" {
			question = t.Text
		}
		if t.Accepted {
			return question, t.Text
		}
		if t.Role == kb.TurnHelper {
			answer = t.Text
		}
	}
	return question, answer
}

// A CandidateList selects candidates.
type CandidateList struct {
	State CandidateState // empty means open
	After string         // page token from an earlier call
	Limit int            // 0 means 50
}

// Candidates returns questions that people ask again and again, those that most
// asked first, and a token for the next page, to those who write.
func (a *Analyst) Candidates(ctx context.Context, by profile.Actor, list CandidateList) ([]Candidate, string, error) {
	if !a.opts.Policy.May(by, profile.PermissionContentWrite) {
		return nil, "", fmt.Errorf("candidates: %w", ErrForbidden)
	}
	if list.State != "" && !slices.Contains(CandidateStates(), list.State) {
		return nil, "", fmt.Errorf("candidates: %w", errs.Field("state", "error.field.choice", map[string]any{"choices": ""}))
	}
	q := ItemQuery{Kind: itemFAQ, States: []string{string(cmp.Or(list.State, CandidateOpen))}, Limit: clamp(list.Limit, 50, 200)}
	scope := "faq|" + string(list.State)
	var err error
	if q.After, err = a.tokens.Open(scope, list.After); err != nil {
		return nil, "", fmt.Errorf("candidates: %w", err)
	}
	page, next, err := a.store.Items(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("candidates: %w", err)
	}
	var out []Candidate
	for _, i := range page {
		out = append(out, candidateOf(i))
	}
	return out, a.tokens.Seal(scope, next), nil
}

func candidateOf(i Item) Candidate {
	var c Candidate
	_ = json.Unmarshal(i.Body, &c) // what cannot be read is empty
	c.ID, c.State, c.By = i.ID, CandidateState(i.State), i.By
	return c
}

// Candidate returns one, or ErrNotFound, to those who write.
func (a *Analyst) Candidate(ctx context.Context, by profile.Actor, id string) (Candidate, error) {
	item, err := a.candidate(ctx, by, id)
	if err != nil {
		return Candidate{}, fmt.Errorf("candidate %s: %w", id, err)
	}
	return candidateOf(item), nil
}

func (a *Analyst) candidate(ctx context.Context, by profile.Actor, id string) (Item, error) {
	if !a.opts.Policy.May(by, profile.PermissionContentWrite) {
		return Item{}, ErrForbidden
	}
	page, _, err := a.store.Items(ctx, ItemQuery{Kind: itemFAQ, IDs: []string{id}, Limit: 1})
	if err == nil && len(page) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Item{}, err
	}
	return page[0], nil
}

// DecideCandidate says what becomes of a candidate. To approve one is to make a
// draft of it, which [Candidate.Conversation] is for.
func (a *Analyst) DecideCandidate(ctx context.Context, by profile.Actor, id string, state CandidateState) (Candidate, error) {
	item, err := a.candidate(ctx, by, id)
	if err == nil && !slices.Contains(CandidateStates(), state) {
		err = errs.Field("state", "error.field.choice", map[string]any{"choices": ""})
	}
	if err != nil {
		return Candidate{}, fmt.Errorf("candidate %s: %w", id, err)
	}
	if item.State != string(state) {
		item.State, item.By = string(state), by.ID
		if err := a.store.SaveItems(ctx, item); err != nil {
			return Candidate{}, fmt.Errorf("candidate %s: %w", id, err)
		}
	}
	return candidateOf(item), nil
}

// Conversation returns what a draft is made of, for [kb.Library.DraftFrom].
func (c Candidate) Conversation() kb.Conversation {
	return kb.Conversation{
		Source: kb.Source{Kind: "faq", Ref: c.ID}, Title: c.Question, Locale: c.Locale, Kind: kb.KindFAQ,
		Turns: []kb.Turn{{Role: kb.TurnAsker, Text: c.Question}, {Role: kb.TurnHelper, Text: c.Answer, Accepted: true}},
	}
}
