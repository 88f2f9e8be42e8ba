package insight

import (
	"context"
	"slices"
	"time"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/report"
)

// Searches tells what people search for and what comes of it, of what enough of
// them did: a [report.Reporter].
type Searches interface {
	// Summary returns how searches did, day by day.
	Summary(ctx context.Context, by profile.Actor, f report.Filter) (report.Summary, error)

	// Failing returns what fails, what would help most people first.
	Failing(ctx context.Context, by profile.Actor, f report.Filter) ([]report.Item, error)

	// Asked returns those of some questions that enough people asked, by key.
	Asked(ctx context.Context, by profile.Actor, f report.Filter, questions ...report.Query) (map[string]report.Question, error)
}

// window selects the searches of the days that lists look at.
func (a *Analyst) window() report.Filter { return report.Filter{Days: int(a.opts.Window / day)} }

// asked returns those of some questions that may be told of, by key.
func (a *Analyst) asked(ctx context.Context, questions ...Query) (map[string]report.Question, error) {
	if a.opts.Searches == nil {
		return nil, nil
	}
	return a.opts.Searches.Asked(ctx, a.opts.As, a.window(), questions...)
}

// searched returns how often something was searched for, by day.
func (a *Analyst) searched(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	if a.opts.Searches == nil {
		return out, nil
	}
	s, err := a.opts.Searches.Summary(ctx, a.opts.As, a.window())
	for _, d := range s.Days {
		out[d.Key] = d.Searches
	}
	return out, err
}

const (
	lately        = 5 * time.Minute // how old a list of what fails may be: it takes work, and stands beside each article that is begun
	mostLanguages = 50              // languages whose list is kept
)

// failing is what failed at a time.
type failing struct {
	at   time.Time
	gaps []Gap
}

// failures returns what fails in a language, or in any, and may do so for lack of
// an article, what would help most people first.
func (a *Analyst) failures(ctx context.Context, locale string) ([]Gap, error) {
	now := a.clock()
	if f, ok := a.failing.Load(locale); ok && now.Sub(f.at) < lately {
		return slices.Clone(f.gaps), nil
	}
	if a.opts.Searches == nil {
		return nil, nil
	}
	filter := a.window()
	filter.Language = locale
	list, err := a.opts.Searches.Failing(ctx, a.opts.As, filter)
	if err != nil {
		return nil, err
	}
	f := failing{at: now}
	for _, item := range list {
		if reasons := gapReasons(item.Reasons); len(reasons) > 0 {
			f.gaps = append(f.gaps, Gap{Question: item.Question, Reasons: reasons})
		}
	}
	a.failing.Store(locale, f)
	return slices.Clone(f.gaps), nil
}

// gapReasons leaves out why searches fail that is not for lack of an article.
func gapReasons(list []report.Reason) []Reason {
	return slices.DeleteFunc(slices.Clone(list), func(r Reason) bool { return !slices.Contains(Reasons(), r) })
}
