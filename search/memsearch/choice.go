package memsearch

import (
	"slices"

	"github.com/stoa-go/stoa/search"
)

// A choice is some words of a question with what stands in for all of them.
type choice struct {
	search.Choice

	others []other
	inner  []choice
}

// An other is an alternative, cut into tokens.
type other struct {
	search.Alternative

	tokens     []string
	all, title float64 // documents that have it
}

func newChoices(list []search.Choice, scope []*entry) []choice {
	var out []choice
	for _, c := range list {
		made := choice{Choice: c, inner: newChoices(c.Inner, scope)}
		for _, a := range c.Also {
			o := other{Alternative: a}
			for _, t := range tokenize(a.Text) {
				o.tokens = append(o.tokens, t.text)
			}
			if len(o.tokens) > 0 {
				made.others = append(made.others, o.among(scope))
			}
		}
		out = append(out, made)
	}
	return out
}

func (o other) among(scope []*entry) other {
	for _, e := range scope {
		if o.in(e) {
			o.all++
			if follows(e.fields[0], o.tokens) {
				o.title++
			}
		}
	}
	return o
}

// in reports whether an entry has an alternative.
func (o other) in(e *entry) bool {
	return slices.ContainsFunc(e.fields, func(field []token) bool { return follows(field, o.tokens) })
}

// tidy leaves out others that are looked for anyway, and all of a word that is
// there twice.
func (q *question) tidy(choices []choice) []choice {
	for i := range choices {
		c := &choices[i]
		c.inner = q.tidy(c.inner)
		again := slices.ContainsFunc(q.own[:c.From], func(own []string) bool {
			return slices.ContainsFunc(own, func(t string) bool {
				return slices.ContainsFunc(q.tokens[c.From:c.To], func(tokens []string) bool { return slices.Contains(tokens, t) })
			})
		})
		c.others = slices.DeleteFunc(c.others, func(o other) bool {
			return again || !slices.ContainsFunc(o.tokens, func(t string) bool { return !slices.Contains(q.wanted, t) })
		})
	}
	return choices
}

// hasOther reports whether an entry has an alternative to anything.
func hasOther(e *entry, choices []choice) bool {
	return slices.ContainsFunc(choices, func(c choice) bool {
		return slices.ContainsFunc(c.others, func(o other) bool { return o.in(e) }) || hasOther(e, c.inner)
	})
}

// A worth is what some words add to a score.
type worth struct {
	score   float64
	reasons []search.Reason
}

func (w *worth) add(what string, value float64) {
	if value > 0 {
		w.score += value
		w.reasons = append(w.reasons, search.Reason{What: what, Value: value})
	}
}

// worth returns what the words from one to another add to the score of an entry.
func (q *question) worth(e *entry, from, to int, choices []choice) worth {
	var sum worth
	for i := from; i < to; i++ {
		if len(choices) > 0 && choices[0].From == i {
			best := q.best(e, choices[0])
			sum.score, sum.reasons = sum.score+best.score, append(sum.reasons, best.reasons...)
			i, choices = choices[0].To-1, choices[1:]
			continue
		}
		for _, t := range q.own[i] {
			sum.add(t, bm25(e.all, t, q.n, float64(q.all[t]), q.allLen)+titleBoost*bm25(e.title, t, q.n, float64(q.title[t]), q.titLen))
		}
	}
	return sum
}

// best returns what the best of a choice adds.
func (q *question) best(e *entry, c choice) worth {
	best := q.worth(e, c.From, c.To, c.inner)
	own, ownTitle := q.rarity(c)
	for _, o := range c.others {
		if !o.in(e) {
			continue
		}
		idf, title := idf(q.n, o.all), idf(q.n, o.title)
		if own > 0 {
			idf, title = min(idf, own), min(title, own)
		}
		if ownTitle > 0 {
			title = min(title, ownTitle)
		}
		value := idf * saturation(e.all, o.tokens, q.allLen)
		if follows(e.fields[0], o.tokens) {
			value += titleBoost * title * saturation(e.title, o.tokens, q.titLen)
		}
		var w worth
		if w.add("alternative: "+o.Text, o.Weight*value); w.score > best.score {
			best = w
		}
	}
	return best
}

// rarity returns how rare the words of a choice are together.
func (q *question) rarity(c choice) (all, title float64) {
	for _, own := range q.own[c.From:c.To] {
		for _, t := range own {
			if q.all[t] > 0 {
				all += idf(q.n, float64(q.all[t]))
			}
			if q.title[t] > 0 {
				title += idf(q.n, float64(q.title[t]))
			}
		}
	}
	return all, title
}

// saturation is what the occurrences of some tokens, of the rarest of them, are
// worth in a bag.
func saturation(b bag, tokens []string, average float64) float64 {
	tf := b.count[tokens[0]]
	for _, t := range tokens {
		tf = min(tf, b.count[t])
	}
	return saturated(b, float64(tf), average)
}

// marked returns those of the tokens of a text that were found in it.
func (q *question) marked(tokens []token) []token {
	var out []token
	at := map[int]bool{}
	q.markOthers(tokens, q.choices, at)
	for i, t := range tokens {
		if at[i] || found(t, q.wanted) {
			out = append(out, t)
		}
	}
	return out
}

func (q *question) markOthers(tokens []token, choices []choice, at map[int]bool) {
	for _, c := range choices {
		for _, o := range c.others {
			for i := range len(tokens) - len(o.tokens) + 1 {
				if follows(tokens[i:i+len(o.tokens)], o.tokens) {
					for j := range o.tokens {
						at[i+j] = true
					}
				}
			}
		}
		q.markOthers(tokens, c.inner, at)
	}
}
