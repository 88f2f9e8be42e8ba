package sqlkb

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

type categoryRow struct {
	ID        string
	Parent    string
	Place     int
	Audience  sqldb.Strings
	Icon      string
	Labels    sqldb.JSON[map[string]kb.Label]
	Source    string
	External  string
	UpdatedAt sqldb.Time `db:"updated_at"`
	Version   int
}

func (r categoryRow) category() kb.Category {
	return kb.Category{
		ID: r.ID, Parent: r.Parent, Order: r.Place, Audience: profile.Audience(r.Audience), Icon: r.Icon,
		Labels: r.Labels.V, Source: r.Source, External: r.External, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
}

// Categories implements [kb.CategoryStore].
func (s *Store) Categories(ctx context.Context) ([]kb.Category, string, error) {
	// The stamp is read first: if a category changes in between, the next
	// reader sees a newer stamp and reads again.
	stamp, _, err := s.Stamps(ctx)
	if err != nil {
		return nil, "", err
	}
	var rows []categoryRow
	err = s.db.Select(ctx, &rows, `
		select id, parent, place, audience, icon, labels, source, external, updated_at, version
		from stoa_category order by id`)
	var all []kb.Category
	for _, r := range rows {
		all = append(all, r.category())
	}
	return all, stamp, err
}

// SaveCategory implements [kb.CategoryStore].
func (s *Store) SaveCategory(ctx context.Context, c kb.Category, stamped string, moved []string) error {
	texts := append([]string{c.ID, c.Parent, c.Icon, c.Source, c.External}, c.Audience...)
	for locale, l := range c.Labels {
		texts = append(texts, locale, l.Title, l.Slug, l.Description)
	}
	if err := sqldb.CheckText(texts...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		if err := putCategory(ctx, tx, c); err != nil {
			return err
		}
		if err := stampFrom(ctx, tx, "category", stamped); err != nil {
			return err
		}
		if err := putCategorySlugs(ctx, tx, c); err != nil {
			return err
		}
		return logMoved(ctx, tx, moved)
	})
}

// RemoveCategory implements [kb.CategoryStore].
func (s *Store) RemoveCategory(ctx context.Context, id string, version int, stamped string) error {
	if sqldb.CheckText(id) != nil {
		return kb.ErrNotFound
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		// Whoever puts an article here has done so, or waits.
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		res, err := sqldb.Exec(ctx, tx, `
			delete from stoa_category where id = $1 and version = $2
				and not exists (select 1 from stoa_category where parent = $1) and not exists (select 1 from stoa_article where category = $1)`, id, version)
		if err == nil {
			err = sqldb.Affected(res, errs.Conflict)
		}
		if err != nil {
			return missing(ctx, tx, err, `select 1 from stoa_category where id = $1`, id)
		}
		if err := stampFrom(ctx, tx, "category", stamped); err != nil {
			return err
		}
		if _, err := sqldb.Exec(ctx, tx, `delete from stoa_category_slug where category = $1`, id); err != nil {
			return err
		}
		if _, err := sqldb.Exec(ctx, tx, `insert into stoa_category_removed (id) values ($1)`, id); err != nil {
			return err
		}
		_, err = sqldb.Exec(ctx, tx, `delete from stoa_redirect where target = $1`, "category/"+id)
		return err
	})
}

func putCategory(ctx context.Context, tx sqlx.ExtContext, c kb.Category) error {
	args := []any{
		c.ID, c.Parent, c.Order, sqldb.Strings(c.Audience), c.Icon, sqldb.JSON[map[string]kb.Label]{V: c.Labels},
		c.Source, c.External, sqldb.At(c.UpdatedAt), c.Version,
	}
	if c.Version == 1 {
		res, err := sqldb.Exec(ctx, tx, `
			insert into stoa_category (id, parent, place, audience, icon, labels, source, external, updated_at, version)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing`, args...)
		if err == nil {
			err = sqldb.Affected(res, errs.Conflict)
		}
		if err != nil {
			return err
		}
		_, err = sqldb.Exec(ctx, tx, `delete from stoa_category_removed where id = $1`, c.ID)
		return err
	}
	res, err := sqldb.Exec(ctx, tx, `
		update stoa_category set parent = $2, place = $3, audience = $4, icon = $5, labels = $6, source = $7,
			external = $8, updated_at = $9, version = $10
		where id = $1 and version = $10 - 1`, args...)
	if err != nil {
		return err
	}
	if err := sqldb.Affected(res, errs.Conflict); err != nil {
		return missing(ctx, tx, err, `select 1 from stoa_category where id = $1`, c.ID)
	}
	return nil
}

// checkPlaces refuses articles that would stand in a category that was removed.
// Whoever removes one waits for the content stamp, as who puts articles does.
func checkPlaces(ctx context.Context, tx sqlx.ExtContext, articles []kb.Article) error {
	var places []string
	for _, a := range articles {
		if !slices.Contains(places, a.Category) {
			places = append(places, a.Category)
		}
	}
	w := &sqldb.Where{}
	sqldb.In(w, "id", places)
	var removed []string
	if err := sqldb.Select(ctx, tx, &removed, `select id from stoa_category_removed `+w.String(), w.Args()...); err != nil {
		return err
	}
	if len(removed) > 0 {
		return errs.Conflict
	}
	return nil
}

// putCategorySlugs takes the slugs of c, giving up those it no longer has.
func putCategorySlugs(ctx context.Context, tx sqlx.ExtContext, c kb.Category) error {
	if _, err := sqldb.Exec(ctx, tx, `delete from stoa_category_slug where category = $1`, c.ID); err != nil {
		return err
	}
	seen := map[string]bool{}
	var rows [][]any
	for _, l := range c.Labels {
		if !seen[l.Slug] {
			seen[l.Slug] = true
			rows = append(rows, []any{l.Slug, c.ID})
		}
	}
	return putAll(ctx, tx, `insert into stoa_category_slug (slug, category)`, rows, ` on conflict (slug) do nothing`)
}

// logMoved notes the articles of the categories as changed.
func logMoved(ctx context.Context, tx sqlx.ExtContext, moved []string) error {
	if len(moved) == 0 {
		return nil
	}
	w := &sqldb.Where{}
	sqldb.In(w, "category", moved)
	var ids []string
	if err := sqldb.Select(ctx, tx, &ids, `select id from stoa_article `+w.String()+` order by id`, w.Args()...); err != nil {
		return err
	}
	changes := make([]feed.Change, len(ids))
	for i, id := range ids {
		changes[i] = feed.Change{Topic: topic, Ref: id}
	}
	return feed.Append(ctx, tx, changes...)
}
