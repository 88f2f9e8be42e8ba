package sqlkb

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// PutMedia implements [kb.MediaStore].
func (s *Store) PutMedia(ctx context.Context, m kb.Media) error {
	if err := sqldb.CheckText(m.Name, m.Type, m.Hash, m.Owner, m.External); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		_, err := sqldb.Exec(ctx, tx, `
			insert into stoa_media (name, type, data, hash, owner, external, at) values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (name) do update set type = excluded.type, data = excluded.data, hash = excluded.hash,
				owner = excluded.owner, external = excluded.external, at = excluded.at`,
			m.Name, m.Type, m.Data, m.Hash, m.Owner, m.External, sqldb.At(m.At))
		return err
	})
}

// Media implements [kb.MediaStore].
func (s *Store) Media(ctx context.Context, name string) (kb.Media, error) {
	var r struct {
		Name     string
		Type     string
		Data     []byte
		Hash     string
		Owner    string
		External string
		At       sqldb.Time
	}
	err := s.get(ctx, &r, "media", `select name, type, data, hash, owner, external, at from stoa_media where name = $1`, name)
	return kb.Media{Name: r.Name, Type: r.Type, Data: r.Data, Hash: r.Hash, Owner: r.Owner, External: r.External, At: r.At.Time}, err
}

// MediaUses implements [kb.MediaStore].
func (s *Store) MediaUses(ctx context.Context, name string) ([]kb.MediaUse, error) {
	if sqldb.CheckText(name) != nil {
		return nil, nil
	}
	var rows []struct {
		Article string
		Author  string
		Live    int
	}
	err := s.db.Select(ctx, &rows, `
		select u.article, r.author, max(case when t.status = 'published' and t.live = u.number then 1 else 0 end) as live
		from stoa_media_use u
			join stoa_revision r on r.article = u.article and r.locale = u.locale and r.number = u.number
			join stoa_translation t on t.article = u.article and t.locale = u.locale
		where u.name = $1 group by u.article, r.author order by u.article, r.author`, name)
	var out []kb.MediaUse
	for _, r := range rows {
		out = append(out, kb.MediaUse{Article: r.Article, Author: r.Author, Live: r.Live > 0})
	}
	return out, err
}
