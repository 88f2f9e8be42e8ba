package lexis

import "math"

// The ranking: textbook BM25 over all text, and again over the title, whose
// words so count twice. It was chosen on the development halves of three public
// collections, on which blevesearch measures it.
const (
	K1          = 1.2  // both fields
	TextB       = 0.75 // how much a long text is held against it
	TitleB      = 1.0  // the same for a title
	TitleWeight = 0.7  // of the title's score
)

// A Ranking is what scores depend on: how rare each unit is, by its number,
// among the documents that the asker may see.
type Ranking struct {
	Text, Title []float64 // inverse document frequency
	Others      *OtherRanking
}

// An OtherRanking is what the scores of others depend on, by their numbers.
type OtherRanking struct {
	Text, Title       []float64 // inverse document frequency
	OwnText, OwnTitle []float64 // of units, also of those that are too frequent to be scored
}

// Rarity returns the inverse document frequency of what df of n documents have.
func Rarity(n, df int) float64 {
	return math.Log(1 + (float64(n)-float64(df)+0.5)/(float64(df)+0.5))
}

// Rarities returns the rarity of each of several things, 0 for what no document has.
func Rarities(total int, counts []int) []float64 {
	out := make([]float64, len(counts))
	for i, n := range counts {
		if n > 0 {
			out[i] = Rarity(total, n)
		}
	}
	return out
}

// Saturation returns what so many occurrences of a word are worth in a text whose
// length is so many times the average.
func Saturation(occurrences, b, length float64) float64 {
	return occurrences * (K1 + 1) / (occurrences + K1*(1-b+b*length))
}

// Possible returns the rarity of all units, which is what covers the request.
func (p *Reading) Possible(r *Ranking) float64 {
	sum := 0.0
	for _, u := range p.Scored {
		if ChoiceOf(p.Choices, u.Clause) == nil {
			sum += r.Text[u.Number]
		}
	}
	for _, c := range p.Choices {
		sum += p.possibleIn(c, r)
	}
	return sum
}

// Worth returns the rarity that an other counts with in text and title, and what
// it covers: no more than what it stands in for, if that is anywhere.
func (p *Reading) Worth(c *Choice, o *Other, r *Ranking) (text, title, covers float64) {
	text, title = r.Others.Text[o.Number], r.Others.Title[o.Number]
	ownText, ownTitle, scored := 0.0, 0.0, 0.0
	for _, u := range p.Own(c, true) {
		ownText += r.Others.OwnText[u.Number]
		ownTitle += r.Others.OwnTitle[u.Number]
		scored += r.Text[u.Number]
	}
	if ownText > 0 {
		if scored == 0 {
			return 0, 0, 0 // what is too frequent to count does not count by other names
		}
		text, title = min(text, scored), min(title, scored)
	}
	if ownTitle > 0 {
		title = min(title, ownTitle)
	}
	return o.Weight * text, o.Weight * title, p.possibleIn(c, r)
}

// possibleIn returns what covers all of a choice.
func (p *Reading) possibleIn(c *Choice, r *Ranking) float64 {
	sum := 0.0
	for _, u := range p.Own(c, false) {
		sum += r.Text[u.Number]
	}
	for _, inner := range c.Inner {
		sum += p.possibleIn(inner, r)
	}
	if sum > 0 {
		return sum
	}
	for _, o := range c.Others {
		sum = max(sum, r.Others.Text[o.Number])
	}
	return sum
}
