package sqlkb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

type blockRow struct {
	Name     string
	Version  int
	Audience sqldb.Strings
	Source   string
	Texts    sqldb.StringMap
	Author   string
	Note     string
	At       sqldb.Time
}

const blockColumns = `name, version, audience, source, texts, author, note, at`

func (r blockRow) block() kb.Block {
	return kb.Block{
		Name: r.Name, Audience: profile.Audience(r.Audience), Source: r.Source, Texts: kb.Words(r.Texts), Author: r.Author,
		Note: r.Note, UpdatedAt: r.At.Time, Version: r.Version,
	}
}

func (s *Store) blocks(ctx context.Context, query string, args ...any) ([]kb.Block, error) {
	var rows []blockRow
	err := s.db.Select(ctx, &rows, `select `+blockColumns+` from stoa_block `+query, args...)
	var out []kb.Block
	for _, r := range rows {
		out = append(out, r.block())
	}
	return out, err
}

// Blocks implements [kb.BlockStore].
func (s *Store) Blocks(ctx context.Context) ([]kb.Block, string, error) {
	all, err := s.blocks(ctx, newest)
	if err != nil {
		return nil, "", err
	}
	return all, blockStamp(all), nil
}

// blockStamp changes with every block. A name may be taken anew after a block was
// removed: times tell the two apart.
func blockStamp(all []kb.Block) string {
	h := sha256.New()
	for _, b := range all {
		fmt.Fprintf(h, "%s %d %d\n", b.Name, b.Version, b.UpdatedAt.UnixMicro())
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// SaveBlock implements [kb.BlockStore].
func (s *Store) SaveBlock(ctx context.Context, b kb.Block, stamped string, shown []string) error {
	texts := append([]string{b.Name, b.Source, b.Author, b.Note}, b.Audience...)
	for locale, text := range b.Texts {
		texts = append(texts, locale, text)
	}
	if err := sqldb.CheckText(texts...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		// The stamp's row lock makes all who write wait here for each other.
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		if err := blockFollows(ctx, tx, b, stamped); err != nil {
			return err
		}
		_, err := sqldb.Exec(ctx, tx, `insert into stoa_block (`+blockColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			b.Name, b.Version, sqldb.Strings(b.Audience), b.Source, sqldb.StringMap(b.Texts), b.Author, b.Note, sqldb.At(b.UpdatedAt))
		if err != nil {
			return err
		}
		if err := askNamed(ctx, tx, kb.LinkBlock, b.Name); err != nil {
			return err
		}
		if err := askShown(ctx, tx, shown); err != nil {
			return err
		}
		return logShown(ctx, tx, shown)
	})
}

// blockFollows checks that b is the next version of its block, and that no other
// has changed since the stamp.
func blockFollows(ctx context.Context, tx sqlx.ExtContext, b kb.Block, stamped string) error {
	now, err := newestBlocks(ctx, tx)
	if err != nil {
		return err
	}
	mine := 0
	for _, other := range now {
		if other.Name == b.Name {
			mine = other.Version
		}
	}
	switch {
	case mine == 0 && b.Version != 1:
		return kb.ErrNotFound
	case mine != b.Version-1, blockStamp(now) != stamped:
		return kb.ErrConflict
	}
	return nil
}

// newestBlocks returns of all blocks what tells whether they changed.
func newestBlocks(ctx context.Context, tx sqlx.ExtContext) (out []kb.Block, err error) {
	var rows []struct {
		Name    string
		Version int
		At      sqldb.Time
	}
	err = sqldb.Select(ctx, tx, &rows, `select name, version, at from stoa_block `+newest)
	for _, r := range rows {
		out = append(out, kb.Block{Name: r.Name, Version: r.Version, UpdatedAt: r.At.Time})
	}
	return out, err
}

const newest = `where version = (select max(o.version) from stoa_block o where o.name = stoa_block.name) order by name`

// RemoveBlock implements [kb.BlockStore].
func (s *Store) RemoveBlock(ctx context.Context, name string, version int, stamped string) error {
	if sqldb.CheckText(name) != nil {
		return kb.ErrNotFound
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		if err := blockFollows(ctx, tx, kb.Block{Name: name, Version: version + 1}, stamped); err != nil {
			return missing(ctx, tx, err, `select 1 from stoa_block where name = $1 limit 1`, name)
		}
		res, err := sqldb.Exec(ctx, tx, `
			delete from stoa_block where name = $1 and not exists (
				select 1 from stoa_block_use u join stoa_article a on a.id = u.article
					join stoa_translation t on t.article = u.article and t.locale = u.locale
				where u.name = $1 and a.deleted_at is null and (t.head = u.number or t.status = 'published' and t.live = u.number))`, name)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, missing(ctx, tx, kb.ErrConflict, `select 1 from stoa_block where name = $1 limit 1`, name))
		}
		return askNamed(ctx, tx, kb.LinkBlock, name)
	})
}

// logShown notes that the articles that include any of the blocks have changed.
func logShown(ctx context.Context, tx sqlx.ExtContext, names []string) error {
	if len(names) == 0 {
		return nil
	}
	w := &sqldb.Where{}
	sqldb.In(w, "name", names)
	var ids []string
	if err := sqldb.Select(ctx, tx, &ids, `select distinct article from stoa_block_use `+w.String()+` order by article`, w.Args()...); err != nil {
		return err
	}
	changes := make([]feed.Change, len(ids))
	for i, id := range ids {
		changes[i] = feed.Change{Topic: topic, Ref: id}
	}
	return feed.Append(ctx, tx, changes...)
}

// BlockVersions implements [kb.BlockStore].
func (s *Store) BlockVersions(ctx context.Context, name string, before, limit int) ([]kb.Block, error) {
	if sqldb.CheckText(name) != nil {
		return nil, ctx.Err()
	}
	return s.blocks(ctx, `where name = $1 and ($2 = 0 or version < $2) order by version desc limit $3`, name, before, limit)
}

// BlockUses implements [kb.BlockStore].
func (s *Store) BlockUses(ctx context.Context, names []string) ([]kb.BlockUse, error) {
	w := &sqldb.Where{}
	sqldb.In(w, "u.name", storable(names))
	var rows []struct {
		Article string
		Locale  string
		Live    int
	}
	err := s.db.Select(ctx, &rows, `
		select u.article, u.locale, max(case when t.status = 'published' and t.live = u.number then 1 else 0 end) as live
		from stoa_block_use u join stoa_translation t on t.article = u.article and t.locale = u.locale
		`+w.String()+` and (t.head = u.number or t.status = 'published' and t.live = u.number)
		group by u.article, u.locale order by u.article, u.locale`, w.Args()...)
	var out []kb.BlockUse
	for _, r := range rows {
		out = append(out, kb.BlockUse{Article: r.Article, Locale: r.Locale, Live: r.Live > 0})
	}
	return out, err
}

// BlocksBy implements [kb.PersonStore].
func (s *Store) BlocksBy(ctx context.Context, person string) ([]kb.Block, error) {
	if nobody(person) {
		return nil, ctx.Err()
	}
	return s.blocks(ctx, `where author = $1 and author <> '' order by name, version`, person)
}
