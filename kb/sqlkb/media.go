package sqlkb

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// PutMedia implements [kb.MediaStore].
func (s *Store) PutMedia(ctx context.Context, m kb.Media) error {
	if err := sqldb.CheckText(m.Name, m.Type, m.Hash); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		_, err := sqldb.Exec(ctx, tx, `
			insert into stoa_media (name, type, data, hash, at) values ($1, $2, $3, $4, $5)
			on conflict (name) do update set type = excluded.type, data = excluded.data, hash = excluded.hash, at = excluded.at`,
			m.Name, m.Type, m.Data, m.Hash, sqldb.At(m.At))
		return err
	})
}

// Media implements [kb.MediaStore].
func (s *Store) Media(ctx context.Context, name string) (kb.Media, error) {
	var r struct {
		Name string
		Type string
		Data []byte
		Hash string
		At   sqldb.Time
	}
	err := s.get(ctx, &r, "media", `select name, type, data, hash, at from stoa_media where name = $1`, name)
	return kb.Media{Name: r.Name, Type: r.Type, Data: r.Data, Hash: r.Hash, At: r.At.Time}, err
}

// MediaUses implements [kb.MediaStore].
func (s *Store) MediaUses(ctx context.Context, name string) ([]kb.MediaUse, error) {
	if sqldb.CheckText(name) != nil {
		return nil, nil
	}
	var rows []struct {
		Article string
		Live    int
	}
	err := s.db.Select(ctx, &rows, `
		select u.article, max(case when t.status = 'published' and t.live = u.number then 1 else 0 end) as live
		from stoa_media_use u join stoa_translation t on t.article = u.article and t.locale = u.locale
		where u.name = $1 group by u.article order by u.article`, name)
	var out []kb.MediaUse
	for _, r := range rows {
		out = append(out, kb.MediaUse{Article: r.Article, Live: r.Live > 0})
	}
	return out, err
}
