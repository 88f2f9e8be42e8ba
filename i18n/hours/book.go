package hours

import (
	"errors"
	"maps"
	"regexp"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
)

// A Book is calendars by name: those of the teams, regions or contracts that a
// desk has.
type Book map[string]*Calendar

var bookName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// NewBook makes sure of plans. What is wrong with them comes back by field, such
// as "europe.week.mon[0]".
func NewBook(plans map[string]Plan) (Book, error) {
	f, book := errs.Fields{}, Book{}
	for _, name := range slices.Sorted(maps.Keys(plans)) {
		if !bookName.MatchString(name) {
			f.Add(name, "error.hours.name", nil)
			continue
		}
		c, err := New(plans[name])
		if wrong, ok := errors.AsType[errs.Fields](err); ok {
			for field, m := range wrong {
				f[name+"."+field] = m
			}
		}
		book[name] = c
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return book, nil
}

// ReadBook reads plans by name as JSON, as strictly as [Read] does.
func ReadBook(data []byte) (Book, error) {
	plans, err := parse[map[string]Plan](data)
	if err != nil {
		return nil, err
	}
	return NewBook(plans)
}
