// Package addressprofile looks postal addresses up: in a list, which needs no
// network, or at a service of the team's own.
//
//	lookup := profile.BoundLookup(addressprofile.NewList(known), 2*time.Second)
//
// Either is a [profile.AddressLookup].
package addressprofile

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// A List finds addresses among those it holds. It may be used concurrently.
type List struct {
	all   []profile.Address
	words []string // of each, to search in
}

var _ profile.AddressLookup = (*List)(nil)

// NewList returns a List of addresses, as they are given.
func NewList(all []profile.Address) *List {
	l := &List{all: all}
	for _, a := range all {
		l.words = append(l.words, " "+plain(strings.Join(append([]string{a.PostalCode, a.City, a.Region}, a.Street...), " ")))
	}
	return l
}

// plain is a text as it is compared: in small letters, with one space between
// words.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(",.;", r) {
			return ' '
		}
		return r
	}, strings.ToLower(text))
	return strings.Join(strings.Fields(text), " ")
}

// Suggest implements [profile.AddressLookup]: what holds a word that begins with
// each of those typed.
func (l *List) Suggest(_ context.Context, q profile.AddressQuery) (out []profile.AddressSuggestion, err error) {
	typed := strings.Fields(plain(q.Text))
	for i, a := range l.all {
		if len(typed) == 0 || q.Country != "" && q.Country != a.Country || !holds(l.words[i], typed) {
			continue
		}
		out = append(out, profile.AddressSuggestion{ID: strconv.Itoa(i), Label: strings.Join(a.Lines(), ", ")})
		if len(out) == limit(q.Limit) {
			break
		}
	}
	return out, nil
}

func holds(words string, typed []string) bool {
	for _, word := range typed {
		if !strings.Contains(words, " "+word) {
			return false
		}
	}
	return true
}

func limit(n int) int {
	if n <= 0 {
		return 10
	}
	return n
}

// Address implements [profile.AddressLookup].
func (l *List) Address(_ context.Context, id string) (profile.Address, error) {
	i, err := strconv.Atoi(id)
	if err != nil || i < 0 || i >= len(l.all) {
		return profile.Address{}, fmt.Errorf("address %q: %w", id, profile.ErrNotFound)
	}
	return l.all[i], nil
}
