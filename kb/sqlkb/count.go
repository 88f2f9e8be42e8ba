package sqlkb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"

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

// putCounts moves an article that is about to be stored from the count of what
// it was to that of what it will be. Writers wait for each other at the stamp,
// so that nobody counts in between.
func putCounts(ctx context.Context, tx sqlx.ExtContext, a kb.Article) error {
	var was share
	err := sqlx.GetContext(ctx, tx, &was, `select category, audience, visible from stoa_article where id = $1`, a.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	will := share{Category: a.Category, Audience: sqldb.Strings(a.Audience), Visible: len(a.Live()) > 0}
	if was.Visible == will.Visible && was.id() == will.id() {
		return nil
	}
	if err := was.count(ctx, tx, -1); err != nil {
		return err
	}
	// An audience may name somebody who is to be forgotten.
	if _, err := sqldb.Exec(ctx, tx, `delete from stoa_article_count where id = $1 and n = 0`, was.id()); err != nil {
		return err
	}
	return will.count(ctx, tx, 1)
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
