package kb

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/stoa-go/stoa/internal/errs"
)

const maxSlug = 100 // runes

// Slugify makes a slug from a title: lower case, without the accents of Latin
// and Greek letters, at most 100 characters. Everything that is neither a letter
// nor a digit becomes a hyphen. Making a slug from a slug changes nothing.
func Slugify(title string) string {
	var out []rune
	gap := false
	for _, r := range norm.NFC.String(unaccented(title)) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && len(out) > 0 {
				out = append(out, '-')
			}
			out, gap = append(out, unicode.ToLower(r)), false
		case isMark(r) && !gap && len(out) > 0:
			out = append(out, r)
		default:
			gap = true
		}
		if len(out) >= maxSlug {
			break
		}
	}
	return strings.TrimRight(string(out[:min(len(out), maxSlug)]), "-")
}

// unaccented returns s with compatible forms of letters made plain, and without
// accents on letters of Latin and Greek, which are often typed without.
func unaccented(s string) string {
	s = strings.NewReplacer("ß", "ss", "ẞ", "ss").Replace(s)
	var b strings.Builder
	var base rune
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, " ")) {
		if !unicode.IsMark(r) {
			base = r
		} else if unicode.In(base, unicode.Latin, unicode.Greek) {
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isMark reports whether r is a mark that spells a letter of some script: not
// one that only changes how a sign is drawn.
func isMark(r rune) bool {
	return unicode.IsMark(r) && !unicode.In(r, unicode.Variation_Selector, unicode.Me, unicode.Other_Default_Ignorable_Code_Point)
}

// slugFor makes a slug from a title, and from the ID where the title has
// nothing to make one from.
func slugFor(title, id string) string {
	if s := Slugify(title); s != "" {
		return s
	}
	return Slugify(id)
}

// freeSlug returns an error if another article has the slug that an author
// chose. One made from a title makes way by itself.
func (l *Library) freeSlug(ctx context.Context, id, slug string) error {
	if slug == "" {
		return nil
	}
	holder, err := l.store.Holder(ctx, Slugify(slug))
	if errors.Is(err, ErrNotFound) || err == nil && holder == id {
		return nil
	}
	if err != nil {
		return err
	}
	return errs.Field("slug", "error.field.taken", nil)
}

// makeWay gives new slugs to the translations of a whose slugs other articles
// have, and reports whether there were any. Sure ones nobody else can have.
func (l *Library) makeWay(ctx context.Context, a *Article, sure bool) (bool, error) {
	moved := false
	for i, t := range a.Translations {
		slug, err := l.nextFree(ctx, a.ID, t.Slug, sure)
		if err != nil {
			return false, err
		}
		moved = moved || slug != t.Slug
		a.Translations[i].Slug = slug
	}
	return moved, nil
}

// nextFree returns the first of "reset", "reset-2", "reset-3" that no other
// article has, and after a few one with the article's ID.
func (l *Library) nextFree(ctx context.Context, id, slug string, sure bool) (string, error) {
	for n := 1; n == 1 || n < 10 && !sure; n++ {
		try := slug
		if n > 1 {
			try += "-" + strconv.Itoa(n)
		}
		holder, err := l.store.Holder(ctx, try)
		if errors.Is(err, ErrNotFound) || err == nil && holder == id {
			return try, nil
		}
		if err != nil {
			return "", err
		}
	}
	return slug + "-" + Slugify(id), nil
}
