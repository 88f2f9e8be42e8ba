package sqlkb

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// Redirect implements [kb.CategoryStore].
func (s *Store) Redirect(ctx context.Context, from string) (kb.Redirect, error) {
	var r struct{ Path, Target, Locale string }
	err := s.get(ctx, &r, "redirect", `select path, target, locale from stoa_redirect where path = $1`, from)
	return kb.Redirect{From: r.Path, To: r.Target, Locale: r.Locale}, err
}

// RedirectsTo implements [kb.CategoryStore].
func (s *Store) RedirectsTo(ctx context.Context, targets ...string) ([]kb.Redirect, error) {
	var out []kb.Redirect
	for chunk := range slices.Chunk(targets, maxRows) {
		var w sqldb.Where
		sqldb.In(&w, "target", chunk)
		var rows []struct{ Path, Target, Locale string }
		if err := s.db.Select(ctx, &rows, `select path, target, locale from stoa_redirect `+w.String(), w.Args()...); err != nil {
			return nil, err
		}
		for _, r := range rows {
			out = append(out, kb.Redirect{From: r.Path, To: r.Target, Locale: r.Locale})
		}
	}
	slices.SortFunc(out, func(a, b kb.Redirect) int { return strings.Compare(a.From, b.From) })
	return out, nil
}

// SaveRedirects implements [kb.CategoryStore].
func (s *Store) SaveRedirects(ctx context.Context, redirects ...kb.Redirect) error {
	last := map[string][]any{} // a statement may not change a row twice
	for _, r := range redirects {
		if err := sqldb.CheckText(r.From, r.To, r.Locale); err != nil {
			return err
		}
		last[r.From] = []any{r.From, r.To, r.Locale}
	}
	rows := slices.SortedFunc(maps.Values(last), func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) })
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		return putAll(ctx, tx, `insert into stoa_redirect (path, target, locale)`, rows, `
			on conflict (path) do update set target = excluded.target, locale = excluded.locale`)
	})
}
