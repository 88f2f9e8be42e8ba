package sqlkb

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// PurgeArticle implements [kb.ArticleStore].
func (s *Store) PurgeArticle(ctx context.Context, id string, version int, held []string) (purged bool, err error) {
	if sqldb.CheckText(id) != nil {
		return false, kb.ErrNotFound
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		purged = false
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		if kept, err := keptFor(ctx, tx, id, version, held); err != nil || kept {
			return err
		}
		purged = true
		return purge(ctx, tx, id)
	})
	return purged && err == nil, err
}

// keptFor reports whether anybody of whom nothing may be removed has a part in an
// article that is in the bin at version.
func keptFor(ctx context.Context, tx sqlx.ExtContext, id string, version int, held []string) (bool, error) {
	n := 0
	if err := sqldb.Get(ctx, tx, &n, "article", `select count(*) from stoa_article where id = $1 and version = $2 and deleted_at is not null`, id, version); err != nil {
		return false, err
	}
	if n == 0 {
		return false, missing(ctx, tx, errs.Conflict, `select 1 from stoa_article where id = $1`, id)
	}
	for _, who := range storable(held) {
		err := sqldb.Get(ctx, tx, &n, "article", `
			select (select count(*) from stoa_article where id = $1 and $2 in (owner, deleted_by)) +
				(select count(*) from stoa_revision where article = $1 and author = $2) +
				(select count(*) from stoa_note where article = $1 and author = $2) +
				(select count(*) from stoa_article_feedback where article = $1 and person = $2)`, id, who)
		if err != nil || n > 0 && who != "" {
			return n > 0, err
		}
	}
	return false, nil
}

// purge removes an article with all there is about it. What is not named here
// goes with its row.
func purge(ctx context.Context, tx sqlx.ExtContext, id string) error {
	if err := askArticles(ctx, tx, []string{id}); err != nil {
		return err
	}
	if _, err := sqldb.Exec(ctx, tx, `delete from stoa_redirect where target = $1`, "article/"+id); err != nil {
		return err
	}
	for _, text := range []string{
		`delete from stoa_note_mention where note in (select id from stoa_note where article = $1)`, `delete from stoa_note where article = $1`,
		`delete from stoa_working where article = $1`, `delete from stoa_lock where article = $1`,
		`delete from stoa_article where id = $1`, `delete from stoa_article_link where article = $1`,
	} {
		if _, err := sqldb.Exec(ctx, tx, text, id); err != nil {
			return err
		}
	}
	return feed.Append(ctx, tx, feed.Change{Topic: topic, Ref: id})
}
