package search

import (
	"slices"
	"time"
)

// Wire structs are what the JSON API speaks. They are apart from the types of
// the engine so that neither holds the other back.

type spanWire struct {
	Text  string `json:"text" doc:"plain text, to be escaped"`
	Match bool   `json:"match"`
}

type hitWire struct {
	ID        string     `json:"id"`
	Group     string     `json:"group" doc:"what the document is a version of"`
	Kind      string     `json:"kind"`
	Locale    string     `json:"locale" doc:"language of the document"`
	Title     string     `json:"title"`
	TitleHits []spanWire `json:"title_spans" doc:"the title, cut where words were found"`
	Snippet   []spanWire `json:"snippet" doc:"the best passage of the text, cut where words were found"`
	Path      string     `json:"path"`
	UpdatedAt time.Time  `json:"updated_at"`
	Rank      int        `json:"rank"`
	Pinned    bool       `json:"pinned,omitempty" doc:"a team has put it there"`
	Click     string     `json:"click" doc:"token for POST /clicks when the hit is followed"`
}

type answerWire struct {
	Group   string   `json:"group" doc:"of the hit that it is quoted from"`
	Locale  string   `json:"locale"`
	Title   string   `json:"title" doc:"of the hit"`
	Heading string   `json:"heading,omitempty" doc:"what the passage stands below"`
	Path    string   `json:"path" doc:"where the passage is read"`
	Intro   string   `json:"intro,omitempty" doc:"what leads to the list"`
	Kind    string   `json:"kind" doc:"text, list or steps"`
	Lines   []string `json:"lines" doc:"whole sentences, or entries of the list; plain text"`
	More    bool     `json:"more" doc:"the passage goes on"`
	Click   string   `json:"click" doc:"token for POST /clicks when it is followed"`
	Token   string   `json:"token" doc:"for POST /answers"`
}

type countWire struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

type leaningWire struct {
	Because string `json:"because" doc:"owned, read or segment, or another word of the portal's"`
	Facet   string `json:"facet"`
	Value   string `json:"value,omitempty" doc:"of the facet; of an audience nothing is told"`
}

type resultsWire struct {
	ID         string                 `json:"id" doc:"of this search"`
	Answer     *answerWire            `json:"answer,omitempty" doc:"a passage that answers what was asked, quoted word by word; only where one surely does"`
	Hits       []hitWire              `json:"hits"`
	Total      int                    `json:"total"`
	Facets     map[string][]countWire `json:"facets"`
	DidYouMean string                 `json:"did_you_mean,omitempty" doc:"the whole query in a spelling that finds more"`
	Personal   []leaningWire          `json:"personal,omitempty" doc:"what has moved hits up for whoever asks; see parameter impersonal"`
	Token      string                 `json:"token" doc:"for parameter token on other pages of this search"`
	Next       string                 `json:"next,omitempty" doc:"for parameter after"`
	Page       int                    `json:"page"`
	Pages      int                    `json:"pages" doc:"how many can be reached"`
	Partial    bool                   `json:"partial" doc:"the index is still being filled or is behind, there may be more"`
}

type suggestionWire struct {
	ID        string     `json:"id"`
	Group     string     `json:"group"`
	Kind      string     `json:"kind"`
	Locale    string     `json:"locale"`
	Title     []spanWire `json:"title"`
	Path      string     `json:"path"`
	UpdatedAt time.Time  `json:"updated_at"`
}

type suggestionsWire struct {
	Suggestions []suggestionWire `json:"suggestions"`
}

type clickWire struct {
	Token string `json:"token" validate:"required,max=4096" doc:"click of the hit that was followed"`
}

type answeredWire struct {
	Token string `json:"token" validate:"required,max=4096" doc:"token of the answer"`
	Right bool   `json:"right" doc:"whether it was one"`
}

func wireAnswer(a *Answer) *answerWire {
	if a == nil {
		return nil
	}
	return &answerWire{
		Group: a.Hit.Group, Locale: a.Hit.Locale, Title: a.Hit.Title, Heading: a.Heading, Path: a.Address(), Intro: a.Intro,
		Kind: or(string(a.Kind), "text"), Lines: a.Lines, More: a.More, Click: a.Hit.Click, Token: a.Token,
	}
}

func wireSpans(spans []Span) []spanWire {
	out := make([]spanWire, 0, len(spans))
	for _, s := range spans {
		out = append(out, spanWire(s))
	}
	return out
}

// wireLeanings leaves out what segments are called: that is for those who make
// them.
func wireLeanings(list []Leaning) (out []leaningWire) {
	for _, l := range list {
		w := leaningWire{Because: l.Because, Facet: l.Facet, Value: l.Value}
		if l.Facet == FacetAudience {
			w.Value = ""
		}
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

func wireResults(r Results) resultsWire {
	out := resultsWire{
		ID: r.ID, Answer: wireAnswer(r.Answer), Hits: make([]hitWire, 0, len(r.Hits)), Total: r.Total, Facets: map[string][]countWire{},
		DidYouMean: r.DidYouMean, Personal: wireLeanings(r.Leanings()), Token: r.Token, Next: r.Next, Page: r.Page, Pages: r.Pages, Partial: r.Partial,
	}
	for _, h := range r.Hits {
		out.Hits = append(out.Hits, hitWire{
			ID: h.ID, Group: h.Group, Kind: h.Kind, Locale: h.Locale, Title: h.Title, TitleHits: wireSpans(h.Titles),
			Snippet: wireSpans(h.Snippet), Path: h.Path, UpdatedAt: h.UpdatedAt, Rank: h.Rank, Pinned: h.Pinned, Click: h.Click,
		})
	}
	for name, counts := range r.Facets {
		out.Facets[name] = make([]countWire, 0, len(counts))
		for _, c := range counts {
			out.Facets[name] = append(out.Facets[name], countWire(c))
		}
	}
	return out
}

func wireSuggestions(list []Suggestion) suggestionsWire {
	out := suggestionsWire{Suggestions: make([]suggestionWire, 0, len(list))}
	for _, s := range list {
		out.Suggestions = append(out.Suggestions, suggestionWire{
			ID: s.ID, Group: s.Group, Kind: s.Kind, Locale: s.Locale, Title: wireSpans(s.Title), Path: s.Path, UpdatedAt: s.UpdatedAt,
		})
	}
	return out
}
