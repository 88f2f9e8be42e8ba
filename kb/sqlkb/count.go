package sqlkb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// A share is what an article is counted under.
type share struct {
	Category string
	Audience sqldb.Strings
	Visible  bool
}

// putCounts moves articles that are about to be stored from the count of what
// they were to that of what they will be. Writers wait for each other at the stamp,
// so that nobody counts in between.
func putCounts(ctx context.Context, tx sqlx.ExtContext, ids []string, articles []kb.Article) error {
	w := &sqldb.Where{}
	sqldb.In(w, "id", ids)
	var were []share
	if err := sqldb.Select(ctx, tx, &were, `select category, audience, visible from stoa_article `+w.String(), w.Args()...); err != nil {
		return err
	}
	moved, of := map[string]int{}, map[string]share{}
	tally := func(s share, n int) {
		if s.Visible {
			moved[s.id()] += n
			of[s.id()] = s
		}
	}
	for _, was := range were {
		tally(was, -1)
	}
	for _, a := range articles {
		tally(share{Category: a.Category, Audience: sqldb.Strings(a.Audience), Visible: len(a.Live()) > 0}, 1)
	}
	for _, id := range slices.Sorted(maps.Keys(moved)) {
		if moved[id] == 0 {
			continue
		}
		if err := of[id].count(ctx, tx, moved[id]); err != nil {
			return err
		}
		// An audience may name somebody who is to be forgotten.
		if _, err := sqldb.Exec(ctx, tx, `delete from stoa_article_count where id = $1 and n = 0`, id); err != nil {
			return err
		}
	}
	return nil
}

// count adds n articles to a share, if readers are shown them.
func (s share) count(ctx context.Context, tx sqlx.ExtContext, n int) error {
	if !s.Visible {
		return nil
	}
	_, err := sqldb.Exec(ctx, tx, `
		insert into stoa_article_count (id, category, audience, n) values ($1, $2, $3, $4)
		on conflict (id) do update set n = stoa_article_count.n + excluded.n`, s.id(), s.Category, s.Audience, n)
	return err
}

// id names a share. An audience may be too long for a key.
func (s share) id() string {
	text, err := json.Marshal(append([]string{s.Category}, s.Audience...))
	if err != nil {
		panic(err) // texts
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
